import { cureOf, identifierOf, joinedBy, keyOf, MOST_UNDONE, personAt } from '@selfsame/identity';
import { saidOf } from '@selfsame/store';
import * as v from 'valibot';
import { cureShape, suspiciousShape } from '../api/shapes/suspicious.ts';
import type { CureAnswer, SuspiciousAnswer, SuspiciousRow } from '../api.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { suspectsOf } from '../suspicion/suspects.ts';
import { identifier, instant, whole } from './inputs.ts';
import { iso } from './iso.ts';
import { listed } from './listed.ts';
import { defineRoute, notFound } from './route.ts';

export const suspicious = defineRoute({
  method: 'GET',
  path: '/v1/suspicious',
  summary:
    'Joins that may be mistakes, the worst first: a value of many people, a value merged with many, one weak word between two rich histories, sudden growth. Each with its evidence, how far it reaches, and what to take back.',
  query: v.object({ limit: v.optional(whole(1, 200), 50) }),
  answer: { json: suspiciousShape },
  async handle(call): Promise<SuspiciousAnswer> {
    const { context, project, policy, query } = call;
    const { store, columns } = context;
    const found = await suspectsOf({ store, columns }, project.id, policy, query.limit);
    const people = await store.ask(project.id, (graph) =>
      found.map(({ node }) => personAt(graph, policy, node.key, Number.POSITIVE_INFINITY)),
    );
    const unique = new Map(people.flatMap((one) => (one === undefined ? [] : [[one.id, one] as const])));
    const names = new Map((await listed(columns, project, [...unique.values()])).map((one) => [one.id, one]));
    return {
      rows: found.map(({ node, peak, ...row }, i): SuspiciousRow => {
        const person = people[i] && names.get(people[i].id);
        return {
          ...row,
          identifier: node.id,
          person: person === undefined ? null : { id: person.id, name: person.name, known: person.known },
          peak: peak === undefined ? null : { day: iso(peak.day) ?? '', count: peak.count },
        };
      }),
    };
  },
});

export const cure = defineRoute({
  method: 'GET',
  path: '/v1/suspicious/cure',
  summary:
    'The claims to take back of a value that joins whom it should not. Those that made the breaker quarantine it: of the days on which too many people came to share it; with `all`, `from` or `to` all that joined it with others in that time. `POST /v1/retractions` takes them as `claims`, and the value is then what it was before.',
  query: v.object({
    of: identifier,
    all: v.optional(v.picklist(['true', 'false'], 'expected true or false'), 'false'),
    from: v.optional(instant),
    to: v.optional(instant),
  }),
  answer: { json: cureShape },
  refuses: [404],
  async handle({ context, project, policy, query }): Promise<CureAnswer | Refusal> {
    const { store } = context;
    const { of, all, from, to } = query;
    const key = keyOf(of);
    if ((await store.ask(project.id, (graph) => graph.node(key))) === undefined) return notFound('identifier');
    const said = await saidOf({ store, project: project.id, rules: context.projects.rules(project.id) }, key);
    const isOfAll = all === 'true' || from !== undefined || to !== undefined;
    const claims = await store.ask(project.id, (graph) => {
      const node = graph.node(key);
      if (node === undefined) return [];
      return isOfAll ? joinedBy(policy, node, said, { from, to }) : cureOf(graph, policy, node, said);
    });
    if (claims.length === 0 && !isOfAll)
      return refusal(
        404,
        'not_quarantined',
        'The breaker does not quarantine it: ask for all that joined it with others (all=true, or from and to).',
      );
    if (claims.length > MOST_UNDONE)
      return refusal(400, 'too_many', 'More than 10,000 claims: take them back by time, with from and to.');
    return { identifier: identifierOf(key), claims };
  },
});
