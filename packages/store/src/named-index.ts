import {
  bareShape,
  foldedUnder,
  type IdentifierKey,
  type Moments,
  namedBy,
  type Policy,
  type Position,
  type ProjectId,
} from '@selfsame/identity';
import { byTime } from './by-time.ts';
import { HashTable } from './hash-table.ts';
import { NumberList } from './number-list.ts';
import { ReadLately } from './read-lately.ts';
import type { Decided, Store } from './store.ts';
import { Turn } from './turn.ts';

/** Memory for what entries name, bytes: enough for some five million entries. What comes after is read from the log. */
const MOST_BYTES = 120_000_000;
/** So many entries are held in order of time, twelve bytes each, beside it. */
const MOST_HELD = 4_000_000;
/** So many projects have entries that were read lately. */
const MOST_LATELY = 3;
/** Entries looked through between two looks at the clock: a fraction of a millisecond. */
const STRETCH = 10_000;

/** What the log says of some identifiers. */
export interface Named {
  /** In order, without the bare ones. */
  readonly rest: readonly Position[];
  /** Those that only say who was seen again, by what they have in common. */
  readonly bare: readonly Moments[];
}

/** All of them, in order. */
export function positionsIn({ rest, bare }: Named): Uint32Array {
  const all = new Uint32Array(bare.reduce((sum, { count }) => sum + count, rest.length));
  all.set(rest);
  let done = rest.length;
  for (const { positions } of bare) {
    all.set(positions, done);
    done += positions.length;
  }
  return all.sort();
}

/**
 * Which entries of one project's log name an identifier, in memory: so that what is taken back is found without reading the
 * log, and without looking at what others said. Entries of one shape are listed together, so that a person costs as many
 * steps as they have shapes, however often they were seen. It is made when it is first asked, and holds nothing until then;
 * about 16 bytes an entry and each number that the project's log leaves out, 30 for each identifier and each shape, and 8
 * for each name of a shape or of an entry that has none; and of those that were asked about 12 an entry.
 */
export class NamedIndex {
  /** Of each entry, by position: when it happened, ms. */
  readonly #times = new NumberList(Float64Array);
  /** Of a bare one the first of its shape, else 0. */
  readonly #firsts = new NumberList(Uint32Array);
  /** Of a bare one the one before of its shape, and of the first the last. */
  readonly #befores = new NumberList(Uint32Array);
  readonly #firstOf = new HashTable();
  /** Of each mention of a name, counted from 1: the entry, or the first of its shape, and the mention before of that name. */
  readonly #entries = new NumberList(Uint32Array);
  readonly #mentions = new NumberList(Uint32Array);
  readonly #mentionOf = new HashTable();
  /** Shapes that were asked about, by their first, and how many entries they have. */
  readonly #held = new Map<Position, { readonly moments: Moments; readonly last: Position }>();
  #heldCount = 0;
  #reading: Promise<void> | undefined;
  readonly #most: number;

