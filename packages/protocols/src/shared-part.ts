import type { Json, JsonObject } from '@selfsame/identity';
import { isLonger, jsonLength } from './json/length.ts';

/** Copies of what a batch says once may take this many times what was sent. */
const MOST_TIMES = 4;
/** A member this long, characters of JSON, is small enough to be kept with every item. */
const SHORT = 256;

/**
 * What a batch says once for all its items, for one item after another. It is kept with each of them while that stays in
 * proportion to what was sent. Else a sender could have a padded envelope written a thousand times: then the first item
 * has it whole, the others only its short members, or nothing where even those are too many.
 * @param count items that share it
 * @param sent bytes of the whole batch, or the characters of its JSON
 */
export function spread(shared: JsonObject, count: number, sent: number): () => JsonObject {
  const fits = (one: JsonObject): boolean => (count - 1) * jsonLength(one, 'characters') <= MOST_TIMES * sent;
  if (count <= MOST_TIMES || fits(shared)) return () => shared;
  const isShort = ([, value]: readonly [string, Json]): boolean => !isLonger(value, 'characters', SHORT);
  const short = Object.fromEntries(Object.entries(shared).filter(isShort));
  const rest = fits(short) ? short : {};
  let isFirst = true;
  return () => {
    const one = isFirst ? shared : rest;
    isFirst = false;
    return one;
  };
}

/** How many items may each hold a copy of something, by the same measure; a few always. */
export const timesThatFit = (shared: JsonObject | readonly object[], sent: number): number =>
  Math.max(MOST_TIMES, Math.floor((MOST_TIMES * sent) / JSON.stringify(shared).length));
