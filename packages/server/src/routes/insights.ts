import * as v from 'valibot';
import type { Insight } from '../api.ts';
import { attributionShape, countsShape, funnelShape, retentionShape } from './answers.ts';
import { instant, text, whole } from './inputs.ts';
import { defineRoute, type Route } from './route.ts';

const YEAR = 366 * 86_400_000;

const condition = v.variant('op', [
  v.strictObject({
    property: text(255),
    op: v.picklist(['eq', 'ne', 'contains', 'gt', 'gte', 'lt', 'lte']),
    value: v.union([v.string(), v.number(), v.boolean()]),
  }),
  v.strictObject({ property: text(255), op: v.picklist(['set', 'not-set']) }),
]);

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

/** `from` inclusive, `to` exclusive. */
const range = { from: v.exactOptional(instant), to: v.exactOptional(instant) };

const several = <S extends v.GenericSchema>(one: S, min: number, max: number) =>
  v.pipe(v.array(one), v.minLength(min, `expected ${min} to ${max}`), v.maxLength(max, `expected ${min} to ${max}`));

const questions = {
  funnel: v.strictObject({
    ...range,
    steps: several(eventFilter, 1, 20),
    window: v.exactOptional(duration),
    breakdown: v.exactOptional(breakdown),
    perIdentifier: v.exactOptional(v.boolean()),
  }),
  attribution: v.strictObject({
    ...range,
    conversion: eventFilter,
    revenueProperty: v.exactOptional(text(255)),
    model: v.optional(v.picklist(['first-touch', 'last-touch', 'linear']), 'last-touch'),
    lookBack: v.exactOptional(duration),
    by: v.exactOptional(text(255)),
  }),
  retention: v.strictObject({
    ...range,
    first: eventFilter,
    returning: eventFilter,
    interval: v.optional(interval, 'week'),
    intervals: v.exactOptional(whole(1, 60)),
  }),
  counts: v.strictObject({
    ...range,
    events: several(eventFilter, 1, 20),
    interval: v.optional(interval, 'day'),
    breakdown: v.exactOptional(breakdown),
  }),
};

export const insights: readonly Route[] = [
  defineRoute({
    ...about('funnel', 'How many people took these steps in this order, each within the window of the first.'),
    body: questions.funnel,
    answer: { json: funnelShape },
    handle: ({ context, project, body }) => context.columns.funnel(project.id, body),
  }),
  defineRoute({
    ...about('attribution', 'Which campaign the people who converted had touched before.'),
    body: questions.attribution,
    answer: { json: attributionShape },
    handle: ({ context, project, body }) => context.columns.attribution(project.id, body),
  }),
  defineRoute({
    ...about('retention', 'How many of the people who began in an interval came back in each later one.'),
    body: questions.retention,
    answer: { json: retentionShape },
    handle: ({ context, project, body }) => context.columns.retention(project.id, body),
  }),
  defineRoute({
    ...about('counts', 'How many events and how many people in each interval.'),
    body: questions.counts,
    answer: { json: countsShape },
    handle: ({ context, project, body }) => context.columns.counts(project.id, body),
  }),
];

function about(insight: Insight, summary: string) {
  return { method: 'POST', path: `/v1/insights/${insight}`, summary } as const;
}
