import { isOverTogether } from '../deciding/caps.ts';
import type { Plan } from '../deciding/plan.ts';
import { roleOf } from '../policy/policy.ts';
import { cluster, joins } from '../reading/cluster.ts';
import { momentAt, ownerAt } from '../reading/links.ts';
import { type Identifier, type IdentifierKey, identifierOf, keyOf } from '../words/ids.ts';

/**
 * [M5] An identifier of a directory's record is merged as the profile that has it. Not so the contact of a login that a
 * profile has: the merge would join others, and not only by the word of whoever merges, once a page asked for that login.
 */
export function profileNow({ graph, policy, entry }: Plan, key: IdentifierKey): Identifier {
  const id = identifierOf(key);
  const node = graph.node(key);
  if (node === undefined) return id;
  const isProfile = (one: Identifier) => roleOf(policy, one.kind) === 'profile';
  const above = isProfile(id) ? key : momentAt(graph, policy, node, entry.time).owner;
  const owner =
    above === null || !isProfile(identifierOf(above)) ? undefined : ownerAt(graph, policy, above, entry.time);
  return owner !== undefined && isProfile(owner.id) ? owner.id : id;
}

/**
 * [M5] A login that was merged before a profile had it brings that profile along: whichever came first, the merge or the
 * answer, the merged are one person. Only by the word of somebody who may merge [S11], and within [K2].
 */
export function mergeAlong(plan: Plan, login: IdentifierKey, profile: IdentifierKey): void {
  const { policy, entry } = plan;
  const { id, edges } = plan.node(login);
  if (edges.length === 0 || entry.trust < policy.mergeTrust || roleOf(policy, id.kind) !== 'login') return;
  for (const edge of edges) {
    if (!joins(edge)) continue;
    const other = keyOf(profileNow(plan, edge.other));
    const [mine, theirs] = [profile, other].map((key) => cluster(plan.graph, plan.node(key))) as [Cluster, Cluster];
    if (mine.some(({ key }) => key === other)) continue;
    const size = [...mine, ...theirs].reduce((sum, { below }) => sum + 1 + below.length, 0);
    const ends = { one: profile, other, how: 'merge' } as const;
    if (isOverTogether(plan, profile, other, size)) plan.say({ type: 'conflict', ...ends, rule: 'K2' });
    else plan.say({ type: 'merged', ...ends });
  }
}

type Cluster = ReturnType<typeof cluster>;
