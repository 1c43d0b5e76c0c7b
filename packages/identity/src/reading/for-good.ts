import type { Claim } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { always, type Links, type Moment, own, type Refusal, type Refuse } from './link.ts';

/** [L3] `first-login` and `last-login`: one owner for all time. */
export function forGood(
  policy: Policy,
  claims: readonly Claim[],
  which: 'first' | 'last',
  refuse: Refuse,
  refusals: Refusal[],
): Links {
  let winner: Claim | undefined;
  for (const claim of claims) {
    if (claim.owner === null) continue;
    if (winner === undefined) winner = claim;
    else if (which === 'last' ? claim.trust >= winner.trust : policy.order === 'time' && claim.trust > winner.trust)
      winner = claim;
  }
  if (winner === undefined) return { stretches: [own], refusals };
  for (const claim of claims) {
    if (claim.owner !== null && claim.owner !== winner.owner)
      refuse(
        claim,
        which === 'first' ? 'L3a' : 'L3b',
        which === 'first'
          ? 'somebody else logged in on this device first'
          : 'somebody else logged in on this device later',
      );
  }
  const first = claims.find((claim) => claim.owner === winner.owner) as Claim;
  return {
    stretches: [
      {
        ...always,
        owner: winner.owner,
        claim: which === 'first' ? winner : first,
        rule: which === 'first' ? 'L3a' : 'L3b',
      },
    ],
    refusals,
  };
}

/**
 * The owner that {@link forGood} finds, by a look at the first or the last of the claims.
 * @param logins how many of each trust are believed
 */
export function ownerForGood(
  policy: Policy,
  claims: readonly Claim[],
  logins: readonly number[],
  which: 'first' | 'last',
): Moment {
  const trust = ([3, 2, 1, 0] as const).find((one) => (logins[one] as number) > 0);
  if (trust === undefined) return { ...own, trust: 0 };
  // Of words that go by arrival the first is the first, whoever says it.
  const isAny = which === 'first' && policy.order === 'arrival';
  const counts = (claim: Claim) =>
    claim.owner !== null && (isAny ? (logins[claim.trust] as number) > 0 : claim.trust === trust);
  const winner = (which === 'first' ? claims.find(counts) : claims.findLast(counts)) as Claim;
  return { ...always, owner: winner.owner, rule: which === 'first' ? 'L3a' : 'L3b', trust: winner.trust };
}
