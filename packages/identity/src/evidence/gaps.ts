import type { Instant } from '../words/ids.ts';

/** A time in which an identifier was not seen, longer than the policy's reach. Both ends were seen. ms */
export interface Gap {
  readonly from: Instant;
  readonly to: Instant;
}

/** The most gaps an identifier keeps; of more the latest are kept, and what lies before them is one visit. */
export const MOST_GAPS = 1_000;

/**
 * The gaps of an identifier after one more sighting: the same in whatever order the sightings come ([L7c]).
 * `first` and `last` are its outermost sightings before this one, ms.
 */
export function gapsWith(
  gaps: readonly Gap[],
  first: Instant,
  last: Instant,
  time: Instant,
  longest: number,
): readonly Gap[] {
  if (time > last) return time - last > longest ? kept([...gaps, { from: last, to: time }]) : gaps;
  if (time < first) return first - time > longest ? kept([{ from: time, to: first }, ...gaps]) : gaps;
  const at = gaps.findIndex((gap) => gap.from < time && time < gap.to);
  const gap = gaps[at];
  if (gap === undefined) return gaps;
  const parts = [
    { from: gap.from, to: time },
    { from: time, to: gap.to },
  ].filter((one) => one.to - one.from > longest);
  return kept([...gaps.slice(0, at), ...parts, ...gaps.slice(at + 1)]);
}

const kept = (gaps: readonly Gap[]): readonly Gap[] => (gaps.length > MOST_GAPS ? gaps.slice(-MOST_GAPS) : gaps);

/** Gaps after many more sightings that fall between the first and the last; `times` ascending, ms. As `gapsWith` one by one. */
export function gapsOfTimes(gaps: readonly Gap[], times: Float64Array, longest: number): readonly Gap[] {
  const all: Gap[] = [];
  let at = 0;
  for (const gap of gaps) {
    let { from } = gap;
    while (at < times.length && (times[at] as number) <= from) at += 1;
    for (; at < times.length && (times[at] as number) < gap.to; at++) {
      const time = times[at] as number;
      if (time - from > longest) all.push({ from, to: time });
      from = time;
    }
    if (gap.to - from > longest) all.push({ from, to: gap.to });
  }
  return kept(all);
}
