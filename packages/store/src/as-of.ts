import { MemoryGraph, type Position, type ProjectId, type Rules, step, type Undo } from '@selfsame/identity';
import { unprocessable } from './poison.ts';
import type { Store } from './store.ts';

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
  // [U2] What had been taken back by then.
  for (const { entry } of await store.undos(project))
    if (entry.position <= position) graph.undone.take(entry.command as Undo);
  for await (const { entry, verdict } of store.read()) {
    if (entry.position > position) break;
    if (entry.project !== project || verdict.rule === unprocessable.rule) continue;
    const read = graph.undone.read(entry, verdict);
    if (read !== undefined) step(graph, rules, read);
  }
  return graph;
}
