import type { ProjectId } from '@selfsame/identity';
import type { Outcome } from '@selfsame/store';

/**
 * Counts the items of each project, since the server started, that are kept as of their arrival though they said another
 * time ([T1], [T3]). Answers how many of a project.
 * @param watch of the ingest loop
 */
export function countUntimed(
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
): (project: ProjectId) => number {
  const counts = new Map<ProjectId, number>();
  watch((outcomes) => {
    for (const one of outcomes) {
      if (one.type !== 'decided' || one.entry.untimed === undefined || one.verdict.status !== 'applied') continue;
      const { project } = one.entry;
      counts.set(project, (counts.get(project) ?? 0) + 1);
    }
  });
  return (project) => counts.get(project) ?? 0;
}
