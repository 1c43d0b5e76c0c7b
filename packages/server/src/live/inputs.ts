import type { ProjectId } from '@selfsame/identity';
import { type LivePlace, type Outcome, Sums } from '@selfsame/store';
import { gone } from './gone.ts';

/** What came by an input since the server started. */
export interface InputCount {
  readonly wire: string;
  readonly key: 'public' | 'server';
  readonly received: number;
}

/**
 * Counts the items of each project by the input they came by. Answers those of a project.
 * @param watch of the ingest loop
 */
export function countInputs(
  live: Pick<LivePlace, 'count' | 'counted'>,
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
): (project: ProjectId) => Promise<readonly InputCount[]> {
  watch((outcomes) => {
    const sums = new Sums();
    for (const one of outcomes) {
      if (one.type !== 'decided') continue;
      const { project, wire, trust, at } = one.entry;
      sums.add({ project, name: ['input', wire, trust >= 2 ? 'server' : 'public'], items: 1, last: at });
    }
    gone(live.count(sums.all()));
  });
  return async (project) =>
    (await live.counted('input', project)).map(({ name: [, wire = '', key], items }) => ({
      wire,
      key: key === 'server' ? 'server' : 'public',
      received: items,
    }));
}
