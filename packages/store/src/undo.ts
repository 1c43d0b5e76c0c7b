import {
  type Bare,
  bareShape,
  fillGaps,
  type Graph,
  type IdentifierKey,
  isStillBare,
  MemoryGraph,
  namedBy,
  type Policy,
  type Position,
  type ProjectId,
  type Rules,
  replay,
  Search,
  type Spared,
  step,
  type Touched as TouchedIn,
  thinned,
  type Undo,
  type Undone,
  unkept,
} from '@selfsame/identity';
import { indexOf, type NamedIndex, positionsIn, readLately } from './named-index.ts';
import { graphNear, type NearGraph } from './near-graph.ts';
import { ReadLately } from './read-lately.ts';
import type { Decided, Store } from './store.ts';
import { Turn } from './turn.ts';

/** What an undo touches in the log of a store, and the graph of that without what is then retracted. */
export interface Touched extends TouchedIn<Decided> {
  /** Entries that belong to it too and need not be read: they only say who was seen again. */
  readonly spared: readonly Spared[];
  readonly graph: MemoryGraph;
  /** What is taken back or put back. */
  readonly undone: readonly Decided[];
  /** All of the log up to here was looked through, under this policy, after so many words on what is retracted. */
  readonly through: Position;
  readonly policy: Policy;
  readonly taken: number;
}

const isOf =
  (project: ProjectId) =>
  (one: Decided | undefined): one is Decided =>
    one?.entry.project === project;

/** Whose log is read, under which rules. */
export interface Reading {
  readonly store: Store;
  readonly project: ProjectId;
  readonly rules: Rules;
}

/**
 * What an undo touches, folded as it is read with it, in turns of the event loop. Costs what says something new of those
 * it touches, and the first time a read of the log ({@link indexOf}).
 */
export async function touchedBy(reading: Reading, undo: Pick<Undo, 'type' | 'told' | 'of'>): Promise<Touched> {
  const { store, project, rules } = reading;
  const now = (await store.undone(project)).copy();
  const undone = now.copy();
  undone.take(unkept(undo));
  const told = await new Log(reading).all(undo.told.map(({ entry }) => entry));
  const near = graphNear(reading);
  for (const one of told) await near.beforeLookAt?.(one);
  const search = Search.around(near.graph, rules.policy, told);
  const alone = new Set(undo.told.map(({ entry }) => entry));
  return { ...(await folded(reading, near, search, [now, undone], alone)), undone: told };
}

/**
 * All that the log says, up to a position, of some identifiers and whatever hangs together with them, folded without what
 * is retracted. As `touchedBy`. `newGraph` makes what is folded into, of the identifiers that were found.
 */
export async function saidAround(
  reading: Reading,
  keys: Iterable<IdentifierKey>,
  until: Position,
  undone: Undone,
  newGraph?: (keys: ReadonlySet<IdentifierKey>) => Promise<MemoryGraph>,
): Promise<Touched> {
  const near = graphNear(reading);
  await near.beforeStart?.(keys);
  const search = new Search<Decided>(near.graph, reading.rules.policy, keys);
  return folded(reading, near, search, [undone], new Set(), until, newGraph);
}

/**
 * What the log says of one identifier, in its order, as it is read without what is retracted. Costs the first time a read
 * of the log ({@link indexOf}).
 */
export async function saidOf(reading: Reading, key: IdentifierKey): Promise<readonly Decided[]> {
  const { store, project, rules } = reading;
  const index = await indexOf(store, project, rules.policy);
  const undone = await store.undone(project);
  const said: Decided[] = [];
  const read = ({ entry, verdict }: Decided): void => {
    const left = undone.read(entry, verdict);
    if (left !== undefined) said.push({ entry: left, verdict });
  };
  for (const one of await new Log(reading).all(positionsIn(await index.about([key])))) read(one);
  if (index.isFull) for await (const one of store.read(project, index.through)) read(one);
  return said.filter((one) => namedBy(rules.policy, one).includes(key));
}

/**
 * What is touched, brought up to the end of the log: what was kept since it was looked for is looked at alone. Undefined
 * where some of that says more than who was seen again, or something else was taken back: then it must be looked for again.
 */
export async function upToDate(reading: Reading, touched: Touched): Promise<Touched | undefined> {
  const { store, project, rules } = reading;
  if (rules.policy !== touched.policy || (await store.undone(project)).taken !== touched.taken) return undefined;
  const index = await indexOf(store, project, rules.policy);
  if (index.isFull) return undefined;
  const { through } = index;
  const fresh = await index.since(touched.keys, touched.through);
  if (!fresh.bare) return undefined;
  if (fresh.positions.length === 0) return { ...touched, through };
  const known = new Set(
    [...touched.told, ...touched.spared.map(({ like }) => like)].map((one) => bareShape(rules.policy, one)),
  );
  const told = [...touched.told];
  for (const decided of await new Log(reading).all(fresh.positions)) {
    const shape = bareShape(rules.policy, decided);
    if (!known.has(shape) || !isStillBare(step(touched.graph, rules, decided.entry))) return undefined;
    told.push(decided);
  }
  return { ...touched, told, through };
}

