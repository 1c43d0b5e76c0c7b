import type { Instant, Position } from '@selfsame/identity';
import type { Message, Place } from './message.ts';
import { type Decided, Source, type SourceOptions, type Teller, type Telling } from './source.ts';

/** How much later than it arrived an entry may come into the log, ms. */
const GRACE = 2_000;

export interface SettledOptions extends SourceOptions {
  /** How long a message waits, ms. */
  readonly after: number;
  readonly clock: () => Instant;
}

/**
 * Tells each message a while after it came, of whoever it belongs to by then ([O19]): two folds of one log, one behind
 * the other. Whose a message is then follows from the log alone, so told again it is the same.
 */
export class Settled implements Teller {
  readonly #options: SettledOptions;
  readonly #behind: Source;
  readonly #ahead: Source;
  /** Up to here everything was told before a restart, and so is old enough. */
  #told: Position = 0;
  /** When the oldest entry that is not old enough will be, ms. */
  #next: Instant | undefined;
  #reading: AsyncIterator<Decided> | undefined;
  /** Read, and not taken in yet: it arrived later. */
  #pending: Decided | undefined;

  constructor(options: SettledOptions) {
    this.#options = options;
    this.#behind = new Source({ ...options, read: (after) => this.#oldEnough(after) });
    this.#ahead = new Source(options);
  }

  async skipTo(position: Position, wanted?: readonly Place[], signal?: { readonly aborted: boolean }) {
    this.#told = Math.max(this.#told, position);
    await this.#ahead.skipTo(position, [], signal);
    const found = await this.#behind.skipTo(position, wanted, signal);
    return await this.#settle(found);
  }

  async next(limit: number, until?: Position, spare?: number): Promise<Telling> {
    this.#next = undefined;
    const telling = await this.#behind.next(limit, until, spare);
    const messages = await this.#settle(telling.messages);
    return { ...telling, messages, ...(this.#next === undefined ? {} : { at: this.#next }) };
  }

  async *#oldEnough(after: Position): AsyncIterable<Decided> {
    const wait = this.#options.after + GRACE;
    for await (const decided of this.#options.read(after)) {
      const { position, at } = decided.entry;
      const left = at + wait - this.#options.clock();
      // More than a whole wait means that the clock was set back (G25).
      if (position > this.#told && left > 0 && left <= wait) {
        this.#next = at + wait;
        return;
      }
      yield decided;
    }
  }

  async #settle(messages: readonly Message[]): Promise<readonly Message[]> {
    const settled: Message[] = [];
    for (const message of messages) {
      await this.#goAhead(message);
      const now = this.#ahead.asOfNow(message);
      if (now !== undefined) settled.push(now);
    }
    return settled;
  }

  /** Takes in all that had arrived by the time a message has waited. */
  async #goAhead({ place, at }: Message): Promise<void> {
    for (;;) {
      this.#reading ??= this.#options.read(this.#ahead.through)[Symbol.asyncIterator]();
      this.#pending ??= (await this.#reading.next()).value as Decided | undefined;
      const decided = this.#pending;
      if (decided === undefined) {
        // The end of the log as it was when this reading began.
        this.#reading = undefined;
        return;
      }
      const { position, at: arrived } = decided.entry;
      if (position > place.position && arrived > at + this.#options.after) return;
      await this.#ahead.follow(decided);
      this.#pending = undefined;
    }
  }
}
