import * as v from 'valibot';
import { asOf, instant, text, whole } from './inputs.ts';
import { condition, who } from './who-shape.ts';

/** The questions over whole people as they are asked; the columns say what each means. */

const YEAR = 366 * 86_400_000;

const eventFilter = v.strictObject({
  event: text(255),
  where: v.exactOptional(v.pipe(v.array(condition), v.maxLength(20, 'expected at most 20 conditions'))),
});

const breakdown = v.union(
  [v.strictObject({ property: text(255) }), v.strictObject({ trait: text(255) })],
  'expected { property } or { trait }',
);

const duration = whole(1, 10 * YEAR);
const interval = v.picklist(['hour', 'day', 'week', 'month']);

/** `from` inclusive, `to` exclusive; `asOf` a position of the log; `perIdentifier` counts devices instead of people; `who` only those. */
const asked = {
  from: v.exactOptional(instant),
  to: v.exactOptional(instant),
  asOf: v.exactOptional(asOf),
  perIdentifier: v.exactOptional(v.boolean()),
  who: v.exactOptional(who),
};

const several = <S extends v.GenericSchema>(one: S, min: number, max: number) =>
  v.pipe(v.array(one), v.minLength(min, `expected ${min} to ${max}`), v.maxLength(max, `expected ${min} to ${max}`));

export const questions = {
  funnel: v.strictObject({
    ...asked,
    steps: several(eventFilter, 1, 20),
    window: v.exactOptional(duration),
    breakdown: v.exactOptional(breakdown),
  }),
  attribution: v.strictObject({
    ...asked,
    conversion: eventFilter,
    revenueProperty: v.exactOptional(text(255)),
    model: v.optional(v.picklist(['first-touch', 'last-touch', 'linear']), 'last-touch'),
    lookBack: v.exactOptional(duration),
    by: v.exactOptional(text(255)),
    breakdown: v.exactOptional(breakdown),
  }),
  retention: v.strictObject({
    ...asked,
    first: eventFilter,
    returning: eventFilter,
    interval: v.optional(interval, 'week'),
    intervals: v.exactOptional(whole(1, 60)),
    breakdown: v.exactOptional(breakdown),
  }),
  counts: v.strictObject({
    ...asked,
    events: several(eventFilter, 1, 20),
    interval: v.optional(interval, 'day'),
    breakdown: v.exactOptional(breakdown),
  }),
  days: v.strictObject({ from: asked.from, to: asked.to, asOf: asked.asOf }),
};

/** Who stands behind a figure of an answer; `split`: of one row of its breakdown. */
const behind = {
  from: asked.from,
  to: asked.to,
  who: asked.who,
  split: v.exactOptional(v.strictObject({ by: breakdown, value: v.nullable(v.string()) })),
  limit: v.optional(whole(1, 2_000), 50),
};

export const peopleQuestions = {
  funnel: v.strictObject({
    ...behind,
    steps: questions.funnel.entries.steps,
    window: questions.funnel.entries.window,
    step: whole(1, 20),
    part: v.picklist(['reached', 'dropped']),
  }),
  attribution: v.strictObject({
    ...behind,
    conversion: eventFilter,
    model: questions.attribution.entries.model,
    lookBack: questions.attribution.entries.lookBack,
    by: questions.attribution.entries.by,
    touch: v.nullable(v.string()),
    part: v.picklist(['converted', 'dropped']),
  }),
  retention: v.strictObject({
    ...behind,
    first: eventFilter,
    returning: eventFilter,
    interval: questions.retention.entries.interval,
    cohort: instant,
    part: v.picklist(['began', 'returned', 'dropped']),
    n: v.exactOptional(whole(0, 366)),
  }),
  counts: v.strictObject({ ...behind, event: eventFilter }),
};
