import type { Graph, Position, ProjectId } from '@selfsame/identity';
import type { Decided, StoreAtHand } from '@selfsame/store';

/** What outputs read: the log, and who is who now. */
export interface OutputsLog {
  /** The last position of a project. */
  head(project: ProjectId): Promise<Position>;
  /** A project's entries after a position, oldest first. */
  read(project: ProjectId, after: Position): AsyncIterable<Decided>;
  at(project: ProjectId, position: Position): Promise<Decided | undefined>;
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
  head: (project) => store.head(project),
  read: (project, after) => store.read(project, after),
  at: (project, position) => store.at(project, position),
  undos: (project) => store.undos(project),
  graph: (project) => store.graph(project),
});
