import type { Claim } from '../evidence/graph.ts';
import { placeAfter } from '../evidence/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant, Trust } from '../words/ids.ts';
import { byTrust } from './by-trust.ts';
import { always, cutAt, type Link, type Links, type Moment, own, type Refusal, type Refuse } from './link.ts';

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

/**
 * What {@link byInterval} says of one moment, ms, by a look at the claims before it.
 * @param claims in order of time
 * @param logins how many of each trust are believed
 */
export function intervalAt(
  { afterLogout }: Policy,
  claims: readonly Claim[],
  logins: readonly number[],
  time: Instant,
): Moment {
  const isHeard = ({ owner, trust }: Claim, level: Trust) =>
    trust >= level && (owner === null ? afterLogout === 'nobody' : (logins[trust] as number) > 0);
  if (logins.every((many) => many === 0)) return { ...own, trust: 0 };
  const place = placeAfter(claims, time);
  for (const level of [3, 2, 1, 0] as const) {
    let at = place - 1;
    while (at >= 0 && !isHeard(claims[at] as Claim, level)) at -= 1;
    const word = claims[at] ?? claims.find((claim) => isHeard(claim, level));
    if (word === undefined || word.owner === null) continue;
    // The first stretch reaches from the beginning of time to the first word of anything else.
    const { owner } = word;
    const end = claims.findIndex((claim) => isHeard(claim, level) && claim.owner !== owner);
    return { ...always, owner, rule: end < 0 || at < end ? 'L6b' : 'L6a', trust: level };
  }
  return { ...always, owner: null, rule: 'L6c', trust: 0 };
}
