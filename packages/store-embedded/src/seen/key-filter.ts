import { hash } from 'node:crypto';

/** A Bloom filter over key hashes: "not in here" is certain, "in here" means look. */
export class KeyFilter {
  readonly bits: Uint32Array;
  readonly #mask: number;

  /** Room for `keys` hashes. By its four probes about one look-up in 400 is in vain with 16 bits for each, with 8 one in 40. */
  constructor(keys: number, bitsPerKey = 16) {
    this.bits = new Uint32Array(2 ** Math.ceil(Math.log2((keys * bitsPerKey) / 32)));
    this.#mask = this.bits.length * 32 - 1;
  }

  add(hash: number): void {
    for (let probe = 0; probe < 4; probe++) {
      const bit = this.#bit(hash, probe);
      this.bits[bit >>> 5] = (this.bits[bit >>> 5] as number) | (1 << (bit & 31));
    }
  }

  /** Adds what a part of such a filter holds, from a word of `bits` on. */
  addPart(from: number, part: Uint32Array): void {
    for (let i = 0; i < part.length; i++) this.bits[from + i] = (this.bits[from + i] as number) | (part[i] as number);
  }

  mayHold(hash: number): boolean {
    for (let probe = 0; probe < 4; probe++) {
      const bit = this.#bit(hash, probe);
      if (((this.bits[bit >>> 5] as number) & (1 << (bit & 31))) === 0) return false;
    }
    return true;
  }

  #bit(hash: number, probe: number): number {
    const low = hash >>> 0;
    const high = Math.floor(hash / 0x100000000);
    return (
      (Math.imul(low, 0x9e3779b1 + probe * 0x6a09e66) ^
        Math.imul(high + probe + 1, 0x85ebca6b) ^
        (low >>> (7 + probe))) &
      this.#mask
    );
  }
}

/**
 * 52 bits of a key. Equal hashes are told apart by the record, one after the other: of a hash that is quicker, somebody
 * with a public key could make thousands of insert ids or devices that share one.
 */
export function hashOf(key: string): number {
  return Number.parseInt(hash('sha256', key).slice(0, 13), 16);
}
