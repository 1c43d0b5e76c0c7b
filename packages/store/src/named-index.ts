import {
  bareShape,
  foldedUnder,
  type IdentifierKey,
  namedBy,
  type Policy,
  type Position,
  type ProjectId,
} from '@selfsame/identity';
import type { Decided, WaitingStore } from './store.ts';
import { Turn } from './turn.ts';

/** So many names are held, four bytes each: those of some five million entries. What comes after is read from the log. */
const MOST_NAMES = 16_000_000;
/** Names looked through between two looks at the clock: a fraction of a millisecond. */
const STRETCH = 100_000;

/** What the log says of some identifiers. */
export interface Named {
  /** In order, without the bare ones. */
  readonly rest: readonly Position[];
  /** Those that only say who was seen again, by what they have in common. */
  readonly bare: readonly (readonly Position[])[];
}

/**
 * Which entries of one project's log name an identifier, as hashes in memory: so that what is taken back is found
 * without reading the log each time. It is made when it is first asked, and holds nothing until then; about 20 bytes an
 * entry and four a name.
 */
export class NamedIndex {
  #names = new Uint32Array(1024);
  #count = 0;
  /** Where the names of each position begin. */
  #starts = new Uint32Array(256);
  /** When each happened, ms. */
  #times = new Float64Array(256);
  /** Of a bare entry the first of its shape, else 0. */
  #shapes = new Uint32Array(256);
  readonly #firstOf = new ShapeTable();
  #through: Position = 0;
  #reading: Promise<void> | undefined;
  readonly #most: number;

  /** `most`: how many names are held. */
  constructor(most = MOST_NAMES) {
    this.#most = most;
  }

  /** The last position it knows of. */
  get through(): Position {
    return this.#through;
  }

  /** It holds no more: what came after `through` is in the log alone. */
  get isFull(): boolean {
    return this.#count >= this.#most;
  }

  /** When an entry that it knows of happened, ms. */
  timeOf = (position: Position): number => this.#times[position] as number;

