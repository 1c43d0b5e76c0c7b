import type { Instant } from './ids.ts';

/** A clock that is off by less than this, ms, is taken at its word. */
const TOLERATED_SKEW = 60_000;

/**
 * When an item happened by our clock, ms.
 * [T1] An item without a time happened when it arrived.
 * [T2] A sender that says when it sent shows us its clock; an error of over a minute is taken out.
 * [T3] Nothing happens after it arrived.
 */
export function eventTime(said: { readonly time?: Instant; readonly sentAt?: Instant }, arrived: Instant): Instant {
  if (said.time === undefined) return arrived;
  const skew = said.sentAt === undefined ? 0 : arrived - said.sentAt;
  const time = Math.abs(skew) > TOLERATED_SKEW ? said.time + skew : said.time;
  return Math.min(time, arrived);
}
