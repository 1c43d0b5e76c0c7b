import { type Loaded, StoreError } from './store.ts';

/** What is made of something loaded, once all that it asks is there: made again as long as something was missing. */
export async function whole<T>(first: Loaded, make: (loaded: Loaded) => Promise<T>): Promise<T> {
  for (let loaded = first; ; ) {
    const made = await make(loaded).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    // The rules may well fail on a graph with holes.
    const more = 'error' in made && made.error instanceof StoreError ? undefined : loaded.missed?.();
    if (more !== undefined) {
      loaded = await more;
      continue;
    }
    if ('error' in made) throw made.error;
    return made.value;
  }
}
