import type { Instant } from '@selfsame/identity';
import type { Item } from './item.ts';
import { isTime } from './retry.ts';

/** Items with nobody before them: those that may go, and those that wait for their time. */
export class Turns {
  readonly #ready = new Set<Item>();
  readonly #resting = new Set<Item>();
  readonly #longest: number;
  #nextDue: Instant = Number.POSITIVE_INFINITY;

  /** @param longest how long anything waits at most, ms */
  constructor(longest: number) {
    this.#longest = longest;
  }

  /** What may go, in the order in which it came to be so. */
  get ready(): ReadonlySet<Item> {
    return this.#ready;
  }

  /** How many wait for their time. */
  get resting(): number {
    return this.#resting.size;
  }

  /** When the first of those is due, ms; infinity where nothing waits. */
  get nextDue(): Instant {
    return this.#nextDue;
  }

  /** An item has nobody before it. */
  offer(item: Item): void {
    if (item.due === 0) this.#ready.add(item);
    else {
      this.#resting.add(item);
      this.#nextDue = Math.min(this.#nextDue, item.due);
    }
  }

  /** It is under way, or settled. */
  remove(item: Item): void {
    this.#ready.delete(item);
    this.#resting.delete(item);
  }

  /** What is due by now may go. */
  wake(now: Instant): void {
    if (!this.#isTime(this.#nextDue, now)) return;
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (const item of this.#resting) {
      if (this.#isTime(item.due, now)) {
        this.#resting.delete(item);
        this.#ready.add(item);
      } else this.#nextDue = Math.min(this.#nextDue, item.due);
    }
  }

  /** May this one go as far as its time is concerned, whoever is before it? */
  isDue(item: Item, now: Instant): boolean {
    return item.due === 0 || this.#ready.has(item) || this.#isTime(item.due, now);
  }

  /** One of them, whatever its time: whoever waited longest for it first. */
  any(): Item | undefined {
    for (const item of this.#resting) return item;
    for (const item of this.#ready) return item;
    return undefined;
  }

  /** Those that wait have another time now. */
  offerAgain(): void {
    const resting = [...this.#resting];
    this.#resting.clear();
    for (const item of resting) this.offer(item);
  }

  #isTime(due: Instant, now: Instant): boolean {
    return isTime(due, now, this.#longest);
  }
}
