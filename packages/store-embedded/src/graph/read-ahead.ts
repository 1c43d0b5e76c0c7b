import type { IdentifierKey, ProjectId } from '@selfsame/identity';
import { hashOf } from '../seen/key-filter.ts';
import { nameOf } from './name-table.ts';

/** Nodes that are read together: a millisecond or two. */
const TOGETHER = 128;
/** Names that are looked at in search of them, at most: most may be in memory, or nowhere. */
const LOOKED_AT = 1_024;

type Name = readonly [project: ProjectId, key: IdentifierKey];

/**
 * What a group of items will ask about next and the tables alone have. With the first of it that is asked for, some more
 * is read in the order of the tables, which costs a third of looking for each.
 */
export class ReadAhead {
  readonly #names: Iterator<Name>;
  readonly #isInMemory: (name: Name) => boolean;
  readonly #mayBeStored: (hash: number) => boolean;
  /** Of the names that were not in memory. */
  readonly #hashes = new Map<string, number>();
  /** Of these, those that may be in the tables and have not been read yet. */
  #next = new Map<string, number>();

  /** `names`: in the order they are asked for. */
  constructor(
    names: Iterable<Name>,
    isInMemory: (project: ProjectId, key: IdentifierKey) => boolean,
    mayBeStored: (hash: number) => boolean,
  ) {
    this.#names = names[Symbol.iterator]();
    this.#isInMemory = (name) => isInMemory(...name);
    this.#mayBeStored = mayBeStored;
  }

  /** The hash of a name that is asked for. */
  hashOf(name: string): number {
    this.#goOn();
    return this.#hashes.get(name) ?? hashOf(name);
  }

  /** With a name those that come soon, and their hashes; undefined where it is not among what was to come. */
  takeWith(name: string): ReadonlyMap<string, number> | undefined {
    if (!this.#next.has(name)) return undefined;
    const taken = this.#next;
    this.#next = new Map();
    return taken;
  }

  #goOn(): void {
    for (let i = 0; this.#next.size < TOGETHER && i < LOOKED_AT; i++) {
      const coming = this.#take();
      if (coming === undefined) return;
      if (this.#isInMemory(coming)) continue;
      const name = nameOf(...coming);
      if (this.#hashes.has(name)) continue;
      const hash = hashOf(name);
      this.#hashes.set(name, hash);
      if (this.#mayBeStored(hash)) this.#next.set(name, hash);
    }
  }

  /** The next name. What fails to say its own is told so when it is decided, and it is not read ahead any further. */
  #take(): Name | undefined {
    try {
      const { value, done } = this.#names.next();
      return done === true ? undefined : value;
    } catch {
      return undefined;
    }
  }
}
