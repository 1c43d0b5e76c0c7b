import type { Graph, IdentifierKey, MemoryGraph, Node } from '../src/index.ts';

/** The same graph of other nodes, of which nothing is remembered. */
export function strange(graph: MemoryGraph): Graph {
  const nodes = new Map<IdentifierKey, Node>();
  for (const [key, node] of graph.nodes)
    nodes.set(key, { ...node, edges: [...node.edges], claims: node.claims.map((claim) => ({ ...claim })) });
  return {
    node: (key) => nodes.get(key),
    ghost: (key) => graph.ghost(key),
    founder: (person) => graph.founder(person),
    evidence: (...args) => graph.evidence(...args),
    beside: (...args) => graph.beside(...args),
  };
}
