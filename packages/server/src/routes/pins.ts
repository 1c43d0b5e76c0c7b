import { type Identifier, isStronger, keyOf } from '@selfsame/identity';
import * as v from 'valibot';
import { pinAnswerShape } from '../api/shapes/undo.ts';
import type { PinAnswer } from '../api.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { dryRunOf } from '../undo/dry-run.ts';
import { pinEntry, pinTo } from '../undo/pin.ts';
import { givenQuestions, simulateChange } from './given-questions.ts';
import { dryRunQuery, identifier, text } from './inputs.ts';
import { defineRoute, notFound } from './route.ts';

export const pin = defineRoute({
  method: 'POST',
  path: '/v1/pins',
  summary:
    'Moves an identifier to a person, named by one of their own identifiers, or with `person: null` to nobody, and pins it there: an operator’s word, for all time, which nothing weaker moves. Another pin moves it on; taking its claim back unpins it. With `dryRun=true` it says what would change, and changes nothing; `simulation` then tells how the answers to `questions`, as POST /v1/policy/simulate takes them, would change.',
  query: dryRunQuery,
  body: v.strictObject({
    identifier,
    person: v.nullable(identifier),
    reason: v.optional(text(1_000)),
    questions: v.optional(givenQuestions),
  }),
  answer: { json: pinAnswerShape },
  refuses: [404],
  async handle(call): Promise<PinAnswer | Refusal> {
    const { context, project, policy, body, query, key } = call;
    const { identifier: id, person, reason, questions } = body;
    const [node, theirs] = await context.store.ask(project.id, (graph) =>
      [id, person].map((one) => (one === null ? undefined : graph.node(keyOf(one)))),
    );
    if (node === undefined) return notFound('identifier');
    if (person !== null && theirs === undefined) return notFound('person');
    const problem = whyNot(call.policy.roles[id.kind] === 'login', person, (one) =>
      isStronger(policy, one.kind, id.kind),
    );
    if (problem !== undefined) return refusal(400, 'bad_body', problem);
    const by = key === 'operator' ? 'operator' : 'server key';
    const wanted = { node, person, reason: reason ?? '', by } as const;
    const rules = context.projects.rules(project.id);
    if (query.dryRun) {
      const { entry, keys } = await pinEntry(context, project.id, policy, wanted);
      const simulation = await simulateChange(call, { entry }, questions);
      if (typeof simulation === 'object') return simulation;
      return {
        ...{ dryRun: true, ...(await dryRunOf(context.store, project.id, rules, keys, entry)) },
        ...(simulation === undefined ? {} : { simulation }),
      };
    }
    if (reason === undefined) return refusal(400, 'bad_body', 'reason: is missing.');
    return pinTo(context, project.id, wanted);
  },
});

function whyNot(
  isLogin: boolean,
  person: Identifier | null,
  isAbove: (person: Identifier) => boolean,
): string | undefined {
  if (person === null)
    return isLogin ? 'A login is nobody’s but its own; where a merge joined it, take the merge back.' : undefined;
  return isAbove(person)
    ? undefined
    : 'person: expected an identifier that names a person more strongly than the one that is pinned, such as their login; two logins are merged.';
}
