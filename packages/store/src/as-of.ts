import {
  type IdentifierKey,
  MemoryGraph,
  type Node,
  type PersonId,
  type Position,
  type ProjectId,
  type Rules,
  replay,
  Undone,
  undoIn,
} from '@selfsame/identity';
import type { Store } from './store.ts';
import { saidAround } from './undo.ts';

/**
 * The graph of a project as it was after a position of the log: the fold of the log up to there ([H1]).
 * Costs a read of the log up to `position`.
 */
export async function graphAsOf(
  store: Store,
  project: ProjectId,
  position: Position,
  rules: Rules,
): Promise<MemoryGraph> {
  const graph = new MemoryGraph();
  graph.undone = await undoneAsOf(store, project, position);
  for await (const decided of store.read(project)) {
    if (decided.entry.position > position) break;
    replay(graph, rules, decided, graph.undone);
  }
  return graph;
}

/**
 * The same, of some identifiers and whatever hangs together with them: costs what was said of those, and the first time a
 * read of the log. Everybody else is absent from it.
 */
export async function graphAround(
  store: Store,
  project: ProjectId,
  keys: Iterable<IdentifierKey>,
  position: Position,
  rules: Rules,
): Promise<MemoryGraph> {
  const undone = await undoneAsOf(store, project, position);
  const newGraph = async (keys: ReadonlySet<IdentifierKey>) => {
    const living = await store.ask(
      project,
      (graph) => new Map([...keys].map((key) => [key, graph.node(key) ?? graph.ghost(key)])),
    );
    return Object.assign(new NumberedGraph(living), { undone });
  };
  return (await saidAround({ store, project, rules }, keys, position, undone, newGraph)).graph;
}

/** [U2] What had been taken back by then. */
async function undoneAsOf(store: Store, project: ProjectId, position: Position): Promise<Undone> {
  const undos = await store.undos(project);
  return new Undone(undos.flatMap((one) => (one.entry.position <= position ? (undoIn(one) ?? []) : [])));
}

/** A part of a graph whose nodes have the numbers that they are known by now. */
class NumberedGraph extends MemoryGraph {
  readonly #living: ReadonlyMap<IdentifierKey, Node | undefined>;
  readonly #founders = new Map<PersonId, IdentifierKey>();

  constructor(living: ReadonlyMap<IdentifierKey, Node | undefined>) {
    super();
    this.#living = living;
  }

  override ghost(key: IdentifierKey): Node | undefined {
    return super.ghost(key) ?? this.#living.get(key);
  }

  override founder(person: PersonId): Node | undefined {
    const key = this.#founders.get(person);
    return key && this.node(key);
  }

  override put(node: Node): void {
    this.#founders.set(node.person, node.key);
    super.put(node);
  }
}
