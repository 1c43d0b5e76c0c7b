import {
  type Graph,
  type IdentifierKey,
  MemoryGraph,
  type Policy,
  type Position,
  type ProjectId,
  type Rules,
  replay,
  Search,
  type Touched as TouchedIn,
  type Undo,
  type Undone,
} from '@selfsame/identity';
import { indexOf } from './named-index.ts';
import type { Decided, Store } from './store.ts';
import { Turn } from './turn.ts';

/** What an undo touches in the log of a store. */
export type Touched = TouchedIn<Decided>;

const isOf =
  (project: ProjectId) =>
  (one: Decided | undefined): one is Decided =>
    one?.entry.project === project;

/**
 * What an undo touches, in turns of the event loop. Costs what it touches, and the first time a read of the log
 * ({@link indexOf}).
 */
export async function touchedBy(
  store: Store,
  project: ProjectId,
  policy: Policy,
  undo: Pick<Undo, 'told'>,
): Promise<Touched> {
  const undone = await Promise.all(undo.told.map(({ entry }) => store.at(entry)));
  const isMine = isOf(project);
  return await searched(store, project, policy, Search.around(store.graph(project), policy, undone.filter(isMine)));
}

/** All that the log says, up to a position, of some identifiers and whatever hangs together with them. As `touchedBy`. */
export const saidAround = (
  store: Store,
  project: ProjectId,
  policy: Policy,
  keys: Iterable<IdentifierKey>,
  until: Position,
): Promise<Touched> => searched(store, project, policy, new Search(store.graph(project), policy, keys), until);

async function searched(
  store: Store,
  project: ProjectId,
  policy: Policy,
  search: Search<Decided>,
  until = Number.POSITIVE_INFINITY,
): Promise<Touched> {
  const isMine = isOf(project);
  const index = await indexOf(store, project, policy);
  const read = new Map<Position, Decided | undefined>();
  const turn = new Turn();
  while (search.begin()) {
    for (const position of await index.positionsOf(search.touched.keys)) {
      if (position > until) break;
      if (!read.has(position)) read.set(position, await store.at(position));
      const decided = read.get(position);
      if (isMine(decided)) search.look(decided);
      if (turn.isOver) await turn.next();
    }
    for await (const decided of store.read(index.through)) {
      if (decided.entry.position > until) break;
      if (isMine(decided)) search.look(decided);
      if (turn.isOver) await turn.next();
    }
  }
  return search.touched;
}

/** The same of a log at hand: `read` begins at its first entry each time it is called. */
export function touchedIn(
  graph: Graph,
  policy: Policy,
  project: ProjectId,
  undo: Pick<Undo, 'told'>,
  at: (position: Position) => Decided | undefined,
  read: () => Iterable<Decided>,
): Touched {
  const isMine = isOf(project);
  const search = Search.around(graph, policy, undo.told.map(({ entry }) => at(entry)).filter(isMine));
  while (search.begin()) for (const decided of read()) if (isMine(decided)) search.look(decided);
  return search.touched;
}

/** What an undo touches, folded without what is then retracted; in turns of the event loop. */
export async function foldTouched(
  rules: Rules,
  { told }: Pick<Touched, 'told'>,
  undone: Undone,
  graph = new MemoryGraph(),
): Promise<MemoryGraph> {
  const turn = new Turn();
  for (const said of told) {
    replay(graph, rules, said, undone);
    if (turn.isOver) await turn.next();
  }
  return graph;
}
