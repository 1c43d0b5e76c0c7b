import type { Policy, ProjectId } from '@selfsame/identity';
import type { Store } from '../store.ts';

/** Where a store keeps its data: opened again after a close, a durable one finds everything as it was. */
export interface Place {
  open(): Promise<Store>;
  readonly durable: boolean;
  /** Puts another policy in force for a project; the log is not folded again. */
  choose(project: ProjectId, policy: Policy): void;
  /** Opened again while it is open it is another writer of the same data. */
  readonly shared?: true;
}

/** A promise that every store keeps. */
export interface Law {
  readonly id: string;
  readonly says: string;
  /** Only for stores that keep their data over a restart. */
  readonly durable?: true;
  /** Only for stores that several may write to. */
  readonly shared?: true;
  /** @throws AssertionError when the store in this place breaks the law. */
  check(place: Place, seed: number): Promise<void>;
}
