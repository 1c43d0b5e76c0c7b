import type { Instant, ProjectId } from '@selfsame/identity';
import type { LivePlace } from '@selfsame/store';
import { gone } from './gone.ts';

/** How many requests of a project the server turned away, by cause, since it started. */
export interface RefusalCounts {
  count(project: ProjectId, cause: string): void;
  of(project: ProjectId): Promise<Readonly<Record<string, number>>>;
}

export function createRefusalCounts(live: Pick<LivePlace, 'count' | 'counted'>, clock: () => Instant): RefusalCounts {
  return {
    count: (project, cause) => gone(live.count([{ project, name: ['turned away', cause], items: 1, last: clock() }])),
    of: async (project) =>
      Object.fromEntries((await live.counted('turned away', project)).map(({ name, items }) => [name[1], items])),
  };
}
