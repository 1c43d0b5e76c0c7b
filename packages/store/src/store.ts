import type { Draft, Graph, IdentifierKey, Position, ProjectId, Rules, Said, Undone } from '@selfsame/identity';
import type { ColumnFeed } from './columns.ts';
import type { LivePlace, Outcome } from './live.ts';

/** An entry and what was decided about it, as the log keeps it. */
export type Decided = Said;

/** What makes two items the same, scoped by project, wire and trust ([D1], S16). */
export type RepeatKey = string;

/** What a group of statements will ask about. */
export interface Reach {
  readonly repeats: readonly RepeatKey[];
  /** The identifiers it names, for a store that reads them all at once; what else is asked turns up when it is asked. */
  readonly names?: () => Iterable<readonly [ProjectId, IdentifierKey]>;
}

/** What was loaded, as it was at one moment. A draft is a working copy: nothing in it is true before `commit`. */
export interface Loaded {
  draft(project: ProjectId): Draft;
  /** The rules of a project then in force: all of a change is decided under these. */
  rules(project: ProjectId): Rules;
  /** Where each known repeat key was first used. */
  readonly repeats: ReadonlyMap<RepeatKey, Position>;
  /**
   * The position that the next entry of a project takes, if nobody else writes meanwhile: it is final with its commit, and
   * what is thrown away uses none up. `before`: so many entries of other projects are kept together with it, ahead of it;
   * a store that numbers each project by itself has no use for that.
   */
  next(project: ProjectId, before: number): Position;
  /**
   * Whether drafts were asked what was not loaded, and said that it is not there: then what was decided is nothing, and
   * must be decided again on what this answers. A store that reads at once has no need of it.
   */
  missed?(): Promise<Loaded> | undefined;
}

/** What the items of one project in a group become. */
export interface Change {
  /** Null: of items whose key opens no project. They leave counts and nothing else. */
  readonly project: ProjectId | null;
  /** The position that its first entry was decided for. */
  readonly first: Position;
  /** In log order; positions run from `first`. */
  readonly decided: readonly Decided[];
  /** What became of its items, in the order in which they were decided, for `live`: also of those that leave no entry. */
  readonly outcomes?: readonly Outcome[];
  /** The repeat keys that this change uses for the first time. */
  readonly repeats: ReadonlyMap<RepeatKey, Position>;
  readonly counts: readonly Counts[];
  /** It was decided on all of the log up to here, so it is stale where the log has gone on ([U3]). */
  readonly through?: Position;
}

/** Where a change was kept. */
export interface Kept {
  /** The position that its first entry took; 0 of a change of no project. */
  readonly first: Position;
  /**
   * The project's last position before that: in between it has none. Undefined where the store had not looked for it; it
   * has once it answered the project's `head`, or read its log.
   */
  readonly after: Position | undefined;
}

/** How many items of one project and wire met which fate; `received` is their sum (G5). */
export interface Counts {
  /** Null: the item's key opens no project. */
  readonly project: ProjectId | null;
  readonly wire: string;
  readonly applied: number;
  readonly duplicate: number;
  readonly rejected: number;
  readonly quarantined: number;
  readonly suppressed: number;
}

/**
 * Keeps the log and the graph, and answers when it can: others may write meanwhile. Knows no rule, so two stores cannot
 * disagree about one.
 */
export interface Store {
  load(reach: Reach): Promise<Loaded>;
  /**
   * Keeps what was decided on one load, a change a project, and answers each by itself. Each is kept all or not at all: its
   * entries join the log, its draft becomes the graph, and both are on stable storage when it is answered (G1), with the
   * place that it took. `'stale'` if anything that was read for it has changed meanwhile, the policy of
   * its project included: load again. A store with one writer may say so of any other change, and of all at once.
   * `onTaken` may be called before they are answered, and then none is stale: what follows can be loaded and decided on
   * top, and is given up where one of them fails.
   * An answer fails with a StoreError when the storage did; nothing of that change may then be acknowledged (G2). One that
   * fails takes no other along where the store keeps them apart; one that syncs them together fails all.
   */
  commit(loaded: Loaded, changes: readonly Change[], onTaken?: () => void): readonly Promise<Kept | 'stale'>[];
  /**
   * The log of a project after a position, oldest first. Positions are a project's: they rise, may leave out numbers, and
   * say nothing beside another project's. @throws StoreError 'store/corrupt' at a record that does not match (G3).
   */
  read(project: ProjectId, after?: Position): AsyncIterable<Decided>;
  /** One entry of a project's log; undefined where there is none. @throws StoreError 'store/corrupt' as `read` does. */
  at(project: ProjectId, position: Position): Promise<Decided | undefined>;
  /** The last position of a project that is on stable storage; 0 where there is none. */
  head(project: ProjectId): Promise<Position>;
  /** All projects' logs: each in its order, mixed as the store likes. For whoever looks at everything there is. */
  readAll(): AsyncIterable<Decided>;
  /**
   * The answer to a question about the committed graph of a project, at one moment. It is asked again where it needs what
   * was not loaded: it is to be a pure function of the graph, and of what it is asked last. @throws what the question throws
   */
  ask<T>(project: ProjectId, question: (graph: Graph) => T): Promise<T>;
  /** What is retracted in a project now ([U2]). To be read; what is to be changed is copied. */
  undone(project: ProjectId): Promise<Undone>;
  /** The entries of a project that took something back or put it back, oldest first. */
  undos(project: ProjectId): Promise<readonly Decided[]>;
  /** Identifiers whose value, or whose name or e-mail trait, begins with `text`, ignoring case; at most `limit`. */
  search(project: ProjectId, text: string, limit: number): Promise<readonly IdentifierKey[]>;
  counts(): Promise<readonly Counts[]>;
  /** Folds the whole log again, under the rules as they are now: after a policy has changed. What was loaded before is stale. */
  refold(): Promise<void>;
  /**
   * Puts scars in the place of the entries at their positions ([F1]), and folds the whole log again: nothing of what stood
   * there is kept anywhere. Requests wait meanwhile. Where it fails it is to be asked again.
   * @throws RangeError at a position the log does not have · StoreError
   */
  scar(scars: readonly Decided[]): Promise<void>;
  /** What happened lately. */
  readonly live: LivePlace;
  /** What the columns of a project are fed from. */
  feed(project: ProjectId): ColumnFeed;
  close(): Promise<void>;
}

/** A store that has all it keeps at hand, for those who look at very many people and may not wait for each. */
export interface StoreAtHand extends Store {
  /** The committed graph of a project, as it is at each look. */
  graph(project: ProjectId): Graph;
}

export type StoreErrorCode = 'store/unavailable' | 'store/corrupt' | 'store/full' | 'store/closed';

/** Broken machinery under the store. Expected outcomes are values; this is not one. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
