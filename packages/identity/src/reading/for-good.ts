import type { Claim } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { always, type Links, own, type Refusal, type Refuse } from './link.ts';

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
