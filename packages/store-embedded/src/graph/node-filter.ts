import type { PersonId, ProjectId } from '@selfsame/identity';
import { Turn } from '@selfsame/store';
import type { Database } from 'better-sqlite3';
import { hashOf, KeyFilter } from '../seen/key-filter.ts';

/** Hashes the first filter has room for; each further one has twice the room of the one before it. */
const FIRST = 131_072;
/** The last filter there may be, which then takes all: 16 MB, and 32 with those before it, room for eight million nodes. */
const LARGEST = 8_388_608;
/** Names read of the tables at a time, and what reading them may take of a turn of the event loop, ms. */
const PAGE = 500;
const SHARE = 2;

interface Name {
  readonly name: string;
  readonly project: ProjectId;
}

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

  /** May a node of this name, its key or its person, be in the tables? */
  mayHold(project: ProjectId, name: string): boolean {
    if (!this.#isWhole) return true;
    const hash = hashOf(`${project}\n${name}`);
    return this.#filters.some((filter) => filter.mayHold(hash));
  }

  /** Before a node comes into the tables. */
  add(project: ProjectId, key: string, person: PersonId): void {
    this.#add(hashOf(`${project}\n${key}`));
    this.#add(hashOf(`${project}\n${person}`));
  }

  /**
   * Reads what the tables hold already, a little in each turn of the event loop. Where they cannot be read, or are closed
   * meanwhile, the filter goes on naming everything: whoever looks then hears what is wrong.
   */
  async fill(db: Database): Promise<void> {
    try {
      // By the indexes, which hold a name and no body.
      await this.#read(db, 'key');
      await this.#read(db, 'person');
      this.#isWhole = true;
    } catch {
      // See above.
    }
  }

  async #read(db: Database, column: 'key' | 'person'): Promise<void> {
    const page = db.prepare<[string, string, number], Name>(
      `SELECT ${column} AS name, project FROM nodes WHERE (${column}, project) > (?, ?) ORDER BY ${column}, project LIMIT ?`,
    );
    const turn = new Turn(undefined, SHARE);
    for (let last: Name | undefined = { name: '', project: '' }; last !== undefined; ) {
      const names = page.all(last.name, last.project, PAGE);
      for (const { name, project } of names) this.#add(hashOf(`${project}\n${name}`));
      last = names.at(-1);
      if (turn.isOver) await turn.next();
    }
  }

  #add(hash: number): void {
    if (this.#left === 0 && this.#room < LARGEST) {
      this.#room *= 2;
      this.#left = this.#room;
      this.#filters.push(new KeyFilter(this.#room));
    }
    this.#filters.at(-1)?.add(hash);
    if (this.#left > 0) this.#left -= 1;
  }
}
