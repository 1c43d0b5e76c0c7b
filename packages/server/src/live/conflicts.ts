import { isDeepStrictEqual } from 'node:util';
import type { Command, Entry, ProjectId } from '@selfsame/identity';
import { type Outcome, type Store, StoreError, Turn } from '@selfsame/store';

/** Retries that may wait to be compared; in a flood of more the rest go by unseen. */
const MOST_WAITING = 10_000;

/** Items, since the server started, that were sent under the insert id of another and said something else (G4). */
export interface Conflicts {
  of(project: ProjectId): number;
  byWire(): Iterable<readonly [wire: string, items: number]>;
}

/**
 * Compares each item that had no effect, since its insert id was used [D1], with the one that had it: a retry says the
 * same, and what says something else is lost, by a mistake of its sender that an operator should hear of. It costs the
 * answer nothing.
 * @param watch of the ingest loop
 */
export function countConflicts(
  store: Pick<Store, 'at'>,
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
): Conflicts {
  const counts = new Map<ProjectId, Map<string, number>>();
  const waiting: { readonly entry: Entry; readonly first: number }[] = [];
  let isComparing = false;

  async function compare(): Promise<void> {
    const turn = new Turn();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { entry, first } = next;
      try {
        const decided = await store.at(first);
        if (decided !== undefined && !saysTheSame(entry, decided.entry)) count(entry);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
      if (turn.isOver) await turn.next();
    }
    isComparing = false;
  }

  function count({ project, wire }: Entry): void {
    const wires = counts.get(project) ?? new Map<string, number>();
    wires.set(wire, (wires.get(wire) ?? 0) + 1);
    counts.set(project, wires);
  }

  watch((outcomes) => {
    for (const one of outcomes) {
      if (one.type !== 'decided' || one.verdict.rule !== 'D1' || waiting.length >= MOST_WAITING) continue;
      const first = one.verdict.repeats;
      if (first !== undefined) waiting.push({ entry: one.entry, first });
    }
    if (waiting.length === 0 || isComparing) return;
    isComparing = true;
    void compare();
  });

  return {
    of: (project) => [...(counts.get(project)?.values() ?? [])].reduce((sum, one) => sum + one, 0),
    byWire: () => [...counts.values()].flatMap((wires) => [...wires]),
  };
}

/** Of one that somebody was forgotten in, nothing is left to compare with. */
const saysTheSame = (again: Entry, first: Entry): boolean =>
  first.scar !== undefined || isDeepStrictEqual(said(again.command), said(first.command));

/** A command without the number that a new profile would have got: each try is given another. */
function said(command: Command): object {
  const { mint: _, ...rest } = { mint: undefined, ...command };
  return 'resolve' in rest ? { ...rest, resolve: undefined } : rest;
}
