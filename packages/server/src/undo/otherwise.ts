import type { Instant, Ownership, PersonId } from '@selfsame/identity';

/** From a moment up to another (exclusive), ms. */
export interface Span {
  readonly from: Instant;
  readonly to: Instant;
}

/** When an identifier is somebody else's in one reading than in another: spans in order, with time between them. */
export function otherwise(mine: readonly Ownership[], theirs: readonly Ownership[]): readonly Span[] {
  const spans: { from: Instant; to: Instant }[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let [i, j] = [0, 0];
  while (from < Number.POSITIVE_INFINITY) {
    const to = Math.min(endOf(mine, i), endOf(theirs, j));
    if (ownerIn(mine, i) !== ownerIn(theirs, j)) {
      const last = spans.at(-1);
      if (last?.to === from) last.to = to;
      else spans.push({ from, to });
    }
    from = to;
    while (i < mine.length && endOf(mine, i) <= to) i += 1;
    while (j < theirs.length && endOf(theirs, j) <= to) j += 1;
  }
  return spans;
}

/** Does one of these hold a moment? */
export function holds(spans: readonly Span[], time: Instant): boolean {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle] as Span).to <= time) low = middle + 1;
    else high = middle;
  }
  const span = spans[low];
  return span !== undefined && span.from <= time;
}

/** The last stretch goes on for ever. */
const endOf = (stretches: readonly Ownership[], i: number): Instant =>
  i < stretches.length - 1 ? (stretches[i] as Ownership).to : Number.POSITIVE_INFINITY;

const ownerIn = (stretches: readonly Ownership[], i: number): PersonId | undefined =>
  (stretches[i] ?? stretches.at(-1))?.person.person;
