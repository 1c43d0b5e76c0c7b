import type { Position } from '@selfsame/identity';
import { NumberList } from './number-list.ts';

/**
 * The positions of a project's entries, ascending, as places counted from 1. Of those that follow one another without a
 * gap the first alone is held, 8 bytes a run: what stands between two of them, as others' entries, takes nothing.
 */
export class PlaceList {
  /** Of each run the place and the position of its first. */
  readonly #places = new NumberList(Uint32Array);
  readonly #positions = new NumberList(Uint32Array);
  #last: Position = 0;
  #length = 0;

  /** The last place. */
  get length(): number {
    return this.#length;
  }

  /** The last position; 0 of none. */
  get last(): Position {
    return this.#last;
  }

  /** Memory of all of it. */
  get bytes(): number {
    return this.#places.bytes + this.#positions.bytes;
  }

  /** `position`: after all that it holds. Answers its place. */
  push(position: Position): number {
    this.#length += 1;
    if (position !== this.#last + 1 || this.#length === 1) {
      this.#places.push(this.#length);
      this.#positions.push(position);
    }
    this.#last = position;
    return this.#length;
  }

  /** The position at a place, from 1 to `length`. */
  at(place: number): Position {
    const run = lastUpTo(this.#places, place);
    return this.#positions.at(run) + place - this.#places.at(run);
  }

  /** The place of the last position that is not after one; 0 where there is none. */
  placeUpTo(position: Position): number {
    const run = lastUpTo(this.#positions, position);
    if (run < 0) return 0;
    const end = run + 1 < this.#places.length ? this.#places.at(run + 1) - 1 : this.#length;
    return Math.min(end, this.#places.at(run) + position - this.#positions.at(run));
  }

  /** The place of a position; 0 where it holds no such. */
  placeOf(position: Position): number {
    const place = this.placeUpTo(position);
    return place > 0 && this.at(place) === position ? place : 0;
  }
}

/** Where the last of some ascending numbers stands that is not above one; -1 where all are. */
function lastUpTo(numbers: NumberList, most: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers.at(middle) <= most) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
