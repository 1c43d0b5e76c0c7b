import { useState } from 'react';

let serial = 0;
const fresh = () => `k${++serial}`;

/**
 * A key for each row of a list that has no names of its own, so that what is typed in one row stays in that row when
 * another is taken out. Call `removed` with the place of a row before it goes; rows that come are added at the end.
 */
export function useStableKeys(length: number): {
  readonly keys: readonly string[];
  readonly removed: (place: number) => void;
} {
  const [keys, setKeys] = useState<readonly string[]>(() => Array.from({ length }, fresh));
  let now = keys;
  if (now.length !== length) {
    now = now.length > length ? now.slice(0, length) : [...now, ...Array.from({ length: length - now.length }, fresh)];
    setKeys(now);
  }
  return { keys: now, removed: (place) => setKeys(now.filter((_, at) => at !== place)) };
}
