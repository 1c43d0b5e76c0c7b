import type { Instant, Json } from '@selfsame/identity';

const DAY = 24 * 3600 * 1000;

/** `/track` takes this much of the past, ms (§10). */
export const TRACK_REACH = 5 * DAY;
/** `/import` takes everything from 1971-01-01, ms. */
export const IMPORT_SINCE = 365 * DAY;
/** `/import` takes this much of the future, ms; it is set to now. */
export const IMPORT_AHEAD = 3600 * 1000;

/** From here on a number counts milliseconds: as seconds it would be the year 5138. */
const MILLISECONDS_FROM = 1e11;

/** The moment a `time` means, ms: seconds or milliseconds, whole or not, also as digits. Undefined for anything else. */
export function instantOf(time: Json | undefined): Instant | undefined {
  const number = typeof time === 'string' && /^\d{1,16}(\.\d{1,9})?$/.test(time) ? Number(time) : time;
  if (typeof number !== 'number') return undefined;
  return Math.round(number >= MILLISECONDS_FROM ? number : number * 1000);
}
