import type { Instant } from '@selfsame/identity';
import type { Rate } from './rate.ts';
import { isTime } from './retry.ts';

/**
 * When a batch of what was not tried yet may begin: so long after the one before, once others could join it, and within
 * the limit, which holds for what is tried again as well.
 */
export class Beginnings {
  readonly #apart: number | undefined;
  readonly #gather: number;
  readonly #rate: Rate | undefined;
  #nextAt: Instant;
  #isGathering = false;

  /**
   * @param apart from the start of one batch to that of the next, ms
   * @param gather how long the first item of a batch waits for others, ms
   * @param rate its limit
   * @param nextAt what was kept of it before a restart
   */
  constructor(
    { apart, gather = 0, rate }: { readonly apart?: number; readonly gather?: number; readonly rate?: Rate },
    nextAt: Instant,
  ) {
    this.#apart = apart;
    this.#gather = gather;
    this.#rate = rate;
    this.#nextAt = nextAt;
    rate?.waitFor(nextAt);
  }

  /** Before this none begins, ms; 0 where one always may. */
  get nextAt(): Instant {
    return this.#orFree(this.#nextAt);
  }

  /** What of that is to outlive a restart. */
  get kept(): Instant {
    return this.#orFree(this.#apart === undefined ? 0 : this.#nextAt);
  }

  /** Or once the limit lets anything begin, whichever is later. */
  #orFree(at: Instant): Instant {
    return Math.max(at, this.#rate?.freeAt ?? 0);
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
