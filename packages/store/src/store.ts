import type { Draft, Entry, Graph, IdentifierKey, Position, ProjectId, Verdict } from '@selfsame/identity';

/** What makes two items the same, already scoped by project, wire and trust ([D1], S16). */
export type RepeatKey = string;

/** An entry and what was decided about it, as the log keeps it. */
export interface Decided {
  readonly entry: Entry;
  readonly verdict: Verdict;
}

/** The identifiers and repeat keys a group of statements will ask about. */
export interface Reach {
  readonly identifiers: readonly { readonly project: ProjectId; readonly key: IdentifierKey }[];
  readonly repeats: readonly RepeatKey[];
}

/** What was loaded. `draft` is a working copy: nothing in it is true before `commit`. */
export interface Loaded {
  /** A node that is not in the store is `undefined`; one that was not loaded is fetched or raises `NotLoaded`. */
  draft(project: ProjectId): Draft;
  /** Where each known repeat key was first used. */
  readonly repeats: ReadonlyMap<RepeatKey, Position>;
  /** The position the next entry takes. */
  readonly next: Position;
  /** Opaque: what `commit` compares to find out whether any of this has changed. */
  readonly basis: unknown;
}

export interface Change {
  readonly loaded: Loaded;
  /** In log order; positions run from `loaded.next`. */
  readonly decided: readonly Decided[];
  /** The repeat key of each entry that has one and is not itself a repeat. */
  readonly repeats: ReadonlyMap<RepeatKey, Position>;
}

/** Counts of one project and wire; `received` is their sum (G5). */
export interface Counts {
  readonly project: ProjectId | null;
  readonly wire: string;
  readonly applied: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly suppressed: number;
}

/** Keeps the log and the graph. Knows no rule, so two stores cannot disagree about one. */
export interface Store {
  load(reach: Reach): Promise<Loaded>;
  /**
   * All or nothing: the entries join the log, the draft's nodes become the graph, and both are on stable storage
   * when it answers (G1). `'stale'` if what was loaded has changed meanwhile; load again.
   * @throws StoreError when the storage fails; nothing of the change may then be acknowledged (G2).
   */
  commit(change: Change): Promise<'committed' | 'stale'>;
  /** The log after a position, oldest first. */
  read(after?: Position): AsyncIterable<Decided>;
  /** The committed graph of a project, to look at people outside an ingest. */
  graph(project: ProjectId): Promise<GraphReader>;
  /** Identifiers whose value, or whose person's name, begins with `text` (lower case); at most `limit`. */
  search(project: ProjectId, text: string, limit: number): Promise<readonly IdentifierKey[]>;
  counts(): Promise<readonly Counts[]>;
  close(): Promise<void>;
}

/** The committed graph: what `identity`'s views are computed from. */
export type GraphReader = Graph;

export type StoreErrorCode = 'store/unavailable' | 'store/corrupt' | 'store/full' | 'store/closed';

/** Broken machinery under the store. Expected outcomes are values, this is not one. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}

