import { Turn } from '@selfsame/store';
import { KeyFilter } from '../seen/key-filter.ts';
import type { NameTable } from './name-table.ts';

/** Hashes the first filter has room for; each further one has twice the room of the one before it, up to the largest. */
const FIRST = 131_072;
/** One as large has 8 bits for each, 2 MB: of many names a look in vain costs less than the memory. */
const LARGEST = 2_097_152;
/** Filters there may be, 20 MB, with room for nine million nodes; the last then takes all. */
const MOST = 12;
/** Names read of the tables at a time, and what reading them may take of a turn of the event loop, ms. */
const PAGE = 500;
const SHARE = 2;

/**
 * Knows of most identifiers and persons that the tables of nodes do not hold, so that these need not be asked: under a
 * load of new visitors a look for what is not there is most of the looks, and each walks down an index. It may name what
 * is not there, never the other way round; until it has read the tables it names everything.
 */
export class NodeFilter {
  readonly #filters = [new KeyFilter(FIRST)];
  #room = FIRST;
  #left = FIRST;
  #isWhole = false;

  /** May a node of a name of this hash, its key or its person, be in the tables? */
  mayHold(hash: number): boolean {
    return !this.#isWhole || this.#filters.some((filter) => filter.mayHold(hash));
  }

  /** Before a name comes into the tables. */
  add(hash: number): void {
    if (this.#left === 0 && this.#filters.length < MOST) {
      this.#room = Math.min(2 * this.#room, LARGEST);
      this.#left = this.#room;
      this.#filters.push(new KeyFilter(this.#room, this.#room < LARGEST ? 16 : 8));
    }
    this.#filters.at(-1)?.add(hash);
    if (this.#left > 0) this.#left -= 1;
  }

  /**
   * Reads what the tables hold already, a little in each turn of the event loop. Where they cannot be read, or are closed
   * meanwhile, the filter goes on naming everything: whoever looks then hears what is wrong.
   */
  async fill(names: NameTable): Promise<void> {
    const turn = new Turn(undefined, SHARE);
    try {
      for (const _ of this.#read(names)) if (turn.isOver) await turn.next();
    } catch {
      // See above.
    }
  }

  /** The same at once, where nobody is answered before much is looked for. */
  fillNow(names: NameTable): void {
    try {
      for (const _ of this.#read(names));
    } catch {
      // See above.
    }
  }

  /** Yields after each page. */
  *#read(names: NameTable): Generator<void> {
    for (let page = names.hashes(-1, PAGE); page.length > 0; page = names.hashes(page.at(-1) as number, PAGE)) {
      for (const hash of page) this.add(hash);
      yield;
    }
    this.#isWhole = true;
  }
}
