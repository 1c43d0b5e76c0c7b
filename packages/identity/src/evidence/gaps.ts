import type { Instant } from '../words/ids.ts';
import { withOneMore } from './one-more.ts';

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
  if (time > last) return time - last > longest ? kept(withOneMore(gaps, { from: last, to: time })) : gaps;
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

/**
 * When an identifier was there: each visit from its first sighting to its last, two numbers a visit, oldest first. No
 * silence within one is longer than `longest`. `times` ascending, ms.
 */
export function visitsOf(times: Float64Array, longest: number): Float64Array {
  let [visits, size] = [new Float64Array(16), 0];
  for (let i = 0; i < times.length; i++) {
    const time = times[i] as Instant;
    if (size > 0 && time - (visits[size - 1] as Instant) <= longest) {
      visits[size - 1] = time;
      continue;
    }
    if (size === visits.length) {
      const longer = new Float64Array(2 * size);
      longer.set(visits);
      visits = longer;
    }
    visits[size++] = time;
    visits[size++] = time;
  }
  return visits.slice(0, size);
}

/** Visits that were seen apart, in order of when they began: they may overlap. */
export function visitsOfBoth(some: Float64Array, others: Float64Array): Float64Array {
  const all = new Float64Array(some.length + others.length);
  let [i, j] = [0, 0];
  while (i + j < all.length) {
    const isNext = j === others.length || (some[i] as Instant) <= (others[j] as Instant);
    const [from, at] = isNext ? [some, i] : [others, j];
    all[i + j] = from[at] as Instant;
    all[i + j + 1] = from[at + 1] as Instant;
    if (isNext) i += 2;
    else j += 2;
  }
  return all;
}

/**
 * Gaps after many more sightings, in some visits, that fall between the first and the last: as `gapsWith` one by one.
 * `visits`: two numbers each, in order of when they began, none with a silence longer than `longest`. ms
 * @param known is given back where it is the same
 */
export function gapsBetween(
  gaps: readonly Gap[],
  visits: Float64Array,
  longest: number,
  known: readonly Gap[] = [],
): readonly Gap[] {
  const all = new GapList(known);
  let at = 0;
  for (const { from, to } of gaps) {
    let since = from;
    for (; at < visits.length; at += 2) {
      const [began, ended] = [visits[at] as Instant, visits[at + 1] as Instant];
      if (began >= to) break;
      if (began - since > longest) all.add(since, began);
      if (ended > since) since = ended;
      // What goes on past this gap may reach over the next ones.
      if (since > to) break;
    }
    if (to - since > longest) all.add(since, to);
  }
  return kept(all.list());
}

/** Gaps in a row, which are made only where they are not those of a list that is known. */
class GapList {
  readonly #known: readonly Gap[];
  #same = 0;
  #others: Gap[] | undefined;

  constructor(known: readonly Gap[]) {
    this.#known = known;
  }

  add(from: Instant, to: Instant): void {
    if (this.#others === undefined) {
      const same = this.#known[this.#same];
      if (same !== undefined && same.from === from && same.to === to) {
        this.#same += 1;
        return;
      }
      this.#others = this.#known.slice(0, this.#same);
    }
    this.#others.push({ from, to });
  }

  list(): readonly Gap[] {
    return this.#others ?? (this.#same === this.#known.length ? this.#known : this.#known.slice(0, this.#same));
  }
}
