import type { Host } from '@selfsame/protocols';

/** Counts in memory, a number for each thing that is counted: an older window is forgotten once a newer one counts. */
export function createTally(): Host['tally'] {
  const counts = new Map<string, { readonly window: number; readonly count: number }>();
  return (what, window, more = 0) => {
    const last = counts.get(what);
    const count = (last?.window === window ? last.count : 0) + more;
    if (more > 0) counts.set(what, { window, count });
    return count;
  };
}
