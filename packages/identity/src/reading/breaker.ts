import type { Claim, Node } from '../evidence/graph.ts';
import { dayOf, limitPerDay } from '../policy/breaker.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type IdentifierKey, identifierOf } from '../words/ids.ts';

/**
 * [K5] Whether a value was said to belong to more known people on one day than the breaker allows. Only the words of the
 * most trusted are counted: a page cannot part a value from whom the backend named. `personOf` finds who an owner is.
 */
export function tripsBreaker(
  policy: Policy,
  node: Node,
  claims: readonly Claim[],
  personOf: (owner: IdentifierKey) => IdentifierKey,
): boolean {
  const limit = limitPerDay(policy, node.id.kind, node.key);
  if (limit === undefined || claims.length <= limit) return false;
  const trust = claims.reduce((most, claim) => Math.max(most, claim.trust), 0);
  const days = new Map<number, Set<IdentifierKey>>();
  for (const { owner, time, trust: its, directory } of claims) {
    if (owner === null || its < trust || directory === true) continue;
    if (roleOf(policy, identifierOf(owner).kind) === 'anonymous') continue;
    const day = days.get(dayOf(time)) ?? new Set();
    day.add(owner);
    days.set(dayOf(time), day);
  }
  // Two identifiers of one person are one.
  return [...days.values()].some((owners) => owners.size > limit && new Set([...owners].map(personOf)).size > limit);
}
