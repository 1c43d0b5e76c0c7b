import type { Position } from '@selfsame/identity';
import type { Decided } from './store.ts';

/** Memory for entries of the log, bytes; about so many for one of its text. */
const MOST_BYTES = 16_000_000;
const BYTES_A_CHARACTER = 3;

/**
 * Entries of the log that were read lately, so that whoever looks first and then does it, or looks at the same people
 * again, waits for no disk. In two generations: what is asked for joins the younger one, and when that is full the elder
 * goes.
 */
export class ReadLately {
  #young = new Map<Position, Decided>();
  #old = new Map<Position, Decided>();
  #bytes = 0;
  readonly #most: number;

  /** `most`: bytes of both generations. */
  constructor(most = MOST_BYTES) {
    this.#most = most;
  }

  get(position: Position): Decided | undefined {
    const young = this.#young.get(position);
    if (young !== undefined) return young;
    const old = this.#old.get(position);
    if (old !== undefined) this.put(old);
    return old;
  }

  put(decided: Decided): void {
    this.#bytes += BYTES_A_CHARACTER * JSON.stringify(decided).length;
    if (this.#bytes > this.#most / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#bytes = 0;
    }
    this.#young.set(decided.entry.position, decided);
  }
}
