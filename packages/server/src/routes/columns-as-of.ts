import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MemoryGraph, type Position, type ProjectId, type Rules, undoIn } from '@selfsame/identity';
import { type ColumnFeed, type Columns, eventPage, graphAsOf, ownershipChange, type Store } from '@selfsame/store';
import { openColumns } from '@selfsame/store-embedded';

/** What the columns of a question about the past may use, MiB. */
const MEMORY = 256;

/**
 * Asks a question of a project's columns as they were after a position of the log ([H1]): columns of their own, fed
 * with the log up to there, and thrown away. Costs a read of that part of the log; the columns of today are not touched.
 */
export async function askAsOf<T>(
  store: Store,
  project: ProjectId,
  rules: Rules,
  position: Position,
  ask: (columns: Columns) => Promise<T>,
  /** Who was who then, where that is known already; it may hold only those who are asked about. */
  known?: MemoryGraph,
): Promise<T> {
  const head = Math.min(position, (await store.feed.head()).position);
  const feed = feedAsOf(store, project, rules, head, known ?? (await graphAsOf(store, project, head, rules)));
  const directory = await mkdtemp(join(tmpdir(), 'selfsame-as-of-'));
  try {
    const columns = await openColumns({ directory, feed, memoryMegabytes: MEMORY });
    try {
      return await ask(columns);
    } finally {
      await columns.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the truth would have offered the columns then, of one project. */
function feedAsOf(store: Store, project: ProjectId, rules: Rules, head: Position, graph: MemoryGraph): ColumnFeed {
  const nodes = [...graph.nodes.values()];
  return {
    head: async () => ({ epoch: `as of ${head}`, position: head, change: nodes.length, async *pending() {} }),
    async events(after, limit) {
      const through = Math.min(head, after + limit);
      const page = [];
      for await (const one of store.read(after)) {
        if (one.entry.position > through) break;
        // The graph knows what had been taken back by then, so nothing is to be made anew.
        if (one.entry.project === project && undoIn(one) === undefined) page.push(one);
      }
      const { rows } = eventPage(page, {
        policyOf: () => rules.policy,
        numberOf: (_, key) => graph.node(key)?.number,
        undone: () => graph.undone,
        at: () => undefined,
        lastOf: () => undefined,
      });
      return { rows, gone: [], through };
    },
    ownership: async (after, limit) =>
      nodes
        .slice(after, after + limit)
        .map((node, i) => ownershipChange(graph, rules.policy, project, node, after + i + 1)),
  };
}
