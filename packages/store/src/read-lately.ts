import type { Position } from '@selfsame/identity';
import type { Decided } from './store.ts';

/** Memory for entries of the log, bytes. */
const MOST_BYTES = 16_000_000;
/** What a value takes beside its characters, a property beside its value, and a character, bytes: measured roughly. */
const A_VALUE = 16;
const A_PROPERTY = 8;
const A_CHARACTER = 2;

interface Held {
  readonly decided: Decided;
  readonly bytes: number;
}

/**
 * Entries of the log that were read lately, so that whoever looks first and then does it, or looks at the same people
 * again, waits for no disk. In two generations: what is asked for joins the younger one, and when that is full the elder
 * goes.
 */
export class ReadLately {
  #young = new Map<Position, Held>();
  #old = new Map<Position, Held>();
  #bytes = 0;
  readonly #most: number;

  /** `most`: bytes of both generations. */
  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  get(position: Position): Decided | undefined {
    const young = this.#young.get(position);
    if (young !== undefined) return young.decided;
    const old = this.#old.get(position);
    if (old !== undefined) this.#hold(old);
    return old?.decided;
  }

  put(decided: Decided): void {
    this.#hold({ decided, bytes: bytesOf(decided) });
  }

  #hold(one: Held): void {
    this.#bytes += one.bytes;
    if (this.#bytes > this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bytes = one.bytes;
    }
    this.#young.set(one.decided.entry.position, one);
  }
}

/** About how many bytes an entry takes in memory: a walk costs a fifth of encoding it. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return A_VALUE + A_CHARACTER * value.length;
  if (typeof value !== 'object' || value === null) return A_VALUE;
  let bytes = A_VALUE;
  if (Array.isArray(value)) for (const one of value) bytes += bytesOf(one);
  // Names are shared by all objects that have them.
  else for (const name in value) bytes += A_PROPERTY + bytesOf((value as Readonly<Record<string, unknown>>)[name]);
  return bytes;
}
