import { personAt } from '@selfsame/identity';
import * as v from 'valibot';
import type { SuspiciousAnswer, SuspiciousRow } from '../api.ts';
import { suspectsOf } from '../suspicion/suspects.ts';
import { suspiciousShape } from './answers.ts';
import { whole } from './inputs.ts';
import { iso } from './iso.ts';
import { listed } from './listed.ts';
import { defineRoute } from './route.ts';

export const suspicious = defineRoute({
  method: 'GET',
  path: '/v1/suspicious',
  summary:
    'Joins that may be mistakes, the worst first: a value of many people, a value merged with many, one weak word between two rich histories, sudden growth. Each with its evidence, how far it reaches, and what to take back.',
  query: v.object({ limit: v.optional(whole(1, 200), 50) }),
  answer: { json: suspiciousShape },
  async handle(call): Promise<SuspiciousAnswer> {
    const { context, project, policy, query } = call;
    const graph = context.store.graph(project.id);
    const found = await suspectsOf(context.columns, project.id, graph, policy, query.limit);
    const people = found.map(({ node }) => personAt(graph, policy, node.key, Number.POSITIVE_INFINITY));
    const unique = new Map(people.flatMap((one) => (one === undefined ? [] : [[one.id, one] as const])));
    const names = new Map((await listed(context.columns, project, [...unique.values()])).map((one) => [one.id, one]));
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
