import { explain, keyOf } from '@selfsame/identity';
import * as v from 'valibot';
import { explainShape } from './answers.ts';
import { asOf, identifier } from './inputs.ts';
import { iso } from './iso.ts';
import { defineRoute, graphOf } from './route.ts';

export const explainPair = defineRoute({
  method: 'GET',
  path: '/v1/explain',
  summary: 'Why two identifiers are one person, link by link, or what keeps them apart.',
  query: v.object({ a: identifier, b: identifier, asOf: v.optional(asOf) }),
  answer: { json: explainShape },
  async handle(call) {
    const { a, b, asOf: then } = call.query;
    const found = explain(await graphOf(call, then, [keyOf(a), keyOf(b)]), call.policy, keyOf(a), keyOf(b));
    if (found.same) return { same: true, chain: found.chain.map((step) => ({ ...step, time: iso(step.time) })) };
    const { time, ...refusal } = found.refusal;
    return { same: false, refusal: { ...refusal, ...(time === undefined ? {} : { time: iso(time) }) } };
  },
});
