import type { Claim, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import { survivor } from './cluster.ts';
import type { Links } from './link.ts';
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

/** Every stretch of an identifier's time with its person, oldest first, following each link up to the person ([A2]). */
export function ownershipOf(graph: Graph, policy: Policy, node: Node): readonly Ownership[] {
  const links = linksOf(graph, policy, node);
  if (!(graph instanceof GraphAtRest)) return ownershipBy(graph, policy, node, links);
  // Merged identifiers that share their links have one owner at any time; no other identifiers share any.
  let owned = graph.owned.get(links);
  if (owned === undefined) graph.owned.set(links, (owned = ownershipBy(graph, policy, node, links)));
  return owned;
}

function ownershipBy(graph: Graph, policy: Policy, node: Node, links: Links): readonly Ownership[] {
  const found: Ownership[] = [];
  const above = new Map<IdentifierKey, readonly Ownership[]>();
  let mine: Node | undefined;
  for (const link of links.stretches) {
    const owner = link.owner === null ? undefined : graph.node(link.owner);
    if (owner !== undefined) {
      let theirs = above.get(owner.key);
      if (theirs === undefined) above.set(owner.key, (theirs = ownershipOf(graph, policy, owner)));
      for (const one of theirs) {
        const from = Math.max(one.from, link.from);
        const to = Math.min(one.to, link.to);
        if (from < to) found.push({ from, to, person: one.person, claim: link.claim, rule: link.rule });
      }
    } else if (link.rule === 'L7c' && standsAlone(node)) {
      for (const person of visitsIn(node, link.from, link.to))
        found.push({ from: person.visit.from, to: person.visit.to, person, claim: null, rule: link.rule });
    } else {
      mine ??= survivor(graph, policy, node);
      found.push({ from: link.from, to: link.to, person: mine, claim: null, rule: link.rule });
    }
  }
  return found;
}
