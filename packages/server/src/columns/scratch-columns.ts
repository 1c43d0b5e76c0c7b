import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type MemoryGraph, type Policy, type Position, type ProjectId, undoIn } from '@selfsame/identity';
import { type ColumnFeed, type Columns, type Decided, eventPage, ownershipChange } from '@selfsame/store';
import { openColumns } from '@selfsame/store-embedded';

/** What columns of their own may use, MiB. */
const MEMORY = 256;

/** One reading of a project's log: who was who in it, up to a position. */
export interface LogReading {
  readonly project: ProjectId;
  readonly policy: Policy;
  readonly graph: MemoryGraph;
  readonly head: Position;
  /** The log after a position, oldest first; entries of other projects and past `head` are left out here. */
  readonly read: (after: Position) => AsyncIterable<Decided> | Iterable<Decided>;
  /** Where the columns are kept meanwhile. */
  readonly place: string;
  /** Told how many positions are fed, and how many there are. */
  readonly onProgress?: (done: Position, total: Position) => void;
}

/**
 * Asks questions of columns that are fed with one reading of the log and thrown away afterwards. Costs a read of the log;
 * the columns of today are not touched.
 */
export async function askScratch<T>(reading: LogReading, ask: (columns: Columns) => Promise<T>): Promise<T> {
  const { onProgress, place } = reading;
  const directory = await mkdtemp(join(place, 'as-of-'));
  try {
    const columns = await openColumns({
      ...{ directory, feed: () => feedOf(reading), memoryMegabytes: MEMORY },
      ...(onProgress === undefined ? {} : { onProgress: (_, done, total) => onProgress(done, total) }),
    });
    try {
      return await ask(columns);
    } finally {
      await columns.close();
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/** What the truth would have offered the columns. */
function feedOf({ project, policy, graph, head, read }: LogReading): ColumnFeed {
  const nodes = [...graph.nodes.values()];
  /** Copies that took the place of others ([D2], [D3]). */
  const copies = new Map<Position, Decided>();
  return {
    head: async () => ({ epoch: `as of ${head}`, position: head, change: nodes.length, async *pending() {} }),
    async events(after, last, limit) {
      const through = Math.min(last, after + limit);
      const page = [];
      for await (const one of read(after)) {
        if (one.entry.position > through) break;
        // The graph knows what had been taken back, so nothing is to be made anew.
        if (one.entry.project !== project || undoIn(one) !== undefined) continue;
        page.push(one);
        if ((one.entry.repeats ?? one.entry.outranks) !== undefined) copies.set(one.entry.position, one);
      }
      const { rows } = eventPage(page, {
        policy,
        numberOf: (key) => graph.node(key)?.number,
        undone: graph.undone,
        at: (position) => copies.get(position),
        lastOf: () => undefined,
      });
      return { rows, gone: [], through };
    },
    ownership: async (after, limit) =>
      nodes.slice(after, after + limit).map((node, i) => ownershipChange(graph, policy, node, after + i + 1)),
  };
}
