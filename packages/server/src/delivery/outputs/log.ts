import type { Graph, Position, ProjectId } from '@selfsame/identity';
import type { Decided, StoreAtHand } from '@selfsame/store';

/** What outputs read: the log, and who is who now. */
export interface OutputsLog {
  /** The last position. */
  head(): Promise<Position>;
  /** Everything after a position, oldest first. */
  read(after: Position): AsyncIterable<Decided>;
  at(position: Position): Promise<Decided | undefined>;
  /** The entries of a project that took something back or put it back, oldest first. */
  undos(project: ProjectId): Promise<readonly Decided[]>;
  /**
   * Who is who now: whose word on consent counts (G20). At hand, so that between this look and the sending of a message
   * nothing else has its turn: the graph of a store in this process, or one folded beside it.
   */
  graph(project: ProjectId): Graph;
  /** Where another process writes the log: brings `graph` up to its end. */
  catchUp?(project: ProjectId): Promise<void>;
}

/** The log of the store that this process serves. */
export const logOf = (store: StoreAtHand): OutputsLog => ({
  head: async () => (await store.feed.head()).position,
  read: (after) => store.read(after),
  at: (position) => store.at(position),
  undos: (project) => store.undos(project),
  graph: (project) => store.graph(project),
});
