import type { Graph } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { GraphAtRest } from '../reading/at-rest.ts';
import { cluster } from '../reading/cluster.ts';
import { linksOf } from '../reading/links.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, type IdentifierKey, keyOf } from '../words/ids.ts';
import type { Plan } from './plan.ts';
import { isSoleUser } from './sole-user.ts';

/**
 * [K1] Identifiers of one kind, [K2] of one person, merges included: the limit that one more of `owner` would break.
 * Only what the person really has counts, and of that only what was told with at least this trust: a page fills no limit
 * of the backend's. Looked at only near a limit, and a page is stopped before that look gets long (S15).
 */
export function overCap(plan: Plan, owner: IdentifierKey, id: Identifier): 'K1' | 'K2' | undefined {
  const { policy, entry } = plan;
  const { perPerson, perKind } = policy.caps;
  const most = perKind[roleOf(policy, id.kind)];
  const near = Math.min(perPerson, most);
  const known = plan.before.node(owner);
  // The item may have given its owner some already: as many as there are facts, at most.
  if ((known?.edges.length ?? 0) === 0 && (known?.below.length ?? 0) + plan.facts.length + 1 < near) return undefined;
  const node = plan.node(owner);
  if (node.below.includes(keyOf(id))) return undefined;
  if (node.edges.length === 0 && node.below.length + 1 < near) return undefined;
  const people = cluster(plan.graph, node);
  const named = people.reduce((sum, one) => sum + 1 + one.below.length, 0);
  if (named < near) return undefined;
  if (entry.trust === 0 && named >= 2 * perPerson) return 'K2';
  const graph = new GraphAtRest(plan.graph);
  const has = people.flatMap((one) => one.below.filter((below) => counts(graph, policy, entry, below, one.key)));
  if (has.filter((below) => below.startsWith(`${id.kind}:`)).length >= most) return 'K1';
  return has.length + people.length >= perPerson ? 'K2' : undefined;
}

/** Does an identifier count towards the limits of whom it was said to belong to? */
function counts(graph: Graph, policy: Policy, entry: Entry, key: IdentifierKey, owner: IdentifierKey): boolean {
  const node = graph.node(key);
  if (node === undefined || node.trust < entry.trust) return false;
  if (node.claims.length > 0 && isSoleUser(policy, roleOf(policy, node.id.kind), node, owner)) return true;
  return linksOf(graph, policy, node).stretches.some((link) => link.owner === owner);
}
