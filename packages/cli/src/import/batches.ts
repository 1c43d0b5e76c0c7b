import type { Outgoing } from './format.ts';

/** A request stays well below the 10 MiB a server takes, characters. */
const LARGEST = 4_000_000;

/** Collects items into requests: as many as `most`, of one route, in the order they came. */
export class Batches {
  readonly #most: number;
  #waiting: Outgoing[] = [];
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** Adds an item. Answers the request that has to go first, if this item does not fit into it. */
  add(item: Outgoing): readonly Outgoing[] {
    const full =
      this.#waiting.length >= this.#most ||
      this.#size + item.json.length > LARGEST ||
      (this.#waiting.length > 0 && this.#waiting[0]?.route !== item.route);
    const request = full ? this.take() : [];
    this.#waiting.push(item);
    this.#size += item.json.length;
    return request;
  }

  /** Everything that waits. */
  take(): readonly Outgoing[] {
    const request = this.#waiting;
    this.#waiting = [];
    this.#size = 0;
    return request;
  }
}
