import type { Position } from '@selfsame/identity';

/** Shards by the highest bits of a hash, so that one after the other holds the hashes in order. */
const SHARDS = 256;
const HASHES = 2 ** 53;
/** Pairs that an empty shard has room for; a power of two. */
const ROOM = 64;

/**
 * Pairs of a key's hash and a position of the log, outside the garbage collector's reach: what is said of hundreds of
 * thousands of keys costs 16 to 32 bytes a pair, and nothing each time V8 marks its heap. It grows a shard at a time, so
 * that no single addition takes long.
 */
export class KeyTable {
  size = 0;
  readonly #shards: (Shard | undefined)[] = [];

  /** A hash may be added several times. `position` is above 0. */
  add(hash: number, position: Position): void {
    const at = shardOf(hash);
    (this.#shards[at] ??= new Shard()).add(hash, position);
    this.size += 1;
  }

  /** The positions of a hash, the latest first. */
  find(hash: number): readonly Position[] {
    return this.#shards[shardOf(hash)]?.find(hash) ?? [];
  }

  /** Every pair, in the order of the hashes. */
  *inOrder(): Generator<readonly [hash: number, position: Position]> {
    for (let at = 0; at < SHARDS; at++) yield* this.#shards[at]?.pairs().sort((a, b) => a[0] - b[0]) ?? [];
  }

  addAll(other: KeyTable): void {
    for (const shard of other.#shards) for (const [hash, position] of shard?.pairs() ?? []) this.add(hash, position);
  }
}

const shardOf = (hash: number): number => Math.floor(hash / (HASHES / SHARDS));

/** Open addressing with linear probing. A place is a hash and a position; position 0 is an empty place. */
class Shard {
  #places = new Float64Array(2 * ROOM);
  #used = 0;

  add(hash: number, position: Position): void {
    if (4 * (this.#used + 1) > 3 * (this.#places.length / 2)) this.#grow();
    this.#put(hash, position);
    this.#used += 1;
  }

  find(hash: number): readonly Position[] {
    const found: Position[] = [];
    const places = this.#places;
    for (let at = this.#start(hash); places[at + 1] !== 0; at = (at + 2) % places.length)
      if (places[at] === hash) found.push(places[at + 1] as Position);
    return found.length < 2 ? found : found.sort((a, b) => b - a);
  }

  pairs(): (readonly [hash: number, position: Position])[] {
    const pairs: [number, Position][] = [];
    for (let at = 0; at < this.#places.length; at += 2) {
      const position = this.#places[at + 1] as Position;
      if (position !== 0) pairs.push([this.#places[at] as number, position]);
    }
    return pairs;
  }

  #start(hash: number): number {
    return 2 * ((hash >>> 0) & (this.#places.length / 2 - 1));
  }

  #put(hash: number, position: Position): void {
    let at = this.#start(hash);
    while (this.#places[at + 1] !== 0) at = (at + 2) % this.#places.length;
    this.#places[at] = hash;
    this.#places[at + 1] = position;
  }

  #grow(): void {
    const pairs = this.pairs();
    this.#places = new Float64Array(2 * this.#places.length);
    for (const [hash, position] of pairs) this.#put(hash, position);
  }
}
