import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { amongOf } from './among.ts';
import { GraphAtRest } from './at-rest.ts';
import { findSome, isMuch } from './merged-much.ts';
import type { NodeOf } from './merged-parts.ts';
import { regrown } from './regrown.ts';
import type { Regrown } from './remembered.ts';
import { findTogether, type Said, type Together } from './together.ts';

/** What merges made one with an identifier; for a graph at rest it is found once for all of them. */
export function togetherWith(graph: Graph, policy: Policy, node: Node): Together {
  const nodeOf: NodeOf = (key) => (key === node.key ? node : graph.node(key));
  const afresh = (before?: readonly Said[]) => {
    const among = amongOf(nodeOf, node.key);
    return isMuch(policy, among) ? findSome(graph, policy, among, before) : findTogether(graph, policy, among);
  };
  const again = (told: Regrown) =>
    regrown(graph, policy, nodeOf, told) ?? afresh(told.members === undefined ? told.known[0].said : undefined);
  const find = () => graph.memories?.togetherWith(graph, policy, node, afresh, again) ?? afresh();
  if (!(graph instanceof GraphAtRest)) return find();
  const known = graph.together.get(node.key);
  if (known !== undefined) return known;
  const found = find();
  for (const key of found.members) graph.together.set(key, found);
  return found;
}