  /** `most`: bytes for what entries name. */
  constructor(most = MOST_BYTES) {
    this.#most = most;
    // There is no entry 0 and no mention 0.
    for (const list of this.#lists) list.push(0);
  }

  get #lists(): readonly NumberList[] {
    return [this.#times, this.#firsts, this.#befores, this.#entries, this.#mentions];
  }

  /** The last position it knows of. */
  get through(): Position {
    return this.#times.length - 1;
  }

  /** It holds no more: what came after `through` is in the log alone. */
  get isFull(): boolean {
    return this.bytes >= this.#most;
  }

  /** Memory for what entries name. */
  get bytes(): number {
    return this.#lists.reduce((sum, { bytes }) => sum + bytes, this.#firstOf.bytes + this.#mentionOf.bytes);
  }

  /** When an entry that it knows of happened, ms. */
  timeOf = (position: Position): number => this.#times.at(position);

  /** Reads what has come since it was last asked, in turns of the event loop. @throws StoreError */
  async catchUp(store: Pick<Store, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    while (this.#reading !== undefined) await this.#reading.catch(() => {});
    const reading = this.#read(store, project, policy).finally(() => (this.#reading = undefined));
    this.#reading = reading;
    await reading;
  }

  /** Takes what was just kept, where it knows all that came before. */
  follow(decided: readonly Decided[], project: ProjectId, policy: Policy): void {
    if (this.#reading !== undefined || decided[0]?.entry.position !== this.through + 1) return;
    for (const one of decided) if (!this.isFull && one.entry.project === project) this.#add(one, project, policy);
  }

  /**
   * The entries that name one of these, and hardly any that do not, up to a position.
   * @param alone entries to be told apart, whatever they say
   */
  async about(
    keys: Iterable<IdentifierKey>,
    alone: ReadonlySet<Position> = new Set(),
    until = this.through,
    turn = new Turn(),
  ): Promise<Named> {
    if (this.#heldCount > MOST_HELD) this.#forget();
    const apart = this.#byShape(alone);
    const rest: Position[] = [];
    const bare: Moments[] = [];
    for (const entry of await this.#mentioned(keys, turn)) {
      if (entry > until) continue;
      if (this.#firsts.at(entry) === 0) {
        rest.push(entry);
        continue;
      }
      const mine = apart.get(entry) ?? [];
      for (const position of mine) if (position <= until) rest.push(position);
      const moments = (await this.#momentsOf(entry, turn)).until(until).without(mine, this.timeOf);
      if (moments.count > 0) bare.push(moments);
      if (turn.isOver) await turn.next();
    }
    rest.sort((a, b) => a - b);
    return { rest, bare };
  }

  /** The entries that name one of these and came after a position, in order; `bare`: does none say more than who was seen? */
  async since(
    keys: Iterable<IdentifierKey>,
    after: Position,
  ): Promise<{ readonly positions: readonly Position[]; readonly bare: boolean }> {
    const turn = new Turn();
    const positions: Position[] = [];
    let bare = true;
    for (const entry of await this.#mentioned(keys, turn)) {
      const isBare = this.#firsts.at(entry) > 0;
      const fresh = isBare ? await this.#shapeSince(entry, after, turn) : entry > after ? [entry] : [];
      for (const position of fresh) positions.push(position);
      bare &&= isBare || fresh.length === 0;
    }
    return { positions: positions.sort((a, b) => a - b), bare };
  }

  /** The entries, of each shape the first, that mention one of these. */
  async #mentioned(keys: Iterable<IdentifierKey>, turn: Turn): Promise<Iterable<Position>> {
    const found = new Set<Position>();
    for (const key of keys) {
      for (let at = this.#mentionOf.get(key); at > 0; at = this.#mentions.at(at)) {
        found.add(this.#entries.at(at));
        if (found.size % STRETCH === 0 && turn.isOver) await turn.next();
      }
    }
    return found;
  }

  /** By the first of their shape those that have one. */
  #byShape(some: ReadonlySet<Position>): ReadonlyMap<Position, readonly Position[]> {
    const found = new Map<Position, Position[]>();
    for (const position of some) {
      const first = position > this.through ? 0 : this.#firsts.at(position);
      if (first === 0) continue;
      const known = found.get(first);
      if (known === undefined) found.set(first, [position]);
      else known.push(position);
    }
    return found;
  }

  /** All of a shape, by its first. */
  async #momentsOf(first: Position, turn: Turn): Promise<Moments> {
    const known = this.#held.get(first);
    const last = this.#befores.at(first);
    if (known?.last === last) return known.moments;
    const fresh = await this.#shapeSince(first, known?.last ?? 0, turn);
    const count = known?.moments.count ?? 0;
    const positions = new Uint32Array(count + fresh.length);
    const times = new Float64Array(positions.length);
    if (known !== undefined) {
      positions.set(known.moments.positions);
      times.set(known.moments.times);
    }
    for (const [i, position] of fresh.entries()) {
      positions[count + i] = position;
      times[count + i] = this.#times.at(position);
    }
    const moments = await byTime(times, positions, turn);
    this.#heldCount += fresh.length;
    this.#held.set(first, { moments, last });
    return moments;
  }

  /** Those of a shape that came after a position, in order. */
  async #shapeSince(first: Position, after: Position, turn: Turn): Promise<readonly Position[]> {
    const found: Position[] = [];
    const last = this.#befores.at(first);
    for (let position = last; position > after; position = this.#befores.at(position)) {
      found.push(position);
      if (position === first) break;
      if (found.length % STRETCH === 0 && turn.isOver) await turn.next();
    }
    return found.reverse();
  }

  #forget(): void {
    this.#held.clear();
    this.#heldCount = 0;
  }

  async #read(store: Pick<Store, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    if (this.isFull) return;
    const turn = new Turn();
    for await (const decided of store.read(project, this.through)) {
      this.#add(decided, project, policy);
      if (this.isFull) return;
      if (turn.isOver) await turn.next();
    }
  }

