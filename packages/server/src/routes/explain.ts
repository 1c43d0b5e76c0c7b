import { explain, keyOf } from '@selfsame/identity';
import * as v from 'valibot';
import { explainShape } from './answers.ts';
import { asOf, identifier, instant } from './inputs.ts';
import { iso } from './iso.ts';
import { defineRoute, graphOf } from './route.ts';

export const explainPair = defineRoute({
  method: 'GET',
  path: '/v1/explain',
  summary:
    'Why two identifiers are one person, link by link, or what keeps them apart; with `at`, whether and why they were at that moment.',
  query: v.object({ a: identifier, b: identifier, at: v.optional(instant), asOf: v.optional(asOf) }),
  answer: { json: explainShape },
  async handle(call) {
    const { a, b, at, asOf: then } = call.query;
    const graph = await graphOf(call, then, [keyOf(a), keyOf(b)]);
    const found = explain(graph, call.policy, keyOf(a), keyOf(b), at);
    if (found.same) return { same: true, chain: found.chain.map((step) => ({ ...step, time: iso(step.time) })) };
    const { time, ...refusal } = found.refusal;
    return { same: false, refusal: { ...refusal, ...(time === undefined ? {} : { time: iso(time) }) } };
  },
});
