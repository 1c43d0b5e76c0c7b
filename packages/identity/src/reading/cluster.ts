import type { Edge, Graph, Node } from '../evidence/graph.ts';
import { firstTold } from '../evidence/sightings.ts';
import { compareStrength, type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, Position } from '../words/ids.ts';
import { isAnonymousShape } from '../words/stand-in.ts';
import { GraphAtRest } from './at-rest.ts';

/** Does this edge join its ends? */
export const joins = (edge: Edge): boolean => edge.refused === undefined;

/** Everyone joined with this identifier by explicit merges, itself included ([M2]). */
export const cluster = (graph: Graph, node: Node): readonly Node[] => reachedBy(graph, node, joins);

/** The same in no order, for whoever counts them or looks for one among them: many are not walked where they are remembered. */
export const membersOf = (graph: Graph, node: Node): readonly Node[] =>
  node.edges.length === 0 ? [node] : (graph.memories?.membersOf(graph, node) ?? cluster(graph, node));

/** The same by merges alone that somebody more trusted than a page said. */
export const clusterByTrusted = (graph: Graph, node: Node): readonly Node[] =>
  reachedBy(graph, node, (edge) => joins(edge) && edge.trust > 0);

function reachedBy(graph: Graph, node: Node, counts: (edge: Edge) => boolean): readonly Node[] {
  if (node.edges.length === 0) return [node];
  const found = new Map<IdentifierKey, Node>([[node.key, node]]);
  for (const one of found.values()) {
    for (const edge of one.edges) {
      if (!counts(edge) || found.has(edge.other)) continue;
      const other = graph.node(edge.other);
      if (other !== undefined) found.set(other.key, other);
    }
  }
  return [...found.values()];
}

/** The identifiers that claim to belong to this one, and those a merge made one with them ([M6]). */
export function belowOf(graph: Graph, node: Node): readonly Node[] {
  if (node.below.length === 0) return [];
  const found = new Map<IdentifierKey, Node>();
  for (const key of node.below) {
    const one = graph.node(key);
    if (one === undefined || found.has(key)) continue;
    found.set(key, one);
    if (one.edges.length > 0) for (const other of cluster(graph, one)) found.set(other.key, other);
  }
  return [...found.values()];
}

/**
 * [P3] The identifier a merged person is named after: of those that were named as the identified side the one with the
 * first such merge, else the strongest and first met. Who was named first in a request does not matter.
 */
export function survivor(graph: Graph, policy: Policy, node: Node): Node {
  if (node.edges.length === 0) return node;
  const known = graph instanceof GraphAtRest ? graph.survivors.get(node.key) : undefined;
  if (known !== undefined) return known;
  const members = membersOf(graph, node);
  const best = members.reduce((one, other) => (outlives(policy, other, one) ? other : one));
  if (graph instanceof GraphAtRest) for (const member of members) graph.survivors.set(member.key, best);
  return best;
}

function outlives(policy: Policy, one: Node, other: Node): boolean {
  const [a, b] = [named(policy, one), named(policy, other)];
  if (a.rank !== b.rank) return a.rank > b.rank;
  if (a.at !== b.at) return a.at < b.at;
  if (one.id.kind !== other.id.kind) return compareStrength(policy, one.id, other.id) < 0;
  const met = policy.order === 'arrival' ? firstTold(one) - firstTold(other) : 0;
  return met === 0 ? one.key < other.key : met < 0;
}

/**
 * How well it is founded that an id is the identified one, and the position of the first merge that says so. [S10] A
 * backend's merge ranks before its name, and that before a page's merge: which of two ids that a backend names is the
 * identified one no page says. That of no merge is at infinity.
 */
function named(policy: Policy, node: Node): { readonly rank: number; readonly at: Position } {
  let [by, at] = [-1, Number.POSITIVE_INFINITY];
  for (const edge of node.edges) {
    if (edge.identified !== true || !joins(edge) || edge.trust < by) continue;
    at = edge.trust > by ? edge.position : Math.min(at, edge.position);
    by = edge.trust;
  }
  const isBackends =
    node.trust >= policy.mergeTrust && roleOf(policy, node.id.kind) === 'handle' && !isAnonymousShape(node.id.value);
  const isByPage = by < policy.mergeTrust;
  if (isByPage && isBackends) return { rank: policy.mergeTrust, at: 0 };
  return { rank: isByPage ? by : by + 1, at };
}
