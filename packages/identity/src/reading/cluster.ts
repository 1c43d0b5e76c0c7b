import type { Edge, Graph, Node } from '../evidence/graph.ts';
import { compareStrength, type Policy } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';

/** Does this edge join its ends? */
export const joins = (edge: Edge): boolean => edge.refused === undefined;

/** Everyone joined with this identifier by explicit merges, itself included ([M2]). */
export function cluster(graph: Graph, node: Node): readonly Node[] {
  if (node.edges.length === 0) return [node];
  const found = new Map<IdentifierKey, Node>([[node.key, node]]);
  for (const one of found.values()) {
    for (const edge of one.edges) {
      if (!joins(edge) || found.has(edge.other)) continue;
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
  const members = cluster(graph, node);
  const best = members.reduce((one, other) => (outlives(policy, other, one) ? other : one));
  if (graph instanceof GraphAtRest) for (const member of members) graph.survivors.set(member.key, best);
  return best;
}

function outlives(policy: Policy, one: Node, other: Node): boolean {
  const a = identifiedAt(one);
  const b = identifiedAt(other);
  if (a !== b) return a < b;
  if (one.id.kind !== other.id.kind) return compareStrength(policy, one.id, other.id) < 0;
  if (policy.order === 'arrival' && one.met.position !== other.met.position)
    return one.met.position < other.met.position;
  return one.key < other.key;
}

/** Position of the first merge that named this as the identified id; infinity if none did. */
const identifiedAt = (node: Node): number =>
  node.edges.reduce(
    (first, edge) => (edge.identified && joins(edge) ? Math.min(first, edge.position) : first),
    Number.POSITIVE_INFINITY,
  );
