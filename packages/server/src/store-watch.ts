import type { StoreAtHand } from '@selfsame/store';

/** After a failure we ask for no work for so long, ms; then the next request shows whether the storage is back (G28). */
const BACK_OFF = 5_000;

/** What the storage was like lately, for metrics and readiness. */
export interface StoreWatch {
  readonly store: StoreAtHand;
  /** Did intake fail on the storage just now, and not succeed since? */
  failing(): boolean;
}

/** A store that tells `observe` how long each commit took, s, and remembers when intake failed on it. */
export function watchStore(store: StoreAtHand, observe: (seconds: number) => void): StoreWatch {
  let failedAt = Number.NEGATIVE_INFINITY;
  async function remember<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      failedAt = performance.now();
      throw error;
    }
  }
  return {
    store: {
      ...store,
      load: (reach) => remember(store.load(reach)),
      commit(loaded, changes, onTaken) {
        const start = performance.now();
        const answers = store.commit(loaded, changes, onTaken);
        remember(Promise.all(answers)).then(
          () => {
            observe((performance.now() - start) / 1000);
            failedAt = Number.NEGATIVE_INFINITY;
          },
          () => {},
        );
        return answers;
      },
    },
    failing: () => performance.now() - failedAt < BACK_OFF,
  };
}
