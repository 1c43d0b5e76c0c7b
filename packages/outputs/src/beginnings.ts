import type { Instant } from '@selfsame/identity';
import { isTime } from './retry.ts';

/** When a batch of what was not tried yet may begin: so long after the one before, and once others could join it. */
export class Beginnings {
  readonly #apart: number | undefined;
  readonly #gather: number;
  #nextAt: Instant;
  #isGathering = false;

  /**
   * @param apart from the start of one batch to that of the next, ms
   * @param gather how long the first item of a batch waits for others, ms
   */
  constructor({ apart, gather = 0 }: { readonly apart?: number; readonly gather?: number }, nextAt: Instant) {
    this.#apart = apart;
    this.#gather = gather;
    this.#nextAt = nextAt;
  }

  /** Before this none begins, ms; 0 where one always may. */
  get nextAt(): Instant {
    return this.#nextAt;
  }

  /** What of that is to outlive a restart. */
  get kept(): Instant {
    return this.#apart === undefined ? 0 : this.#nextAt;
  }

  /** Begins one if it may. */
  begin(now: Instant): boolean {
    if (this.#gather > 0 && !this.#isGathering) {
      this.#isGathering = true;
      this.#nextAt = Math.max(this.#nextAt, now + this.#gather);
    }
    if (!isTime(this.#nextAt, now, Math.max(this.#apart ?? 0, this.#gather))) return false;
    this.#isGathering = false;
    if (this.#apart !== undefined) this.#nextAt = now + this.#apart;
    return true;
  }
}
