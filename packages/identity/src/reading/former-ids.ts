import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { PersonId } from '../words/ids.ts';
import { survivor } from './cluster.ts';
import { ownershipOf } from './ownership.ts';
import type { PersonSpan } from './spans.ts';

/** Ids of identifiers that found nobody any more and lead here. */
export function formerIds(
  graph: Graph,
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  spans: readonly PersonSpan[],
): readonly PersonId[] {
  const nodes = new Set(spans.map((span) => span.node));
  nodes.delete(founder);
  // All of the cluster are named after its founder: nobody walks it again for each identifier.
  const mine = new Set(members.map((member) => member.key));
  const named = (node: Node) => (mine.has(node.key) ? founder : survivor(graph, policy, node));
  return [...nodes]
    .filter((node) => namedBy(graph, policy, node, named).key === founder.key)
    .map((node) => node.person);
}

/** [P3] Whom the id of this identifier names: itself while it has time of its own, else its latest owner. */
export function namedBy(graph: Graph, policy: Policy, node: Node, named?: (node: Node) => Node): Node {
  const stretches = ownershipOf(graph, policy, node, named);
  const mine = stretches.find((stretch) => stretch.person.key === node.key);
  return mine?.person ?? stretches.at(-1)?.person ?? node;
}
