import type { Graph } from '@selfsame/identity';
import {
  Component,
  type IdentifierKey,
  MemoryGraph,
  namedBy,
  type Policy,
  type Position,
  type ProjectId,
  type Rules,
  step,
  type Undo,
  type Undone,
} from '@selfsame/identity';
import { unprocessable } from './poison.ts';
import type { Decided, Store } from './store.ts';
import { Turn } from './turn.ts';

/** The part of a graph that an undo touches, and all that the log says of it. */
export interface Touched {
  readonly keys: ReadonlySet<IdentifierKey>;
  /** In the log's order, without what the rules failed on. */
  readonly told: readonly Decided[];
}

export const undoIn = ({ entry, verdict }: Decided): Undo | undefined =>
  verdict.status === 'applied' && (entry.command.type === 'Retract' || entry.command.type === 'Restore')
    ? entry.command
    : undefined;

/** Looks through the log for what it says of a component, until nothing more is found to belong to it. */
class Search {
  readonly component: Component;
  readonly #project: ProjectId;
  #told: Decided[] = [];
  #grew = true;

  constructor(graph: Graph, policy: Policy, project: ProjectId, undone: readonly (Decided | undefined)[]) {
    const mine = undone.filter((one) => one !== undefined && one.entry.project === project) as readonly Decided[];
    this.#project = project;
    this.component = new Component(
      graph,
      policy,
      mine.flatMap((one) => namedBy(policy, one)),
    );
  }

  /** Is the log to be looked through (again)? */
  begin(): boolean {
    const again = this.#grew;
    this.#grew = false;
    if (again) this.#told = [];
    return again;
  }

  look(decided: Decided): void {
    if (decided.entry.project !== this.#project || decided.verdict.rule === unprocessable.rule) return;
    const { is, grew } = this.component.holds(decided);
    if (is) this.#told.push(decided);
    this.#grew ||= grew;
  }

  get touched(): Touched {
    return { keys: this.component.keys, told: this.#told };
  }
}

/** What an undo touches. Costs a read of the log, in turns of the event loop. */
export async function touchedBy(
  store: Store,
  project: ProjectId,
  policy: Policy,
  undo: Pick<Undo, 'told'>,
): Promise<Touched> {
  const undone = await Promise.all(undo.told.map(({ entry }) => store.at(entry)));
  const search = new Search(store.graph(project), policy, project, undone);
  const turn = new Turn();
  while (search.begin()) {
    for await (const decided of store.read()) {
      search.look(decided);
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
  const search = new Search(
    graph,
    policy,
    project,
    undo.told.map(({ entry }) => at(entry)),
  );
  while (search.begin()) for (const decided of read()) search.look(decided);
  return search.touched;
}

/** What an undo touches, folded without what is then retracted; in turns of the event loop. */
export async function foldTouched(rules: Rules, { told }: Touched, undone: Undone): Promise<MemoryGraph> {
  const graph = new MemoryGraph();
  const turn = new Turn();
  for (const { entry, verdict } of told) {
    const read = undone.read(entry, verdict);
    if (read !== undefined) step(graph, rules, read);
    if (turn.isOver) await turn.next();
  }
  return graph;
}
