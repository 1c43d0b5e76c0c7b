import { STEP } from './steps.ts';

/** A text that is read piece by piece: one string, or the parts of one that would be too long. */
export type Text = string | LongText;

/**
 * A text in parts as they were decoded. One string of ten megabytes is memory that the system fills with zeros and then a
 * copy of all of it, in one turn of the event loop; of this no string is ever made that is longer than what is asked for.
 */
export class LongText {
  readonly length: number;
  readonly #parts: readonly string[];
  /** Where each part begins. */
  readonly #starts: readonly number[];
  /** The part that was looked at last, and from where to where it goes. */
  #index = 0;
  #part = '';
  #from = 0;
  #to = 0;

  /** `parts`: none of them begins or ends within a character. */
  constructor(parts: readonly string[]) {
    this.#parts = parts.filter((part) => part !== '');
    let length = 0;
    this.#starts = this.#parts.map((part) => {
      const start = length;
      length += part.length;
      return start;
    });
    this.length = length;
  }

  /** As a string's; NaN outside. */
  charCodeAt(at: number): number {
    if (at < this.#from || at >= this.#to) this.#lookAt(at);
    return this.#part.charCodeAt(at - this.#from);
  }

  /** As a string's, of one sign; `to`: it may as well stand no further than about there. */
  indexOf(sign: string, from: number, to = this.length): number {
    for (let at = Math.max(0, from); at < Math.min(to, this.length); at = this.#to) {
      this.#lookAt(at);
      const found = this.#part.indexOf(sign, at - this.#from);
      if (found >= 0) return this.#from + found;
    }
    return -1;
  }

  /** As a string's; `pattern` is of one sign. */
  search(pattern: RegExp): number {
    for (const [i, part] of this.#parts.entries()) {
      const found = part.search(pattern);
      if (found >= 0) return (this.#starts[i] as number) + found;
    }
    return -1;
  }

  /** As a string's, from a place that is there. */
  slice(from: number, to = this.length): string {
    return this.#within(from, to).join('');
  }

  /** The same without its being one string, where it is long. */
  cut(from: number, to = this.length): Text {
    return to - from > STEP ? new LongText(this.#within(from, to)) : this.slice(from, to);
  }

  /** The parts of two places, the outer ones cut. */
  #within(from: number, to: number): string[] {
    const found: string[] = [];
    const end = Math.min(to, this.length);
    for (let at = from; at < end; at = this.#to) {
      this.#lookAt(at);
      found.push(this.#part.slice(at - this.#from, end - this.#from));
    }
    return found;
  }

  /** The parts, for what is asked of each. */
  parts(): readonly string[] {
    return this.#parts;
  }

  toString(): string {
    return this.#parts.join('');
  }

  /** Mostly it is the next one. */
  #lookAt(at: number): void {
    if (at < 0 || at >= this.length) {
      this.#part = '';
      this.#from = this.#to = at;
      return;
    }
    if (at >= this.#from && at < this.#to) return;
    const starts = this.#starts;
    const next = this.#index + 1;
    this.#index = at === starts[next] ? next : lastUpTo(starts, at);
    this.#part = this.#parts[this.#index] as string;
    this.#from = starts[this.#index] as number;
    this.#to = this.#from + this.#part.length;
  }
}

/** Which of some places, in order, is the last that is not after one. */
function lastUpTo(places: readonly number[], at: number): number {
  let [low, high] = [0, places.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((places[middle] as number) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** What stands between two places of a text. */
export const cut = (text: Text, from: number, to = text.length): Text =>
  typeof text === 'string' ? text.slice(from, to) : text.cut(from, to);

/** Texts one after the other. */
export function joinedTexts(...texts: readonly Text[]): Text {
  const parts = texts.flatMap((text) => (typeof text === 'string' ? [text] : text.parts()));
  return texts.every((text) => typeof text === 'string') ? parts.join('') : new LongText(parts);
}
