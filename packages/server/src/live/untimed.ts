import type { ProjectId } from '@selfsame/identity';
import { type LivePlace, type Outcome, Sums } from '@selfsame/store';
import { gone } from './gone.ts';

/**
 * Counts the items of each project, since the server started, that are kept as of their arrival though they said another
 * time ([T1], [T3]). Answers how many of a project.
 * @param watch of the ingest loop
 */
export function countUntimed(
  live: Pick<LivePlace, 'count' | 'counted'>,
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
): (project: ProjectId) => Promise<number> {
  watch((outcomes) => {
    const sums = new Sums();
    for (const one of outcomes) {
      if (one.type !== 'decided' || one.entry.untimed === undefined || one.verdict.status !== 'applied') continue;
      const { project, at } = one.entry;
      sums.add({ project, name: ['untimed'], items: 1, last: at });
    }
    gone(live.count(sums.all()));
  });
  return async (project) => (await live.counted('untimed', project))[0]?.items ?? 0;
}
