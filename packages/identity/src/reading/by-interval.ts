import type { Claim } from '../evidence/graph.ts';
import { byTrust } from './by-trust.ts';
import { always, cutAt, type Link, type Links, own, type Refusal, type Refuse } from './link.ts';

/** [L6] `by-interval`: the login that encloses a moment; before the first login, that login; after a logout, nobody. */
export const byInterval = (claims: readonly Claim[], refuse: Refuse, refusals: Refusal[]): Links => ({
  stretches: byTrust(claims, intervals, (claim, owner) => {
    if (claim.owner !== owner) refuse(claim, 'S10', 'a more trusted sender says who uses this device');
  }),
  refusals,
});

/** The intervals of claims that all count. */
function intervals(claims: readonly Claim[]): readonly Link[] {
  const stretches: { -readonly [K in keyof Link]: Link[K] }[] = [];
  for (const claim of claims) {
    const { owner, time } = claim;
    if (stretches.at(-1)?.owner === owner) continue;
    const before = cutAt(stretches, time);
    if (before === undefined && owner === null) stretches.push({ ...own, to: time, rule: 'L6c' });
    if (before !== undefined && before.owner === owner) before.to = always.to;
    else
      stretches.push({
        from: before === undefined && owner !== null ? always.from : time,
        to: always.to,
        owner,
        claim: owner === null ? null : claim,
        rule: owner === null ? 'L6c' : before === undefined ? 'L6b' : 'L6a',
      });
  }
  return stretches.length === 0 ? [own] : stretches.filter((one) => one.from < one.to);
}
