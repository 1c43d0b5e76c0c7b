import type { Columns, Store } from '@selfsame/store';
import * as embedded from '@selfsame/store-embedded';

type Open = (options: { directory: string; feed: Store['feed'] }) => Promise<Columns>;

/** The columns of a data directory. Until they are part of the embedded store, questions fail and nothing else does. */
export async function openColumnsIn(directory: string, feed: Store['feed']): Promise<Columns> {
  const { openColumns } = embedded as { openColumns?: Open };
  if (openColumns !== undefined) return openColumns({ directory, feed });
  return new Proxy({} as Columns, {
    get: (_target, name) =>
      name === 'then'
        ? undefined
        : async () => (name === 'close' ? undefined : Promise.reject(new Error('no columns'))),
  });
}
