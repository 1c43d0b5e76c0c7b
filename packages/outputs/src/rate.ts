import type { Instant } from '@selfsame/identity';

/** How much of the time that an output was held up, or had nothing to send, is made good at once, ms. */
const CREDIT = 50;
/** Messages that are closer together than so go one right after another, those of so much time, ms: waking up costs. */
const STEP = 10;
/** A batch holds what may go in so much time, ms: one of a whole second's messages would be a burst. */
const BATCH = 100;

/**
 * How many messages an output may send a second, with its replays ([O20]): spread over the second, each after its share
 * of it. Of several that wait each has its turn.
 */
export class Rate {
  /** Messages a second. */
  readonly perSecond: number;
  /** Of one message, ms. */
  readonly #each: number;
  /** The longest that anything waits: a batch that went whole, ms. */
  readonly #longest: number;
  #freeAt: number = 0;
  /** When the first of this step began, ms. */
  #stepAt: Instant = Number.NEGATIVE_INFINITY;
  /** When the next step may begin, ms. */
  #nextAt: Instant = 0;
  /** Who may not begin yet, whoever asked first before the others. */
  readonly #waiting = new Set<object>();

  /**
   * @param perSecond messages, 1 or more
   * @param most messages of the largest batch that may go at once, also where it may not be divided
   */
  constructor(perSecond: number, most: number) {
    this.perSecond = perSecond;
    this.#each = 1_000 / perSecond;
    this.#longest = Math.ceil(most * this.#each);
  }

  /** Most messages of a batch that may be divided. */
  get batch(): number {
    return Math.max(1, Math.floor(BATCH / this.#each));
  }

  /** Before this nothing begins, ms. It outlives a restart. */
  get freeAt(): Instant {
    return Math.ceil(Math.max(this.#freeAt, this.#nextAt));
  }

  /** It was to wait so long before a restart, ms. */
  waitFor(freeAt: Instant): void {
    this.#freeAt = Math.max(this.#freeAt, freeAt);
  }

  /** May this one begin a batch? `goesOn`: it has just begun one, and has its turn still. */
  begins(who: object, now: Instant, goesOn: boolean): boolean {
    // A longer wait than there is means that the clock was set back (G25).
    if (this.freeAt - now > Math.max(this.#longest, STEP)) this.#freeAt = this.#nextAt = now;
    this.#freeAt = Math.max(this.#freeAt, now - CREDIT);
    if (this.#freeAt > now) this.#nextAt = this.#endOfStep;
    if (now < this.#nextAt) {
      this.#waiting.add(who);
      return false;
    }
    // Whoever has not come for its turn by now has nothing to send any more.
    if (this.#freeAt === now - CREDIT) this.#waiting.clear();
    const [first = who] = this.#waiting;
    if (first !== who && !goesOn) {
      this.#waiting.add(who);
      return false;
    }
    this.#waiting.delete(who);
    if (now >= this.#stepAt + STEP) this.#stepAt = now;
    return true;
  }

  /** So many messages are under way. */
  take(messages: number): void {
    this.#freeAt += messages * this.#each;
  }

  /** So many of them were not sent after all. */
  giveBack(messages: number): void {
    this.#freeAt -= messages * this.#each;
    this.#nextAt = Math.min(this.#nextAt, this.#endOfStep);
  }

  /** When the next step may begin, if this one has no more to send. */
  get #endOfStep(): Instant {
    return Math.max(this.#freeAt, this.#stepAt + STEP);
  }
}
