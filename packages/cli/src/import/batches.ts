import type { Outgoing, Route } from './outgoing.ts';

/** How much one request of a route holds: items, and bytes, well below what a server takes. */
const limits: Readonly<Record<Route, { readonly most: number; readonly size: number }>> = {
  batch: { most: 2_000, size: 4_000_000 },
  public: { most: 2_000, size: 4_000_000 },
  import: { most: 2_000, size: 4_000_000 },
  engage: { most: 2_000, size: 4_000_000 },
  groups: { most: 2_000, size: 4_000_000 },
  segment: { most: 2_000, size: 250_000 },
  // What becomes of each batch is told only where it is alone.
  mparticle: { most: 1, size: 4_000_000 },
};

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
    const { most, size } = limits[item.route];
    const bytes = Buffer.byteLength(item.json);
    const full =
      this.#waiting.length >= Math.min(this.#most, most) ||
      this.#size + bytes > size ||
      (this.#waiting.length > 0 && this.#waiting[0]?.route !== item.route);
    const request = full ? this.take() : [];
    this.#waiting.push(item);
    this.#size += bytes;
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
