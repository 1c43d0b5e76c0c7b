import { type ProjectId, personAt } from '@selfsame/identity';
import type { Columns, PeopleBehind } from '@selfsame/store';
import { peopleBehindShape } from '../api/shapes/people-lists.ts';
import type { Insight } from '../api.ts';
import { refusal } from '../http/api-error.ts';
import { listed } from './listed.ts';
import { peopleQuestions } from './question-shapes.ts';
import { type Call, defineRoute, type Route } from './route.ts';

/** Who stands behind a figure of each question's answer, the latest first. */
export const peopleBehind: readonly Route[] = [
  defineRoute({
    ...about('funnel', 'Some of the people who reached a step of a funnel, or who got there and no further.'),
    body: peopleQuestions.funnel,
    answer: { json: peopleBehindShape },
    handle: (call) =>
      call.body.step > call.body.steps.length
        ? Promise.resolve(refusal(400, 'bad_body', 'step: there is no such step in this funnel.'))
        : people(call, (columns, project, question) => columns.funnelPeople(project, question)),
  }),
  defineRoute({
    ...about(
      'attribution',
      'Some of the people whose conversion a touch is credited with, or who had it and did not convert.',
    ),
    body: peopleQuestions.attribution,
    answer: { json: peopleBehindShape },
    handle: (call) => people(call, (columns, project, question) => columns.attributionPeople(project, question)),
  }),
  defineRoute({
    ...about('retention', 'Some of the people of a cohort, or those of them who came back in an interval, or did not.'),
    body: peopleQuestions.retention,
    answer: { json: peopleBehindShape },
    handle: (call) =>
      people(call, (columns, project, question) =>
        columns.retentionPeople(project, { ...question, timeZone: call.project.timeZone }),
      ),
  }),
  defineRoute({
    ...about('counts', 'Some of the people who did something in a time.'),
    body: peopleQuestions.counts,
    answer: { json: peopleBehindShape },
    handle: (call) => people(call, (columns, project, question) => columns.countsPeople(project, question)),
  }),
];

function about(insight: Insight, summary: string) {
  return { method: 'POST', path: `/v1/insights/${insight}/people`, summary } as const;
}

async function people<Question>(
  { context, project, policy, body }: Call<unknown, unknown, Question>,
  ask: (columns: Columns, project: ProjectId, question: Question) => Promise<PeopleBehind>,
) {
  const { rows } = await ask(context.columns, project.id, body);
  const found = await context.store.ask(project.id, (graph) =>
    rows.flatMap(({ anchor, time }) => {
      const person = personAt(graph, policy, anchor, time);
      return person === undefined ? [] : [{ person, at: time }];
    }),
  );
  const named = await listed(
    context.columns,
    project,
    found.map(({ person }) => person),
  );
  return { people: named.map((one, i) => ({ ...one, at: new Date(found[i]?.at as number).toISOString() })) };
}
