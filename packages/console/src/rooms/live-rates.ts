/** The counts at a moment, ms. */
export interface Sample<T> {
  readonly at: number;
  readonly stats: T;
}

/** A rate is that of the last half minute, ms. */
const span = 30_000;

/** The samples with one more, without those that are too old. */
export const keptSamples = <T>(samples: readonly Sample<T>[], fresh: Sample<T>): readonly Sample<T>[] => [
  ...samples.filter(({ at }) => at > fresh.at - span),
  fresh,
];

/** How fast something grew over the samples, a second; undefined before there are two. */
export function rateOf<T>(samples: readonly Sample<T>[], of: (stats: T) => number): string | undefined {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < 1_000) return undefined;
  // A restart of the server may begin some of them anew.
  const rate = Math.max(0, of(last.stats) - of(first.stats)) / ((last.at - first.at) / 1_000);
  return rate >= 10 || rate === 0 ? String(Math.round(rate)) : rate.toFixed(1);
}
