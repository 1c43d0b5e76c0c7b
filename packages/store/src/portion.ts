import type { Item } from './decide-group.ts';

/** Of a group that somebody else waits for so long is decided before it is kept, ms. */
const SHARE = 4;

/**
 * How much of a group is decided before that is kept, and the rest comes in its turn: whoever waits for one commit waits
 * for all of it. Many bytes take long to write, and some items take long to decide.
 */
export class Portion {
  readonly #began = performance.now();
  readonly #mostBytes: number;
  readonly #isWaitedFor: () => boolean;
  #bytes = 0;

  /** `mostBytes`: infinity where the group is known to have no more. `isWaitedFor`: does another project wait? */
  constructor(mostBytes: number, isWaitedFor: () => boolean) {
    this.#mostBytes = mostBytes;
    this.#isWaitedFor = isWaitedFor;
  }

  /** Is it enough with this item? */
  isFullWith(item: Item): boolean {
    if (this.#mostBytes < Number.POSITIVE_INFINITY && item.type === 'statement') {
      this.#bytes += weightOf(item.statement.command);
      if (this.#bytes >= this.#mostBytes) return true;
    }
    return performance.now() - this.#began >= SHARE && this.#isWaitedFor();
  }
}

/** About how long a value is as JSON. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let weight = 2;
  if (Array.isArray(value)) for (const one of value) weight += 1 + weightOf(one);
  else for (const [name, one] of Object.entries(value)) weight += name.length + 4 + weightOf(one);
  return weight;
}