  #add(decided: Decided, project: ProjectId, policy: Policy): void {
    if (decided.entry.project !== project) return;
    const { position } = decided.entry;
    // Numbers that the project's log leaves out.
    while (this.#times.length < position) {
      this.#times.push(0);
      this.#firsts.push(0);
      this.#befores.push(0);
    }
    const shape = bareShape(policy, decided);
    const first = shape === undefined ? 0 : this.#firstOf.get(shape);
    this.#times.push(decided.entry.time);
    this.#firsts.push(shape === undefined ? 0 : first || position);
    this.#befores.push(first > 0 ? this.#befores.at(first) : position);
    if (first > 0) {
      this.#befores.set(first, position);
      return;
    }
    if (shape !== undefined) this.#firstOf.set(shape, position);
    for (const key of namedBy(policy, decided)) {
      this.#entries.push(position);
      this.#mentions.push(this.#mentionOf.get(key));
      this.#mentionOf.set(key, this.#mentions.length - 1);
    }
  }
}

interface Held {
  readonly index: NamedIndex;
  readonly policy: Policy;
  /** The policy it was made under says what an entry names. */
  readonly under: string;
}

/** What is known of a store's log. */
class Known {
  readonly projects = new Map<ProjectId, Held>();
  readonly lately = new Map<ProjectId, ReadLately>();
}

const known = new WeakMap<object, Known>();

function knownOf(store: object): Known {
  let mine = known.get(store);
  if (mine === undefined) known.set(store, (mine = new Known()));
  return mine;
}

/** Forgets what is known of a store's log: entries of it have changed. */
export const forgetIndex = (store: object): boolean => known.delete(store);

/** Entries of a project's log that were read lately. */
export function readLately(store: object, project: ProjectId): ReadLately {
  const { lately } = knownOf(store);
  const mine = lately.get(project) ?? new ReadLately();
  // Of many projects those that were asked last.
  lately.delete(project);
  lately.set(project, mine);
  for (const one of lately.keys()) if (lately.size > MOST_LATELY) lately.delete(one);
  return mine;
}

/** The index of a store's project, read up to the end of the log. The first time costs a read of all of it. @throws StoreError */
export async function indexOf(store: Store, project: ProjectId, policy: Policy): Promise<NamedIndex> {
  const { projects } = knownOf(store);
  let one = projects.get(project);
  const under = one?.policy === policy ? one.under : foldedUnder(policy);
  const index = one?.under === under ? one.index : new NamedIndex();
  if (one?.policy !== policy) projects.set(project, (one = { index, policy, under }));
  await one.index.catchUp(store, project, policy);
  return one.index;
}

/** Tells the indices of a store that there are of what was just kept, so that little is left to read when one is asked. */
export function follow(store: Store, decided: readonly Decided[], policyOf: (project: ProjectId) => Policy): void {
  for (const [project, { index, policy }] of known.get(store)?.projects ?? [])
    if (policyOf(project) === policy) index.follow(decided, project, policy);
}
