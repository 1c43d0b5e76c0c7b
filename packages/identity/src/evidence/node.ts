import type { Trust } from '../words/ids.ts';
import type { Claim, Node } from './graph.ts';

/** What a node need not say: nothing has been said of it yet. */
const nothing = {
  gaps: [],
  claims: [],
  below: [],
  edges: [],
  writes: [],
  consents: [],
  record: [],
  holders: [],
  aliases: [],
};

type Silence = keyof typeof nothing;

/** A node of which nothing is known beyond what is given. */
export function nodeOf(known: Omit<Node, Silence | 'told'> & Partial<Pick<Node, Silence | 'told'>>): Node {
  return again(
    { ...nothing, told: undefined, ...known },
    known.met,
    known.trust,
    known.lastSeen,
    known.claims ?? nothing.claims,
  );
}

/**
 * The next version of a node that was seen or claimed once more, which is what nearly every item makes of its nodes.
 * Spelled out: a spread of so many fields takes three times as long, and all nodes get one shape.
 */
export function again(
  node: Node,
  met: Node['met'],
  trust: Trust,
  lastSeen: Node['lastSeen'],
  claims: readonly Claim[],
  gaps: Node['gaps'] = node.gaps,
  told: Node['told'] = node.told,
): Node {
  return {
    key: node.key,
    id: node.id,
    number: node.number,
    person: node.person,
    met,
    trust,
    lastSeen,
    told,
    gaps,
    claims,
    below: node.below,
    edges: node.edges,
    writes: node.writes,
    consents: node.consents,
    record: node.record,
    holders: node.holders,
    aliases: node.aliases,
  };
}
