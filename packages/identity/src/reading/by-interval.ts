import type { Claim } from '../evidence/graph.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { byTrust } from './by-trust.ts';
import { always, type Link, type Links, own, type Refusal, type Refuse } from './link.ts';

/** [L6] `by-interval`: the login that encloses a moment; before the first login, that login; after a logout, nobody. */
export const byInterval = (claims: readonly Claim[], refuse: Refuse, refusals: Refusal[]): Links => ({
  stretches: byTrust(claims, intervals, (claim, owner) => {
    if (claim.owner !== owner) refuse(claim, 'S10', 'a more trusted sender says who uses this device');
  }),
  refusals,
});

/** The intervals of claims that all count. */
function intervals(claims: readonly Claim[]): readonly Link[] {
  const stretches: { from: Instant; to: Instant; owner: IdentifierKey | null; claim: Claim | null; rule: string }[] =
    [];
  for (const claim of claims) {
    const now = stretches.at(-1);
    if (now !== undefined && now.owner === claim.owner) continue;
    const from = now === undefined && claim.owner !== null ? always.from : claim.time;
    if (now === undefined && claim.owner === null) stretches.push({ ...own, to: from, rule: 'L6c' });
    if (now !== undefined) now.to = from;
    stretches.push({
      from,
      to: always.to,
      owner: claim.owner,
      claim: claim.owner === null ? null : claim,
      rule: claim.owner === null ? 'L6c' : now === undefined ? 'L6b' : 'L6a',
    });
  }
  return stretches.length === 0 ? [own] : stretches.filter((one) => one.from < one.to);
}