async function folded(
  reading: Reading,
  near: NearGraph,
  search: Search<Decided>,
  readings: readonly Undone[],
  alone: ReadonlySet<Position>,
  until = Number.POSITIVE_INFINITY,
  newGraph = async (_: ReadonlySet<IdentifierKey>) => new MemoryGraph(),
): Promise<Touched> {
  const { store, project, rules } = reading;
  const index = await indexOf(store, project, rules.policy);
  const turn = new Turn();
  const log = new Log(reading, turn, readLately(store, project));
  const apart = new Set([...alone, ...readings.flatMap((one) => [...one.named()])]);
  const { taken } = readings[0] as Undone;
  const { rest, bare, through } = await searched(reading, near, search, index, log, apart, until, turn);
  const found = { keys: search.touched.keys, through, policy: rules.policy, taken, undone: [] };
  const undone = readings.at(-1) as Undone;
  if (turn.isOver) await turn.next();
  const thin = thinned(rules.policy, rest, bare, readings, index.timeOf);
  if (thin !== undefined) {
    const told = merged(rest, await log.all(thin.needed));
    const isBare = new Set(thin.needed);
    const graph = await newGraph(search.touched.keys);
    const isSame = await foldInto(graph, rules, told, undone, turn, isBare);
    if (turn.isOver) await turn.next();
    if (isSame && fillGaps(graph, rules.policy, thin.spared, near.graph))
      return { ...found, told, spared: thin.spared, graph };
  }
  const told = merged(rest, await log.all(bare.flatMap(({ moments }) => [...moments.positions])));
  const graph = await newGraph(search.touched.keys);
  await foldInto(graph, rules, told, undone, turn);
  return { ...found, told, spared: [], graph };
}

/** Looks for the component: at every entry that says something, and of those that only say who was seen at one of a shape. */
async function searched(
  { store, project }: Reading,
  near: NearGraph,
  search: Search<Decided>,
  index: NamedIndex,
  log: Log,
  apart: ReadonlySet<Position>,
  until: Position,
  turn: Turn,
): Promise<{ rest: readonly Decided[]; bare: readonly Bare[]; through: Position }> {
  const known = Math.min(until, index.through);
  let through = known;
  let shapes: (Bare & { readonly like: Decided })[] = [];
  while (search.begin()) {
    const { rest, bare } = await index.about(search.touched.keys, apart, known, turn);
    shapes = [];
    for (const position of rest) {
      const decided = await log.at(position);
      if (decided !== undefined) {
        await near.beforeLookAt?.(decided);
        search.look(decided);
      }
      if (turn.isOver) await turn.next();
    }
    for (const moments of bare) {
      const like = await log.at(moments.first);
      if (like === undefined) continue;
      await near.beforeLookAt?.(like);
      if (search.look(like)) shapes.push({ like, moments });
      if (turn.isOver) await turn.next();
    }
    if (!index.isFull) continue;
    for await (const decided of store.read(project, known)) {
      if (decided.entry.position > until) break;
      through = decided.entry.position;
      await near.beforeLookAt?.(decided);
      search.look(decided);
      if (turn.isOver) await turn.next();
    }
  }
  const likes = new Set(shapes.map(({ like }) => like));
  return { rest: search.touched.told.filter((one) => !likes.has(one)), bare: shapes, through };
}

/** Entries of a project's log, in turns of the event loop. `lately`: those that were read before, and will be again. */
class Log {
  readonly #store: Store;
  readonly #project: ProjectId;
  readonly #lately: ReadLately;
  readonly #turn: Turn;

  constructor({ store, project }: Pick<Reading, 'store' | 'project'>, turn = new Turn(), lately = new ReadLately()) {
    this.#store = store;
    this.#project = project;
    this.#turn = turn;
    this.#lately = lately;
  }

  async at(position: Position): Promise<Decided | undefined> {
    const known = this.#lately.get(position);
    if (known !== undefined) return known;
    const read = await this.#store.at(this.#project, position);
    if (read !== undefined) this.#lately.put(read);
    return read;
  }

  async all(positions: Iterable<Position>): Promise<readonly Decided[]> {
    const all: Decided[] = [];
    for (const position of positions) {
      const decided = this.#lately.get(position) ?? (await this.at(position));
      if (decided !== undefined) all.push(decided);
      if (this.#turn.isOver) await this.#turn.next();
    }
    return all;
  }
}

const merged = (some: readonly Decided[], others: readonly Decided[]): readonly Decided[] =>
  [...some, ...others].sort((a, b) => a.entry.position - b.entry.position);

/** False as soon as one of those that only say who was seen says more, as the log is read now. */
async function foldInto(
  graph: MemoryGraph,
  rules: Rules,
  told: readonly Decided[],
  undone: Undone,
  turn: Turn,
  bare?: ReadonlySet<Position>,
): Promise<boolean> {
  for (const said of told) {
    if (bare?.has(said.entry.position) === true) {
      if (!isStillBare(step(graph, rules, said.entry))) return false;
    } else replay(graph, rules, said, undone);
    if (turn.isOver) await turn.next();
  }
  return true;
}

/** The same of a log at hand: `read` begins at its first entry each time it is called. */
export function touchedIn(
  graph: Graph,
  policy: Policy,
  project: ProjectId,
  undo: Pick<Undo, 'told'>,
  at: (position: Position) => Decided | undefined,
  read: () => Iterable<Decided>,
): TouchedIn<Decided> {
  const isMine = isOf(project);
  const search = Search.around(graph, policy, undo.told.map(({ entry }) => at(entry)).filter(isMine));
  while (search.begin()) for (const decided of read()) if (isMine(decided)) search.look(decided);
  return search.touched;
}
