import { visitsOf } from '../evidence/gaps.ts';
import type { Instant, Position } from '../words/ids.ts';

/** From the first to come to the last; did they come in order of time? */
interface Span {
  readonly first: Position;
  readonly last: Position;
  readonly inOrder: boolean;
}

/**
 * Of entries that differ in their moment alone: when each happened, ms, and where it stands in the log. In order of time,
 * then of position, so that what a stretch of time holds is found by halving. Immutable.
 */
export class Moments {
  readonly times: Float64Array;
  readonly positions: Uint32Array;
  #span: Span | undefined;
  #visits: { readonly longest: number; readonly list: Float64Array } | undefined;

  /** Both in that order, and never written to again. */
  constructor(times: Float64Array, positions: Uint32Array) {
    this.times = times;
    this.positions = positions;
  }

  get count(): number {
    return this.times.length;
  }

  /** The first to come; Infinity of none. */
  get first(): Position {
    return this.#came().first;
  }

  /** The last to come; 0 of none. */
  get last(): Position {
    return this.#came().last;
  }

  /** Those from one moment up to another (exclusive). */
  within(from: Instant, to: Instant): Moments {
    return this.#part(this.#placeOf(from), this.#placeOf(to));
  }

  /** Those that came no later than a position. It costs little where they came in order of time. */
  until(position: Position): Moments {
    const { last, inOrder } = this.#came();
    if (last <= position) return this;
    if (inOrder) return this.#part(0, this.#placeAfter(position));
    const isKept = (i: number) => (this.positions[i] as Position) <= position;
    return new Moments(
      this.times.filter((_, i) => isKept(i)),
      this.positions.filter((_, i) => isKept(i)),
    );
  }

  /** All but some. It costs little where those are the earliest and the latest, and a copy of the rest where they are not. */
  without(some: Iterable<Position>, timeOf: (position: Position) => Instant): Moments {
    const places = Array.from(some, (position) => ({ position, place: this.#placeOf(timeOf(position), position) }))
      .filter(({ position, place }) => this.positions[place] === position)
      .map(({ place }) => place)
      .sort((a, b) => a - b);
    let [from, to] = [0, this.count];
    let [early, late] = [0, places.length];
    while (early < late && places[early] === from) [from, early] = [from + 1, early + 1];
    while (early < late && places[late - 1] === to - 1) [to, late] = [to - 1, late - 1];
    return early === late ? this.#part(from, to) : this.#copied(from, to, places.slice(early, late));
  }

  /**
   * The visits: each from its first moment to its last, two numbers a visit, oldest first. No silence within one is longer
   * than `longest`, every one between two is. ms
   */
  visits(longest: number): Float64Array {
    if (this.#visits?.longest !== longest) this.#visits = { longest, list: visitsOf(this.times, longest) };
    return this.#visits.list;
  }

  #came(): Span {
    if (this.#span !== undefined) return this.#span;
    let [first, last, inOrder] = [Number.POSITIVE_INFINITY, 0, true];
    for (const position of this.positions) {
      if (position < first) first = position;
      if (position > last) last = position;
      else inOrder = false;
    }
    return (this.#span = { first, last, inOrder });
  }

  /** The place of the first that is not before a moment and, of those at it, a position. */
  #placeOf(time: Instant, position: Position = 0): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const at = this.times[middle] as Instant;
      if (at < time || (at === time && (this.positions[middle] as Position) < position)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The place of the first that came after a position, where they came in order of time. */
  #placeAfter(position: Position): number {
    let [low, high] = [0, this.count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.positions[middle] as Position) <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #part(from: number, to: number): Moments {
    return from === 0 && to === this.count
      ? this
      : new Moments(this.times.subarray(from, to), this.positions.subarray(from, to));
  }

  /** Without those at some places, ascending. */
  #copied(from: number, to: number, places: readonly number[]): Moments {
    const times = new Float64Array(to - from - places.length);
    const positions = new Uint32Array(times.length);
    let done = 0;
    let begin = from;
    for (const place of [...places, to]) {
      times.set(this.times.subarray(begin, place), done);
      positions.set(this.positions.subarray(begin, place), done);
      done += place - begin;
      begin = place + 1;
    }
    return new Moments(times, positions);
  }
}
