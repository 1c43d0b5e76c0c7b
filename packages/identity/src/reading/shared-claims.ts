import { setAsideOf } from '../evidence/claims.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { compareClaims } from '../evidence/order.ts';
import { isStronger, type Policy } from '../policy/policy.ts';
import { type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';

/**
 * The claims that count for an identifier, in evidence order: its own, and
 * [M6] those of every identifier a merge made one with it, if they name somebody: they are one visitor's, or one
 * person's, so whoever logs in on one has them all. What comes by way of a merge is trusted no more than the merge.
 */
export function claimsFor(graph: Graph, policy: Policy, node: Node): readonly Claim[] {
  if (node.edges.length === 0) return node.claims;
  const members = joinedWith(graph, node);
  if (members.size === 1) return node.claims;
  const lists = [...members].map(([key, trust]) => {
    const member = key === node.key ? node : (graph.node(key) as Node);
    const claims = whole(graph, policy, member).filter((claim) => claim.owner === null || !members.has(claim.owner));
    if (member === node) return claims;
    return claims
      .filter((claim) => claim.owner === null || isStronger(policy, identifierOf(claim.owner).kind, node.id.kind))
      .map((claim): Claim => ({ ...claim, trust: Math.min(claim.trust, trust) as Trust, of: member.number }));
  });
  return lists.flat().sort((a, b) => compareClaims(policy.order, a, b));
}

/** Everyone a merge made one with an identifier, each with the trust of the best way there: that of its weakest merge. */
function joinedWith(graph: Graph, node: Node): ReadonlyMap<IdentifierKey, Trust> {
  const found = new Map<IdentifierKey, Trust>([[node.key, 3]]);
  for (const level of [3, 2, 1, 0] as const) {
    for (const key of found.keys()) {
      for (const edge of (key === node.key ? node : graph.node(key))?.edges ?? []) {
        if (edge.refused !== undefined || edge.trust < level || found.has(edge.other)) continue;
        if (graph.node(edge.other) !== undefined) found.set(edge.other, level);
      }
    }
  }
  return found;
}

/** A node's claims with those it no longer lists: among the claims of another they may say something again. */
function whole(graph: Graph, policy: Policy, node: Node): readonly Claim[] {
  const [first, last] = [node.claims[0], node.claims.at(-1)];
  if (policy.order === 'arrival' || first === undefined || last === undefined || first === last) return node.claims;
  const kept = setAsideOf(graph, node, first, last);
  return kept.length === 0 ? node.claims : [...node.claims, ...kept];
}
