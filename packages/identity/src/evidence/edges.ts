import type { Edge } from './graph.ts';

/** [M7] So many refused merges of an identifier are kept, for "why not". */
const REFUSED = 64;

/** Adds an edge to those of a node; of the refused ones the latest stay. */
export function withEdge(edges: readonly Edge[], edge: Edge): readonly Edge[] {
  const all = [...edges, edge];
  if (edge.refused === undefined || all.length <= REFUSED) return all;
  const refused = all.filter((one) => one.refused !== undefined);
  const oldest = refused.length > REFUSED ? refused[0] : undefined;
  return oldest === undefined ? all : all.filter((one) => one !== oldest);
}
