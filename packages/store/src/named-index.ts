import {
  foldedUnder,
  type IdentifierKey,
  namedBy,
  type Policy,
  type Position,
  type ProjectId,
} from '@selfsame/identity';
import type { Store } from './store.ts';
import { Turn } from './turn.ts';

/** So many names are held, four bytes each: those of some five million entries. What comes after is read from the log. */
const MOST_NAMES = 16_000_000;
/** Names looked through between two looks at the clock: a fraction of a millisecond. */
const STRETCH = 100_000;

/**
 * Which entries of one project's log name an identifier, as hashes in memory: so that what is taken back is found
 * without reading the log each time. It is made when it is first asked, and holds nothing until then.
 */
export class NamedIndex {
  #names = new Uint32Array(1024);
  #count = 0;
  /** Where the names of each position begin. */
  #starts = new Uint32Array(256);
  #through: Position = 0;
  #reading: Promise<void> = Promise.resolve();
  readonly #most: number;

  /** `most`: how many names are held. */
  constructor(most = MOST_NAMES) {
    this.#most = most;
  }

  /** The last position it knows of. */
  get through(): Position {
    return this.#through;
  }

  /** Reads what has come since it was last asked, in turns of the event loop. @throws StoreError */
  catchUp(store: Pick<Store, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    const read = () => this.#read(store, project, policy);
    this.#reading = this.#reading.then(read, read);
    return this.#reading;
  }

  /** The positions, in order, whose entries name one of these, and hardly any that do not. */
  async positionsOf(keys: Iterable<IdentifierKey>): Promise<readonly Position[]> {
    const wanted = new Set<number>();
    // Nearly every name is none of these, and two bits say so.
    const few = new Uint8Array(1 << 16);
    for (const key of keys) {
      const name = hashOf(key);
      wanted.add(name);
      few[name & 0xffff] = 1;
    }
    const found: Position[] = [];
    const turn = new Turn();
    const [names, count] = [this.#names, this.#count];
    for (let i = 0; i < count; i++) {
      const name = names[i] as number;
      if (few[name & 0xffff] === 1 && wanted.has(name)) {
        const position = this.#positionAt(i);
        if (found.at(-1) !== position) found.push(position);
      }
      if (i % STRETCH === STRETCH - 1 && turn.isOver) await turn.next();
    }
    return found;
  }

  async #read(store: Pick<Store, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    if (this.#count >= this.#most) return;
    const turn = new Turn();
    for await (const decided of store.read(this.#through)) {
      this.#add(decided.entry.project === project ? namedBy(policy, decided) : []);
      if (this.#count >= this.#most) return;
      if (turn.isOver) await turn.next();
    }
  }

  #add(keys: readonly IdentifierKey[]): void {
    this.#through += 1;
    if (this.#through >= this.#starts.length) this.#starts = grown(this.#starts, this.#through + 1);
    if (this.#count + keys.length > this.#names.length) this.#names = grown(this.#names, this.#count + keys.length);
    this.#starts[this.#through] = this.#count;
    for (const key of keys) this.#names[this.#count++] = hashOf(key);
  }

  /** The position whose names hold the one at a place: the last that begins there or before. */
  #positionAt(place: number): Position {
    let [low, high] = [1, this.#through];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

function grown(list: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(Math.max(2 * list.length, least));
  longer.set(list);
  return longer;
}

/** FNV-1a over the characters, mixed: 32 bits. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

interface Held {
  readonly index: NamedIndex;
  /** The policy it was made under says what an entry names. */
  readonly under: string;
}

const held = new WeakMap<object, Map<ProjectId, Held>>();

/** Forgets what is known of a store's log: entries of it have changed. */
export const forgetIndex = (store: object): boolean => held.delete(store);

/** The index of a store's project, read up to the end of the log. The first time costs a read of all of it. @throws StoreError */
export async function indexOf(store: Store, project: ProjectId, policy: Policy): Promise<NamedIndex> {
  let mine = held.get(store);
  if (mine === undefined) held.set(store, (mine = new Map()));
  const under = foldedUnder(policy);
  let one = mine.get(project);
  if (one?.under !== under) mine.set(project, (one = { index: new NamedIndex(), under }));
  await one.index.catchUp(store, project, policy);
  return one.index;
}
