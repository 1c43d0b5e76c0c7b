import type { Claim, Node } from '../evidence/graph.ts';
import { dayOf, limitPerDay } from '../policy/breaker.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type IdentifierKey, identifierOf } from '../words/ids.ts';

type Word = Pick<Claim, 'owner' | 'time' | 'trust' | 'directory'>;

/** [K5] Whether a value was said to belong to more known people on one day than the breaker allows. */
export const tripsBreaker = (
  policy: Policy,
  node: Node,
  claims: readonly Word[],
  personOf: (owner: IdentifierKey) => IdentifierKey,
): boolean => overloadedDays(policy, node, claims, personOf).size > 0;

/**
 * [K5] The days on which a value was said to belong to more known people than the breaker allows, by the days since 1970.
 * Only the words of the most trusted are counted: a page cannot part a value from whom the backend named. `personOf` finds
 * who an owner is.
 */
export function overloadedDays(
  policy: Policy,
  node: Pick<Node, 'id' | 'key'>,
  claims: readonly Word[],
  personOf: (owner: IdentifierKey) => IdentifierKey,
): ReadonlySet<number> {
  const limit = limitPerDay(policy, node.id.kind, node.key);
  if (limit === undefined || claims.length <= limit) return new Set();
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
  const isOver = (owners: ReadonlySet<IdentifierKey>) =>
    owners.size > limit && new Set([...owners].map(personOf)).size > limit;
  return new Set([...days].flatMap(([day, owners]) => (isOver(owners) ? [day] : [])));
}
