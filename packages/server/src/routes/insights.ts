import { type ProjectId, personAt } from '@selfsame/identity';
import type { Columns } from '@selfsame/store';
import * as v from 'valibot';
import type { Insight } from '../api.ts';
import { refusal } from '../http/api-error.ts';
import {
  attributionShape,
  countsShape,
  daysShape,
  funnelShape,
  progressShape,
  retentionShape,
  searchShape,
} from './answers.ts';
import { askAsOf } from './columns-as-of.ts';
import { instant, position, text, whole } from './inputs.ts';
import { listed } from './listed.ts';
import { type Call, defineRoute, type Route } from './route.ts';
import { condition, who } from './who-shape.ts';

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
  asOf: v.exactOptional(position),
  perIdentifier: v.exactOptional(v.boolean()),
  who: v.exactOptional(who),
};

const several = <S extends v.GenericSchema>(one: S, min: number, max: number) =>
  v.pipe(v.array(one), v.minLength(min, `expected ${min} to ${max}`), v.maxLength(max, `expected ${min} to ${max}`));

const questions = {
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
  }),
  retention: v.strictObject({
    ...asked,
    first: eventFilter,
    returning: eventFilter,
    interval: v.optional(interval, 'week'),
    intervals: v.exactOptional(whole(1, 60)),
  }),
  counts: v.strictObject({
    ...asked,
    events: several(eventFilter, 1, 20),
    interval: v.optional(interval, 'day'),
    breakdown: v.exactOptional(breakdown),
  }),
  days: v.strictObject({ from: asked.from, to: asked.to, asOf: asked.asOf }),
};

/** People one answer may list. */
const MOST_LISTED = 200;

const funnelPeople = defineRoute({
  method: 'POST',
  path: '/v1/insights/funnel/people',
  summary: 'Some of the people who reached a step of a funnel, or who got there and no further.',
  body: v.strictObject({
    from: asked.from,
    to: asked.to,
    who: asked.who,
    steps: questions.funnel.entries.steps,
    window: questions.funnel.entries.window,
    step: whole(1, 20),
    part: v.picklist(['reached', 'dropped']),
    limit: v.optional(whole(1, MOST_LISTED), 50),
  }),
  answer: { json: searchShape },
  async handle({ context, project, policy, body }) {
    if (body.step > body.steps.length) return refusal(400, 'bad_body', 'step: there is no such step in this funnel.');
    const { rows } = await context.columns.funnelPeople(project.id, body);
    const graph = context.store.graph(project.id);
    const people = rows.flatMap(({ anchor, time }) => personAt(graph, policy, anchor, time) ?? []);
    return { people: await listed(context.columns, project, people) };
  },
});

export const insights: readonly Route[] = [
  funnelPeople,
  defineRoute({
    ...about('funnel', 'How many people took these steps in this order, each within the window of the first.'),
    body: questions.funnel,
    answer: { json: funnelShape },
    handle: (call) => answer(call, (columns, project, question) => columns.funnel(project, question)),
  }),
  defineRoute({
    ...about('attribution', 'Which campaign the people who converted had touched before.'),
    body: questions.attribution,
    answer: { json: attributionShape },
    handle: (call) => answer(call, (columns, project, question) => columns.attribution(project, question)),
  }),
  defineRoute({
    ...about('retention', 'How many of the people who began in an interval came back in each later one.'),
    body: questions.retention,
    answer: { json: retentionShape },
    handle: (call) => answer(call, (columns, project, question) => columns.retention(project, question)),
  }),
  defineRoute({
    ...about('counts', 'How many events and how many people in each interval.'),
    body: questions.counts,
    answer: { json: countsShape },
    handle: (call) => answer(call, (columns, project, question) => columns.counts(project, question)),
  }),
  defineRoute({
    ...about('days', 'How many people did anything on each day, and how many of them are known by now.'),
    body: questions.days,
    answer: { json: daysShape },
    handle: (call) => answer(call, (columns, project, question) => columns.days(project, question)),
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/insights/progress',
    summary: 'How far of the log the answers know already: the positions that were fed, and the last one.',
    answer: { json: progressShape },
    handle: ({ context }) => context.columns.progress(),
  }),
];

function about(insight: Insight, summary: string) {
  return { method: 'POST', path: `/v1/insights/${insight}`, summary } as const;
}

/** The answer of the columns of now, or of those of then. */
function answer<Question extends { readonly asOf?: number }, Answer>(
  { context, project, body: { asOf, ...question } }: Call<unknown, unknown, Question>,
  ask: (columns: Columns, project: ProjectId, question: Omit<Question, 'asOf'>) => Promise<Answer>,
): Promise<Answer> {
  const { store, columns, projects } = context;
  const asking = (of: Columns) => ask(of, project.id, { ...question, timeZone: project.timeZone });
  return asOf === undefined ? asking(columns) : askAsOf(store, project.id, projects.rules(project.id), asOf, asking);
}
