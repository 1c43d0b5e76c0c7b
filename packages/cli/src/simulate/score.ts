/** How well a grouping of events agrees with the humans behind them, over all pairs of events. */
export interface Score {
  /** Of the pairs we say are one person, the share that is. */
  readonly precision: number;
  /** Of the pairs that are one human, the share we say so. */
  readonly recall: number;
}

/**
 * Compares a grouping with the truth. Each entry is one event: the human who did it, and the person we gave it to
 * (undefined: nobody, an event on its own). Counts pairs without making them, so a million events are no matter.
 */
export function scorePairs(events: Iterable<{ readonly human: number; readonly person: string | undefined }>): Score {
  const humans = new Map<number, number>();
  const people = new Map<string, number>();
  const both = new Map<string, number>();
  for (const { human, person } of events) {
    count(humans, human);
    if (person === undefined) continue;
    count(people, person);
    count(both, `${human} ${person}`);
  }
  const right = pairs(both);
  const ours = pairs(people);
  const real = pairs(humans);
  return { precision: ours === 0 ? 1 : right / ours, recall: real === 0 ? 1 : right / real };
}

function count<K>(cells: Map<K, number>, key: K): void {
  cells.set(key, (cells.get(key) ?? 0) + 1);
}

const pairs = (cells: ReadonlyMap<unknown, number>): number =>
  [...cells.values()].reduce((sum, n) => sum + (n * (n - 1)) / 2, 0);
