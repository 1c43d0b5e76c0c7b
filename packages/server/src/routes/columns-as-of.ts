import type { MemoryGraph, Position, ProjectId, Rules } from '@selfsame/identity';
import { type Columns, graphAsOf } from '@selfsame/store';
import { askScratch } from '../columns/scratch-columns.ts';
import type { ServerContext } from '../context.ts';

/** Asks a question of a project's columns as they were after a position of the log ([H1]). Costs a read of that part of the log. */
export async function askAsOf<T>(
  { store, scratch: place }: Pick<ServerContext, 'store' | 'scratch'>,
  project: ProjectId,
  rules: Rules,
  position: Position,
  ask: (columns: Columns) => Promise<T>,
  /** Who was who then, where that is known already; it may hold only those who are asked about. */
  known?: MemoryGraph,
): Promise<T> {
  const head = Math.min(position, await store.head(project));
  const graph = known ?? (await graphAsOf(store, project, head, rules));
  return askScratch(
    { project, policy: rules.policy, graph, head, place, read: (after) => store.read(project, after) },
    ask,
  );
}
