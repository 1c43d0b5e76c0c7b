import type { Policy, Position, ProjectId } from '@selfsame/identity';

/** What the process that folds the log under another policy is told. */
export interface RefoldTask {
  /** The data directory. */
  readonly directory: string;
  /** What person ids are made with. */
  readonly secret: Uint8Array;
  readonly policies: ReadonlyMap<ProjectId, Policy>;
  /** Of projects that no settings name any more. */
  readonly otherwise: Policy;
}

/** What it says: how far it is; that the graph waits to be taken; or why there is none. */
export type RefoldWord =
  | { readonly type: 'progress'; readonly done: Position; readonly total: Position }
  | { readonly type: 'folded'; readonly through: Position }
  | { readonly type: 'failed'; readonly reason: string };
