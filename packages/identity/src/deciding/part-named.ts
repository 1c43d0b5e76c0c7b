import type { Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { joins } from '../reading/cluster.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { isAnonymousShape, isOwnDevice } from '../words/stand-in.ts';
import type { Plan } from './plan.ts';

/**
 * [J6] A handle that somebody trusted to merge names for the first time: what pages said of it before joins it with
 * nobody who was so named, or a page that guesses the ids of two customers would have made them one beforehand (S11).
 */
export function partNamed(plan: Plan, { key, id, trust, edges }: Node): void {
  const { policy, entry } = plan;
  const { mergeTrust } = policy;
  if (edges.length === 0 || trust >= mergeTrust || entry.trust < mergeTrust || !isName(policy, id)) return;
  // Asked for here only: nearly every item ends above, and the graph with what was said so far is made for who asks.
  const { graph } = plan;
  for (const edge of edges)
    if (joins(edge) && leadsToNamed(graph, policy, edge.other, key))
      plan.say({ type: 'parted', one: key, other: edge.other, merge: edge.position, rule: 'S11' });
}

/** Is an id the name of a user, as far as its shape tells? */
const isName = (policy: Policy, { kind, value }: Node['id']): boolean =>
  roleOf(policy, kind) === 'handle' && !isAnonymousShape(value) && !isOwnDevice(value);

/** Is anybody joined with `first` who was named by somebody trusted to merge, not by way of `but`? */
function leadsToNamed(graph: Graph, policy: Policy, first: IdentifierKey, but: IdentifierKey): boolean {
  const found = new Set([but, first]);
  for (const key of found) {
    const node = key === but ? undefined : graph.node(key);
    if (node === undefined) continue;
    if (node.trust >= policy.mergeTrust && isName(policy, node.id)) return true;
    for (const edge of node.edges) if (joins(edge)) found.add(edge.other);
  }
  return false;
}
