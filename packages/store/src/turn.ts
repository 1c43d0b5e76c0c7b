/** How long work may keep the event loop to itself, ms, before others are answered. */
const LONGEST = 8;

/**
 * The event loop, held for long work a turn at a time:
 *
 *     for (const one of many) {
 *       work(one);
 *       if (turn.isOver) await turn.next();
 *     }
 */
export class Turn {
  #began: number;
  readonly #now: () => number;
  readonly #longest: number;

  /** `longest`: ms a turn may take. `now` is any clock that runs evenly, ms. */
  constructor(longest = LONGEST, now: () => number = () => performance.now()) {
    this.#longest = longest;
    this.#now = now;
    this.#began = now();
  }

  get isOver(): boolean {
    return this.#now() - this.#began >= this.#longest;
  }

  /** Lets everything else that is ready have its turn. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#began = this.#now();
  }
}
