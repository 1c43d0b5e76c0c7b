/** How often each of some names occurs. */
export function tally(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

/** One name for two. */
export const cell = (a: string, b: string): string => `${a}\n${b}`;
