import type { Position, ProjectId } from '@selfsame/identity';
import type { Columns } from '@selfsame/store';
import {
  attributionShape,
  countsShape,
  daysShape,
  funnelShape,
  progressShape,
  retentionShape,
} from '../api/shapes/insights.ts';
import type { Insight } from '../api.ts';
import { askAsOf } from './columns-as-of.ts';
import type { Then } from './inputs.ts';
import { peopleBehind } from './people-behind.ts';
import { questions } from './question-shapes.ts';
import { type Call, defineRoute, positionOf, type Route } from './route.ts';

export const insights: readonly Route[] = [
  ...peopleBehind,
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
    summary: 'How far of the project’s log the answers know already: the position that was fed, and the last one.',
    answer: { json: progressShape },
    handle: ({ context, project }) => context.columns.progress(project.id),
  }),
];

function about(insight: Insight, summary: string) {
  return { method: 'POST', path: `/v1/insights/${insight}`, summary } as const;
}

/** The answer of the columns of now, or of those of then. */
function answer<Question extends { readonly asOf?: Position | Then }, Answer>(
  { context, project, body: { asOf, ...question } }: Call<unknown, unknown, Question>,
  ask: (columns: Columns, project: ProjectId, question: Omit<Question, 'asOf'>) => Promise<Answer>,
): Promise<Answer> {
  const { store, columns, projects } = context;
  const asking = (of: Columns) => ask(of, project.id, { ...question, timeZone: project.timeZone });
  if (asOf === undefined) return asking(columns);
  return positionOf(store, project.id, asOf).then((position) =>
    askAsOf(context, project.id, projects.rules(project.id), position, asking),
  );
}
