import { explain, explainOne, keyOf } from '@selfsame/identity';
import * as v from 'valibot';
import { explainShape } from '../api/shapes/explain.ts';
import type { ExplainAnswer } from '../api.ts';
import { refusal } from '../http/api-error.ts';
import { explainEvent } from './explain-event.ts';
import { withEvidence } from './explanation-evidence.ts';
import { explained } from './explanation-view.ts';
import { asOf, identifier, instant, text } from './inputs.ts';
import { askOf, defineRoute } from './route.ts';

export const explaining = defineRoute({
  method: 'GET',
  path: '/v1/explain',
  summary:
    'Why two identifiers are one person, link by link, or what keeps them apart; without `b`, why the one is whose it is; with `at`, at that moment. With `event`, an insert id: why that event is of the person who has `a`, or why not.',
  query: v.object({
    a: identifier,
    b: v.optional(identifier),
    event: v.optional(text(512)),
    at: v.optional(instant),
    asOf: v.optional(asOf),
  }),
  answer: { json: explainShape },
  async handle(call) {
    const { a, b, event, at, asOf: then } = call.query;
    if (event !== undefined) {
      if (b !== undefined || at !== undefined)
        return refusal(
          400,
          'bad_query',
          'event: goes with a alone; an event has its own moment, so leave out b and at.',
        );
      return withEvidence(call, await explainEvent(call, event, keyOf(a), then));
    }
    const keys = (b === undefined ? [a] : [a, b]).map(keyOf);
    const found = await askOf(call, then, keys, (graph) =>
      b === undefined
        ? ofOne(explainOne(graph, call.policy, keyOf(a), at))
        : explained(explain(graph, call.policy, keyOf(a), keyOf(b), at)),
    );
    return withEvidence(call, found);
  },
});

function ofOne(found: ReturnType<typeof explainOne>): ExplainAnswer {
  if (!found.same) return explained(found);
  const { person, because, would } = found;
  return {
    ...explained(found),
    person: { id: person.id, identifier: person.founder.key },
    would: { says: would.says },
    ...(because === undefined ? {} : { because: { rule: because.rule, claim: because.claim, says: because.says } }),
  };
}
