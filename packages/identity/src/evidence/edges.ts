import type { Entry } from '../words/command.ts';
import type { Conflict, Merged, Parted } from '../words/fact.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Edge, Node } from './graph.ts';
import { withOneMore } from './one-more.ts';
import { sight } from './sightings.ts';

/** [M7] So many refused merges of an identifier are kept, the most trusted before the latest, for "why not" and [K6]. */
export const MOST_REFUSED = 64;

/** Both ends of a merge, or of one that was refused, with it. Said again it counts as its most trusted word. */
export function edged(one: Node, other: Node, entry: Entry, fact: Merged | Conflict): readonly [Node, Node] {
  const { how } = fact;
  const refused = fact.type === 'conflict' ? fact.rule : undefined;
  const isSame = (end: IdentifierKey) => (edge: Edge) =>
    edge.other === end && edge.how === how && edge.refused === refused;
  const before = one.edges.find(isSame(other.key));
  if (before !== undefined && before.trust >= entry.trust) return [one, other];
  const edge = { ...sight(entry), how, wire: entry.wire, ...(refused === undefined ? {} : { refused }) };
  const identified = how === 'identify' || how === 'alias' ? ({ identified: true } as const) : {};
  const others = (node: Node, end: IdentifierKey) =>
    before === undefined ? node.edges : node.edges.filter((old) => !isSame(end)(old));
  return [
    { ...one, edges: withEdge(others(one, other.key), { ...edge, ...identified, other: other.key }) },
    { ...other, edges: withEdge(others(other, one.key), { ...edge, other: one.key }) },
  ];
}

/** Both ends of a merge that joins nobody any more. */
export function parted(one: Node, other: Node, { merge, rule }: Parted): readonly [Node, Node] {
  const refuse = (node: Node, end: Node): Node => ({
    ...node,
    edges: node.edges.map((edge) =>
      edge.other === end.key && edge.position === merge ? { ...edge, refused: rule } : edge,
    ),
  });
  return [refuse(one, other), refuse(other, one)];
}

/** Adds an edge to those of a node; of the refused ones the most trusted stay, of these the latest ([S10]). */
function withEdge(edges: readonly Edge[], edge: Edge): readonly Edge[] {
  const all = withOneMore(edges, edge);
  if (edge.refused === undefined || all.length <= MOST_REFUSED) return all;
  const refused = all.filter((one) => one.refused !== undefined);
  if (refused.length <= MOST_REFUSED) return all;
  const least = refused.reduce((one, other) => (other.trust < one.trust ? other : one));
  return all.filter((one) => one !== least);
}
