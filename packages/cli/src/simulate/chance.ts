/** Chance that can be repeated: the same seed gives the same history on every machine. */
export interface Chance {
  /** 0 ≤ x < 1. */
  next(): number;
  /** True with this probability. */
  yes(probability: number): boolean;
  /** A whole number, both ends included. */
  whole(min: number, max: number): number;
  /** One of a list that is not empty. */
  one<T>(list: readonly T[]): T;
  /** This many characters of `alphabet`. */
  text(length: number, alphabet: string): string;
}

const HEX = '0123456789abcdef';

/** Mulberry32: 32 bits of state are plenty for a shop, and it fits on a screen. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    next,
    whole,
    yes: (probability) => next() < probability,
    one: (list) => list[whole(0, list.length - 1)] as (typeof list)[number],
    text: (length, alphabet) => Array.from({ length }, () => alphabet[whole(0, alphabet.length - 1)]).join(''),
  };
}

/** A UUID as browsers make them, version 4. */
export function uuid(chance: Chance): string {
  const hex = chance.text(32, HEX);
  const variant = chance.one(['8', '9', 'a', 'b']);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}
