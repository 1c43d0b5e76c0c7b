import { randomInt } from 'node:crypto';

/** It is many tables, which grow one by one, so that none takes long. */
const PARTS = 1 << 10;
/** Numbers a slot: two of hash, and what it holds. */
const SLOT = 3;
/** Other hashes in every process: nobody outside can make two texts that are taken for one, or crowd a place. */
const seeds = [randomInt(2 ** 32), randomInt(2 ** 32)] as const;

/** Numbers above 0 by texts, of which it keeps 64 bits of hash: no string, and no pause when it grows. */
export class HashTable {
  readonly #parts: (Part | undefined)[] = Array.from({ length: PARTS }, () => undefined);
  #bytes = 0;

  /** Memory of all of it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What is held under a text; 0: nothing. */
  get(text: string): number {
    const low = hashOf(text, seeds[0]);
    return this.#parts[low % PARTS]?.get(low, hashOf(text, seeds[1])) ?? 0;
  }

  /** Puts a number under a text, in place of what was there. */
  set(text: string, value: number): void {
    const low = hashOf(text, seeds[0]);
    const part = (this.#parts[low % PARTS] ??= new Part());
    const before = part.bytes;
    part.set(low, hashOf(text, seeds[1]), value);
    this.#bytes += part.bytes - before;
  }
}

/** An open table, at most three quarters full. */
class Part {
  #slots = new Uint32Array(0);
  #count = 0;

  get bytes(): number {
    return this.#slots.byteLength;
  }

  get(low: number, high: number): number {
    return this.#slots[this.#find(low, high) + 2] as number;
  }

  set(low: number, high: number, value: number): void {
    if (SLOT * (this.#count + 1) > 0.75 * this.#slots.length) this.#grow();
    const at = this.#find(low, high);
    if (this.#slots[at + 2] === 0) this.#count += 1;
    this.#slots.set([low, high, value], at);
  }

  /** Where it is, or the free slot where it belongs. */
  #find(low: number, high: number): number {
    const slots = this.#slots;
    const end = slots.length;
    let at = (Math.floor(low / PARTS) * SLOT) % end;
    while (slots[at + 2] !== 0 && (slots[at] !== low || slots[at + 1] !== high)) at = at + SLOT === end ? 0 : at + SLOT;
    return at;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(Math.max(2 * before.length, 4 * SLOT));
    for (let i = 0; i < before.length; i += SLOT) {
      const slot = before.subarray(i, i + SLOT);
      if (slot[2] !== 0) this.#slots.set(slot, this.#find(slot[0] as number, slot[1] as number));
    }
  }
}

/** FNV-1a over the characters, mixed: 32 bits. */
function hashOf(text: string, seed: number): number {
  let hash = seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
