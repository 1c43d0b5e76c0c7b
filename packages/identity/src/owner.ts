import type { Claim, Edge, Graph, Node } from './graph.ts';
import type { IdentifierKey, Instant } from './ids.ts';
import { type Link, linksOf } from './links.ts';
import { compareStrength, type Policy } from './policy.ts';
import { visitAt, visitsIn } from './visit.ts';

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
  const found = new Map<IdentifierKey, Node>();
  for (const key of node.below) {
    const one = graph.node(key);
    if (one === undefined) continue;
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
  return cluster(graph, node).reduce((best, one) => (outlives(policy, one, best) ? one : best));
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

/** The stretch of an identifier that holds a moment; infinity is after the last. */
export const linkAt = (graph: Graph, policy: Policy, node: Node, time: Instant): Link => {
  const { stretches } = linksOf(graph, policy, node);
  return stretches.find((stretch) => time < stretch.to) ?? (stretches.at(-1) as Link);
};

/** Whom an identifier belonged to at a moment, named by that person's founding identifier ([A2]). */
export function ownerAt(graph: Graph, policy: Policy, key: IdentifierKey, time: Instant): Node | undefined {
  const node = graph.node(key);
  return node && ownerOf(graph, policy, node, time);
}

/** As `ownerAt`, of a node at hand. */
function ownerOf(graph: Graph, policy: Policy, node: Node, time: Instant): Node {
  if (node.claims.length === 0 && node.edges.length === 0) return survivor(graph, policy, node);
  const moment = time === Number.POSITIVE_INFINITY && policy.sharedDevice === 'reach-bound' ? latest(node) : time;
  const link = linkAt(graph, policy, node, moment);
  const above = link.owner === null ? undefined : graph.node(link.owner);
  if (above !== undefined) return ownerOf(graph, policy, above, time);
  return link.rule === 'L7c' && standsAlone(node)
    ? visitAt(node, link.from, link.to, moment)
    : survivor(graph, policy, node);
}

/**
 * [L7d] Whoever asks whose something is, and not when, means when it was last seen: no login reaches for ever. Where the
 * last word was a logout it is nobody's.
 */
const latest = (node: Node): Instant => (node.claims.at(-1)?.owner === null ? Number.POSITIVE_INFINITY : node.lastSeen);

/** [L7c] A device that was merged with others is no longer shared by strangers: the merge says whose it is. */
const standsAlone = (node: Node): boolean => !node.edges.some(joins);

/** Every stretch of an identifier's time with its person, oldest first, following each link up to the person ([A2]). */
export function ownershipOf(graph: Graph, policy: Policy, node: Node): readonly Ownership[] {
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
      return [{ from: link.from, to: link.to, person: survivor(graph, policy, node), ...unowned }];
    }
    return ownershipOf(graph, policy, owner)
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
