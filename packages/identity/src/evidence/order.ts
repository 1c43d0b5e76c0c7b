import type { Policy } from '../policy/policy.ts';
import type { Instant } from '../words/ids.ts';
import type { Claim, Sight } from './graph.ts';
import { placeOf } from './halving.ts';

/**
 * [O1] Evidence is ordered by its own time, then by insert id, so that arrival order does not matter.
 * [O2] Under `order: 'arrival'` it is ordered by position in the log, as the vendors do who go by arrival.
 */
export function compareSights(order: Policy['order'], a: Sight, b: Sight): number {
  if (order === 'arrival') return a.position - b.position;
  return a.time - b.time || (a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : 0);
}

/** [O3] Claims with equal time and insert id are ordered by what they say and how it is believed, never by arrival. */
export function compareClaims(order: Policy['order'], a: Claim, b: Claim): number {
  const sights = compareSights(order, a, b);
  if (sights !== 0) return sights;
  if (a.owner !== b.owner) return a.owner === null ? -1 : b.owner === null ? 1 : a.owner < b.owner ? -1 : 1;
  return b.trust - a.trust || sortOf(a) - sortOf(b);
}

const sortOf = (claim: Claim): number =>
  (claim.directory === undefined ? 0 : 1) +
  (claim.unverified === undefined ? 0 : 2) +
  (claim.refused === undefined ? 0 : 4);

const ever = (time: number): Sight => ({ time, tie: '', position: 0, trust: 0 });

/** Before and after all evidence. */
export const dawn = ever(Number.NEGATIVE_INFINITY);
export const dusk = ever(Number.POSITIVE_INFINITY);

/** Of some kept claims those strictly between two moments, in order of time. */
export function claimsBetween(kept: Iterable<Claim>, after: Sight, before: Sight): readonly Claim[] {
  const inside = [...kept].filter(
    (claim) => compareSights('time', after, claim) < 0 && compareSights('time', claim, before) < 0,
  );
  return inside.sort(compareClaimsByTime);
}

export const compareClaimsByTime = (a: Claim, b: Claim): number => compareClaims('time', a, b);

/** Claims that are set aside say themselves what they lie by: among each other, and against a moment ([L4]). */
export const compareKept = (a: Claim, b: Claim): number =>
  compareClaims(a.byArrival === true || b.byArrival === true ? 'arrival' : 'time', a, b);

/** How many claims, in order of time, are of no later a moment, ms. */
export const placeAfter = (claims: readonly Claim[], time: Instant): number =>
  placeOf(claims, (claim) => claim.time <= time);
