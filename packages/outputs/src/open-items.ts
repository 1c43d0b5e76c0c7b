import type { Position } from '@selfsame/identity';
import type { Item } from './item.ts';

/** Items that are neither settled nor written down: an output's cursor stands before the first of them ([O2]). */
export class OpenItems {
  /** Each in log order: an event that is told again comes later than what is new at its place. */
  readonly #new = new Set<Item>();
  readonly #again = new Set<Item>();

  add(item: Item): void {
    this.#setOf(item).add(item);
  }

  delete(item: Item): void {
    this.#setOf(item).delete(item);
  }

  /** Where the first stands. */
  get first(): Position {
    const [[one], [other]] = [this.#new, this.#again];
    return Math.min(...[one, other].map((item) => item?.message.place.position ?? Number.POSITIVE_INFINITY));
  }

  *[Symbol.iterator](): Generator<Item> {
    yield* this.#new;
    yield* this.#again;
  }

  #setOf({ message }: Item): Set<Item> {
    return message.kind === 'event' && message.again === true ? this.#again : this.#new;
  }
}