  /** Reads what has come since it was last asked, in turns of the event loop. @throws StoreError */
  async catchUp(store: Pick<WaitingStore, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    while (this.#reading !== undefined) await this.#reading.catch(() => {});
    const reading = this.#read(store, project, policy).finally(() => (this.#reading = undefined));
    this.#reading = reading;
    await reading;
  }

  /** Takes what was just kept, where it knows all that came before. */
  follow(decided: readonly Decided[], project: ProjectId, policy: Policy): void {
    if (this.#reading !== undefined || decided[0]?.entry.position !== this.#through + 1) return;
    for (const one of decided) if (!this.isFull) this.#add(one, project, policy);
  }

  /**
   * The entries that name one of these, and hardly any that do not, after one position and up to another.
   * @param alone is an entry to be told apart, whatever it says?
   */
  async about(
    keys: Iterable<IdentifierKey>,
    alone: (position: Position) => boolean,
    until = this.#through,
    after: Position = 0,
  ): Promise<Named> {
    const wanted = new HashSet(keys);
    const rest: Position[] = [];
    const bare: Position[][] = [];
    const placeOf = new Uint32Array(this.#through + 1);
    const turn = new Turn();
    const [names, starts, shapes, through] = [this.#names, this.#starts, this.#shapes, this.#through];
    for (let position = after + 1; position <= Math.min(until, through); position++) {
      const end = position === through ? this.#count : (starts[position + 1] as number);
      let at = starts[position] as number;
      while (at < end && !wanted.has(names[at] as number)) at += 1;
      if (at < end) {
        const shape = shapes[position] as number;
        if (shape === 0 || alone(position)) rest.push(position);
        else {
          const place = placeOf[shape] as number;
          if (place === 0) placeOf[shape] = bare.push([position]);
          else (bare[place - 1] as Position[]).push(position);
        }
      }
      if (position % STRETCH === 0 && turn.isOver) await turn.next();
    }
    return { rest, bare };
  }

  async #read(store: Pick<WaitingStore, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    if (this.isFull) return;
    const turn = new Turn();
    for await (const decided of store.read(this.#through)) {
      this.#add(decided, project, policy);
      if (this.isFull) return;
      if (turn.isOver) await turn.next();
    }
  }

  #add(decided: Decided, project: ProjectId, policy: Policy): void {
    const isMine = decided.entry.project === project;
    const keys = isMine ? namedBy(policy, decided) : [];
    const at = (this.#through += 1);
    if (at + 1 >= this.#starts.length) {
      this.#starts = grown(this.#starts, at + 2);
      this.#shapes = grown(this.#shapes, at + 2);
      const times = new Float64Array(this.#starts.length);
      times.set(this.#times);
      this.#times = times;
    }
    if (this.#count + keys.length > this.#names.length) this.#names = grown(this.#names, this.#count + keys.length);
    this.#starts[at] = this.#count;
    this.#times[at] = decided.entry.time;
    const shape = isMine ? bareShape(policy, decided) : undefined;
    this.#shapes[at] = shape === undefined ? 0 : this.#firstOf.note(shape, at);
    for (const key of keys) this.#names[this.#count++] = hashOf(key);
  }
}

function grown(list: Uint32Array<ArrayBuffer>, least: number): Uint32Array<ArrayBuffer> {
  const longer = new Uint32Array(Math.max(2 * list.length, least));
  longer.set(list);
  return longer;
}

/** Some names, as hashes. */
class HashSet {
  /** Nearly every name is none of them, and a bit says so. */
  readonly #few = new Uint8Array(1 << 16);
  readonly #all = new Set<number>();

  constructor(keys: Iterable<IdentifierKey>) {
    for (const key of keys) {
      const name = hashOf(key);
      this.#all.add(name);
      this.#few[name & 0xffff] = 1;
    }
  }

  has(name: number): boolean {
    return this.#few[name & 0xffff] === 1 && this.#all.has(name);
  }
}

/** The first entry of each shape, by 64 bits of hash: an open table without a string. */
class ShapeTable {
  #slots = new Uint32Array(3 * 1024);
  #count = 0;

  /** The first position that had this shape: this one, if none. */
  note(shape: string, position: Position): Position {
    if (2 * this.#count >= this.#slots.length / 3) this.#grow();
    const first = this.#put(this.#slots, hashOf(shape), hashOf(shape, 0x1b873593), position);
    if (first === position) this.#count += 1;
    return first;
  }

  #put(slots: Uint32Array, low: number, high: number, position: Position): Position {
    const size = slots.length / 3;
    for (let i = low % size; ; i = (i + 1) % size) {
      const known = slots[3 * i + 2] as number;
      if (known === 0) {
        slots.set([low, high, position], 3 * i);
        return position;
      }
      if (slots[3 * i] === low && slots[3 * i + 1] === high) return known;
    }
  }

  #grow(): void {
    const slots = new Uint32Array(2 * this.#slots.length);
    for (let i = 0; i < this.#slots.length; i += 3) {
      const position = this.#slots[i + 2] as number;
      if (position > 0) this.#put(slots, this.#slots[i] as number, this.#slots[i + 1] as number, position);
    }
    this.#slots = slots;
  }
}

/** FNV-1a over the characters, mixed: 32 bits. */
function hashOf(key: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

interface Held {
  readonly index: NamedIndex;
  readonly policy: Policy;
  /** The policy it was made under says what an entry names. */
  readonly under: string;
}

const held = new WeakMap<object, Map<ProjectId, Held>>();

/** Forgets what is known of a store's log: entries of it have changed. */
export const forgetIndex = (store: object): boolean => held.delete(store);

/** The index of a store's project, read up to the end of the log. The first time costs a read of all of it. @throws StoreError */
export async function indexOf(store: WaitingStore, project: ProjectId, policy: Policy): Promise<NamedIndex> {
  let mine = held.get(store);
  if (mine === undefined) held.set(store, (mine = new Map()));
  let one = mine.get(project);
  const under = one?.policy === policy ? one.under : foldedUnder(policy);
  const index = one?.under === under ? one.index : new NamedIndex();
  if (one?.policy !== policy) mine.set(project, (one = { index, policy, under }));
  await one.index.catchUp(store, project, policy);
  return one.index;
}

/** Tells the indices of a store that there are of what was just kept, so that little is left to read when one is asked. */
export function follow(
  store: WaitingStore,
  decided: readonly Decided[],
  policyOf: (project: ProjectId) => Policy,
): void {
  for (const [project, { index, policy }] of held.get(store) ?? [])
    if (policyOf(project) === policy) index.follow(decided, project, policy);
}
