import type { Store } from '@selfsame/store';

/** After a failed commit we ask for no work for so long, ms; then the next one shows whether the storage is back (G28). */
const BACK_OFF = 5_000;

/** What the commits of a store were like lately, for metrics and readiness. */
export interface CommitWatch {
  readonly store: Store;
  /** Did a commit fail just now, and none succeed since? */
  failing(): boolean;
}

/** A store that tells `observe` how long each commit took, s, and remembers failures. */
export function watchCommits(store: Store, observe: (seconds: number) => void): CommitWatch {
  let failedAt = Number.NEGATIVE_INFINITY;
  return {
    store: {
      ...store,
      async commit(change) {
        const start = performance.now();
        try {
          const result = await store.commit(change);
          failedAt = Number.NEGATIVE_INFINITY;
          return result;
        } catch (error) {
          failedAt = performance.now();
          throw error;
        } finally {
          observe((performance.now() - start) / 1000);
        }
      },
    },
    failing: () => performance.now() - failedAt < BACK_OFF,
  };
}
