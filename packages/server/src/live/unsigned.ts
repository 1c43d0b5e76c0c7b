import type { ProjectId } from '@selfsame/identity';
import type { Outcome } from '@selfsame/store';

/** What `enforce` would not have believed, of one wire on one day. */
export interface Unsigned {
  /** `2026-03-02`, UTC. */
  readonly day: string;
  readonly wire: string;
  readonly items: number;
  /** When the last of them came, ms. */
  readonly last: number;
}

/** Days that are kept of a project, the latest. */
const MOST_DAYS = 60;

/**
 * Counts by wire and day, since the server started, the items of each project that identity mode `enforce` would not
 * believe ([E1]): a public key named a known person without a signature. Answers the counts of a project, latest first.
 * @param watch of the ingest loop
 */
export function countUnsigned(
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
): (project: ProjectId) => readonly Unsigned[] {
  const counts = new Map<ProjectId, Map<string, Unsigned>>();
  watch((outcomes) => {
    for (const one of outcomes) {
      if (one.type !== 'decided' || !one.verdict.notes.some(({ rule }) => rule === 'E1')) continue;
      const { project, wire, at } = one.entry;
      const mine = counts.get(project) ?? new Map<string, Unsigned>();
      const day = new Date(at).toISOString().slice(0, 10);
      const key = `${day} ${wire}`;
      mine.set(key, { day, wire, items: (mine.get(key)?.items ?? 0) + 1, last: at });
      counts.set(project, mine);
      dropOldest(mine);
    }
  });
  return (project) =>
    [...(counts.get(project)?.values() ?? [])].sort((a, b) =>
      a.day === b.day ? b.items - a.items : a.day < b.day ? 1 : -1,
    );
}

function dropOldest(mine: Map<string, Unsigned>): void {
  const days = new Set([...mine.values()].map(({ day }) => day));
  if (days.size <= MOST_DAYS) return;
  const oldest = [...days].sort()[0];
  for (const [key, { day }] of mine) if (day === oldest) mine.delete(key);
}
