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
import { PlaceList } from './place-list.ts';
import { ReadLately } from './read-lately.ts';
import type { Decided, Store } from './store.ts';
import { Turn } from './turn.ts';

/**
 * Memory for what entries name, bytes, of all projects of a store: enough for some five million entries. What comes after
 * in the log of one is read from there; of several those that were asked longest ago are forgotten.
 */
const MOST_BYTES = 120_000_000;
/** So many entries of a project are held in order of time, so many bytes each, beside it. */
const MOST_HELD = 4_000_000;
const A_MOMENT = 12;
/** So many projects have entries that were read lately. */
const MOST_LATELY = 3;
/** Entries looked through between two looks at the clock: a fraction of a millisecond. */
const STRETCH = 10_000;
/** So many entries that come while the log is read are taken over once it is; of more the rest is read when it is asked. */
const MOST_MEANWHILE = 10_000;

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
 * about 16 bytes an entry, 8 where others' entries came before it, 30 for each identifier and each shape, and 8 for each
 * name of a shape or of an entry that has none; and of those that were asked about 12 an entry. Others' entries take none.
 */
export class NamedIndex {
  /** Where the entries stand. The lists below have them by their place there, and begin with one of none. */
  readonly #order = new PlaceList();
  /** Of each entry: when it happened, ms. */
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
  /** Shapes that were asked about, by their first, and how many entries they have. `last`: the place of the last of them. */
  readonly #held = new Map<number, { readonly moments: Moments; readonly last: number }>();
  #heldCount = 0;
  #reading: Promise<void> | undefined;
  /** What was kept while the log is read. */
  #meanwhile: { readonly decided: readonly Decided[]; readonly after: Position }[] = [];
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
    return this.#order.last;
  }

  /** It holds no more: what came after `through` is in the log alone. */
  get isFull(): boolean {
    return this.bytes >= this.#most;
  }

  /** Memory for what entries name. */
  get bytes(): number {
    const tables = this.#order.bytes + this.#firstOf.bytes + this.#mentionOf.bytes;
    return this.#lists.reduce((sum, { bytes }) => sum + bytes, tables);
  }

  /** Memory for that, and for what was asked of it. */
  get memory(): number {
    return this.bytes + A_MOMENT * this.#heldCount;
  }

  /** When an entry that it knows of happened, ms. */
  timeOf = (position: Position): number => this.#times.at(this.#order.placeOf(position));

  /** Reads what has come since it was last asked, in turns of the event loop. @throws StoreError */
  async catchUp(store: Pick<Store, 'read'>, project: ProjectId, policy: Policy): Promise<void> {
    while (this.#reading !== undefined) await this.#reading.catch(() => {});
    const reading = this.#read(store, project, policy).finally(() => {
      this.#reading = undefined;
      for (const { decided, after } of this.#meanwhile) this.follow(decided, after, policy);
      this.#meanwhile = [];
    });
    this.#reading = reading;
    await reading;
  }

  /**
   * Takes what was just kept of its project, where it knows all that came before.
   * @param after the project's last position before these
   */
  follow(decided: readonly Decided[], after: Position, policy: Policy): void {
    if (this.#reading !== undefined) {
      const count = this.#meanwhile.reduce((sum, one) => sum + one.decided.length, decided.length);
      if (count <= MOST_MEANWHILE) this.#meanwhile.push({ decided, after });
      return;
    }
    if (after > this.through) return;
    for (const one of decided) if (!this.isFull && one.entry.position > this.through) this.#add(one, policy);
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
    const last = this.#order.placeUpTo(until);
    for (const entry of await this.#mentioned(keys, turn)) {
      if (entry > last) continue;
      if (this.#firsts.at(entry) === 0) {
        rest.push(this.#order.at(entry));
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
    const known = this.#order.placeUpTo(after);
    const positions: Position[] = [];
    let bare = true;
    for (const entry of await this.#mentioned(keys, turn)) {
      const isBare = this.#firsts.at(entry) > 0;
      const fresh = isBare ? await this.#shapeSince(entry, known, turn) : entry > known ? [entry] : [];
      for (const one of fresh) positions.push(this.#order.at(one));
      bare &&= isBare || fresh.length === 0;
    }
    return { positions: positions.sort((a, b) => a - b), bare };
  }

  /** The places of the entries, of each shape of the first, that mention one of these. */
  async #mentioned(keys: Iterable<IdentifierKey>, turn: Turn): Promise<Iterable<number>> {
    const found = new Set<number>();
    for (const key of keys) {
      for (let at = this.#mentionOf.get(key); at > 0; at = this.#mentions.at(at)) {
        found.add(this.#entries.at(at));
        if (found.size % STRETCH === 0 && turn.isOver) await turn.next();
      }
    }
    return found;
  }

  /** By the first of their shape those that have one. */
  #byShape(some: ReadonlySet<Position>): ReadonlyMap<number, readonly Position[]> {
    const found = new Map<number, Position[]>();
    for (const position of some) {
      const first = this.#firsts.at(this.#order.placeOf(position));
      if (first === 0) continue;
      const known = found.get(first);
      if (known === undefined) found.set(first, [position]);
      else known.push(position);
    }
    return found;
  }

  /** All of a shape, by its first. */
  async #momentsOf(first: number, turn: Turn): Promise<Moments> {
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
    for (const [i, place] of fresh.entries()) {
      positions[count + i] = this.#order.at(place);
      times[count + i] = this.#times.at(place);
    }
    const moments = await byTime(times, positions, turn);
    this.#heldCount += fresh.length;
    this.#held.set(first, { moments, last });
    return moments;
  }

  /** The places of those of a shape that stand after one, in order. */
  async #shapeSince(first: number, after: number, turn: Turn): Promise<readonly number[]> {
    const found: number[] = [];
    const last = this.#befores.at(first);
    for (let place = last; place > after; place = this.#befores.at(place)) {
      found.push(place);
      if (place === first) break;
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
      this.#add(decided, policy);
      if (this.isFull) return;
      if (turn.isOver) await turn.next();
    }
  }

  #add(decided: Decided, policy: Policy): void {
    const place = this.#order.push(decided.entry.position);
    const shape = bareShape(policy, decided);
    const first = shape === undefined ? 0 : this.#firstOf.get(shape);
    this.#times.push(decided.entry.time);
    this.#firsts.push(shape === undefined ? 0 : first || place);
    this.#befores.push(first > 0 ? this.#befores.at(first) : place);
    if (first > 0) {
      this.#befores.set(first, place);
      return;
    }
    if (shape !== undefined) this.#firstOf.set(shape, place);
    for (const key of namedBy(policy, decided)) {
      this.#entries.push(place);
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
  /** Those that were asked last come last. */
  readonly projects = new Map<ProjectId, Held>();
  readonly lately = new Map<ProjectId, ReadLately>();

  /** Forgets those that were asked longest ago, but never the last, while all take more than their memory. */
  makeRoom(most: number): void {
    let bytes = 0;
    for (const { index } of this.projects.values()) bytes += index.memory;
    for (const [project, { index }] of this.projects) {
      if (bytes <= most || this.projects.size === 1) return;
      this.projects.delete(project);
      bytes -= index.memory;
    }
  }
}

/** By its live place, which a store shares with whatever is wrapped around it. */
const known = new WeakMap<Store['live'], Known>();

function knownOf({ live }: Pick<Store, 'live'>): Known {
  let mine = known.get(live);
  if (mine === undefined) known.set(live, (mine = new Known()));
  return mine;
}

/** Forgets what is known of a store's log: entries of it have changed. */
export const forgetIndex = ({ live }: Pick<Store, 'live'>): boolean => known.delete(live);

/** Entries of a project's log that were read lately. */
export function readLately(store: Pick<Store, 'live'>, project: ProjectId): ReadLately {
  const { lately } = knownOf(store);
  const mine = lately.get(project) ?? new ReadLately();
  // Of many projects those that were asked last.
  lately.delete(project);
  lately.set(project, mine);
  for (const one of lately.keys()) if (lately.size > MOST_LATELY) lately.delete(one);
  return mine;
}

/**
 * The index of a store's project, read up to the end of the log. The first time costs a read of all of it, and so does the
 * next after many others were asked about. `most`: bytes of those of all projects. @throws StoreError
 */
export async function indexOf(
  store: Pick<Store, 'live' | 'read'>,
  project: ProjectId,
  policy: Policy,
  most = MOST_BYTES,
): Promise<NamedIndex> {
  const mine = knownOf(store);
  const before = mine.projects.get(project);
  const under = before?.policy === policy ? before.under : foldedUnder(policy);
  const index = before?.under === under ? before.index : new NamedIndex(most);
  mine.projects.delete(project);
  mine.projects.set(project, { index, policy, under });
  await index.catchUp(store, project, policy);
  mine.makeRoom(most);
  return index;
}

/**
 * Tells the index of a store's project, if there is one, of what was just kept of it, so that nothing is left to read when
 * it is asked.
 * @param after the project's last position before these
 */
export function follow(
  store: Pick<Store, 'live'>,
  decided: readonly Decided[],
  after: Position,
  policyOf: (project: ProjectId) => Policy,
): void {
  const project = decided[0]?.entry.project;
  const mine = known.get(store.live);
  const one = project === undefined ? undefined : mine?.projects.get(project);
  if (mine === undefined || one === undefined || policyOf(project as ProjectId) !== one.policy) return;
  one.index.follow(decided, after, one.policy);
  mine.makeRoom(MOST_BYTES);
}
