import type { ProjectId, Status } from '@selfsame/identity';
import type { Counts } from './store.ts';

/** Counts the items of one group by project and wire (G5). */
export class Tally {
  readonly #cells = new Map<string, { -readonly [K in keyof Counts]: Counts[K] }>();

  add(project: ProjectId | null, wire: string, status: Status): void {
    const name = `${project ?? ''}\n${wire}`;
    let cell = this.#cells.get(name);
    if (cell === undefined)
      this.#cells.set(
        name,
        (cell = { project, wire, applied: 0, duplicate: 0, rejected: 0, quarantined: 0, suppressed: 0 }),
      );
    cell[status] += 1;
  }

  list(): readonly Counts[] {
    return [...this.#cells.values()];
  }
}

/** Two tallies of one project and wire, added. */
export function addCounts(a: Counts | undefined, b: Counts): Counts {
  if (a === undefined) return b;
  return {
    ...b,
    applied: a.applied + b.applied,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    quarantined: a.quarantined + b.quarantined,
    suppressed: a.suppressed + b.suppressed,
  };
}
