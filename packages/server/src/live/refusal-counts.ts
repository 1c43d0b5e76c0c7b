import type { ProjectId } from '@selfsame/identity';

/** How many requests of a project the server turned away, by cause, since it started. */
export interface RefusalCounts {
  count(project: ProjectId, cause: string): void;
  of(project: ProjectId): Readonly<Record<string, number>>;
}

export function createRefusalCounts(): RefusalCounts {
  const counts = new Map<ProjectId, Map<string, number>>();
  return {
    count(project, cause) {
      let mine = counts.get(project);
      if (mine === undefined) counts.set(project, (mine = new Map()));
      mine.set(cause, (mine.get(cause) ?? 0) + 1);
    },
    of: (project) => Object.fromEntries(counts.get(project) ?? []),
  };
}
