import type { Claim, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant } from '../words/ids.ts';
import { survivor } from './cluster.ts';
import { linksOf, standsAlone } from './links.ts';
import { visitsIn } from './visit.ts';

/** A stretch of an identifier's time and the person it then belonged to. `to` is exclusive. */
export interface Ownership {
  readonly from: Instant;
  readonly to: Instant;
  /** The identifier that person is named after. */
  readonly person: Node;
  /** The claim that made the first link on the way; null for a person's own identifiers. */
  readonly claim: Claim | null;
  readonly rule: string;
}

/**
 * Every stretch of an identifier's time with its person, oldest first, following each link up to the person ([A2]).
 * `named` is whom a cluster is named after ([P3]), for a reader of many who has found it out already.
 */
export function ownershipOf(
  graph: Graph,
  policy: Policy,
  node: Node,
  named: (node: Node) => Node = (one) => survivor(graph, policy, one),
): readonly Ownership[] {
  return linksOf(graph, policy, node).stretches.flatMap((link): readonly Ownership[] => {
    const owner = link.owner === null ? undefined : graph.node(link.owner);
    if (owner === undefined) {
      const unowned = { claim: null, rule: link.rule } as const;
      if (link.rule === 'L7c' && standsAlone(node))
        return visitsIn(node, link.from, link.to).map((person) => ({
          from: person.visit.from,
          to: person.visit.to,
          person,
          ...unowned,
        }));
      return [{ from: link.from, to: link.to, person: named(node), ...unowned }];
    }
    return ownershipOf(graph, policy, owner, named)
      .map((above) => ({
        from: Math.max(above.from, link.from),
        to: Math.min(above.to, link.to),
        person: above.person,
        claim: link.claim,
        rule: link.rule,
      }))
      .filter((stretch) => stretch.from < stretch.to);
  });
}
