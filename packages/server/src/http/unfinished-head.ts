import { freed } from './freed.ts';
import { LOOKED_AT } from './raw-head.ts';

/** A head up to here goes to the parser as it comes, bytes. */
const SMALL_HEAD = 4 * 1_024;
/** What a line is kept in, bytes: small pieces share one. */
const CHUNK = 4 * 1_024;
const NEW_LINE = 10;
const none = Buffer.alloc(0);

/**
 * The head of a request of which not all has come. Node's parser copies what it has of a line whenever more of it comes,
 * which for an address of a megabyte adds up to the square of it; so a long line is kept here until its end is there.
 */
export class UnfinishedHead {
  #length = 0;
  /** Bytes after its first line; undefined before that has an end. */
  #headers: number | undefined;
  /** The first of what the parser got, bytes. */
  readonly #begun: Buffer[] = [];
  #looked = 0;
  /** The line that is kept, and the room in its last chunk. */
  readonly #line: Buffer[] = [];
  #room: Buffer = none;

  /** All that came of it, bytes. */
  get length(): number {
    return this.#length;
  }

  /** Of it what came after the line with the address, bytes. */
  get headers(): number {
    return this.#headers ?? 0;
  }

  /** More than the limit on connections bounds? */
  get isLong(): boolean {
    return this.#length > SMALL_HEAD;
  }

  /** How it began, as much of it as is looked at. */
  beginning(): Buffer {
    const all = [...this.#begun, ...this.#kept()];
    return Buffer.concat(all, Math.min(LOOKED_AT, sizeOf(all)));
  }

  /** What the parser is to get when these bytes come; undefined where they are kept instead. */
  forParser(bytes: Buffer): Buffer | undefined {
    if (this.isLong && !bytes.includes(NEW_LINE)) {
      this.#keep(bytes);
      return undefined;
    }
    if (this.#line.length === 0) return bytes;
    const whole = Buffer.concat([...this.#kept(), bytes]);
    this.#line.length = 0;
    this.#room = none;
    return whole;
  }

  /** Gives up what was kept. */
  drop(): void {
    for (const kept of this.#line) freed(kept);
    this.#line.length = 0;
    this.#room = none;
  }

  #kept(): readonly Buffer[] {
    const last = this.#line.at(-1);
    return last === undefined ? [] : [...this.#line.slice(0, -1), last.subarray(0, last.length - this.#room.length)];
  }

  #keep(bytes: Buffer): void {
    // What is most of a read is kept as it came: copied, each is as much again until the next collection.
    if (bytes.length > CHUNK && 2 * bytes.length > bytes.buffer.byteLength) {
      this.#line.splice(0, this.#line.length, ...this.#kept(), bytes);
      this.#room = none;
      return;
    }
    const fits = bytes.copy(this.#room);
    this.#room = this.#room.subarray(fits);
    if (fits === bytes.length) return;
    const chunk = Buffer.allocUnsafeSlow(Math.max(CHUNK, bytes.length - fits));
    this.#line.push(chunk);
    this.#room = chunk.subarray(bytes.copy(chunk, 0, fits));
  }

  /** Notes bytes that did not finish it, and what the parser got; answers how many bytes that takes, copies included. */
  note(bytes: Buffer, parsed: Buffer = none): number {
    // A copy, since the read it is part of may be far larger.
    const copy = Buffer.from(parsed.subarray(0, LOOKED_AT - this.#looked));
    if (copy.length > 0) this.#begun.push(copy);
    this.#looked += copy.length;
    const after = this.#headers === undefined ? bytes.indexOf(NEW_LINE) + 1 : 0;
    if (this.#headers !== undefined || after > 0) this.#headers = this.headers + bytes.length - after;
    this.#length += bytes.length;
    return bytes.length + copy.length;
  }
}

const sizeOf = (all: readonly Buffer[]): number => all.reduce((sum, { length }) => sum + length, 0);
