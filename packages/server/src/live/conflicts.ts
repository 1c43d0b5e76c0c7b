import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Command, Entry, ProjectId } from '@selfsame/identity';
import { isLarge, type Outcome, type Store, StoreError, Turn } from '@selfsame/store';
import { gone } from './gone.ts';

/** Retries that may wait to be compared, and large ones among them; in a flood of more the rest go by unseen (G12). */
const MOST_WAITING = 10_000;
const MOST_LARGE = 20;
/** So many times as long as it compared others have the processor: what retries say of a large item is dear to read. */
const OTHERS = 9;

/** Items, since the server started, that were sent under the insert id of another and said something else (G4). */
export interface Conflicts {
  of(project: ProjectId): Promise<number>;
  byWire(): Promise<Iterable<readonly [wire: string, items: number]>>;
}

/**
 * Compares each item that had no effect, since its insert id was used [D1], with the one that had it: a retry says the
 * same, and what says something else is lost, by a mistake of its sender that an operator should hear of. It costs the
 * answer nothing.
 * @param watch of the ingest loop
 */
export function countConflicts(
  store: Pick<Store, 'at' | 'live'>,
  watch: (listener: (outcomes: readonly Outcome[]) => void) => () => void,
): Conflicts {
  const { live } = store;
  const waiting: { readonly entry: Entry; readonly first: number; readonly weighs: 0 | 1 }[] = [];
  let large = 0;
  let isComparing = false;

  async function compare(): Promise<void> {
    const turn = new Turn();
    let since = performance.now();
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { entry, first, weighs } = next;
      try {
        const decided = await store.at(entry.project, first);
        if (decided !== undefined && !saysTheSame(entry, decided.entry)) count(entry);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
      }
      large -= weighs;
      if (!turn.isOver) continue;
      await setTimeout(OTHERS * (performance.now() - since), undefined, { ref: false });
      await turn.next();
      since = performance.now();
    }
    isComparing = false;
  }

  const count = ({ project, wire, at }: Entry): void =>
    gone(live.count([{ project, name: ['conflict', wire], items: 1, last: at }]));

  watch((outcomes) => {
    for (const one of outcomes) {
      if (one.type !== 'decided' || one.verdict.rule !== 'D1' || waiting.length >= MOST_WAITING) continue;
      const first = one.verdict.repeats;
      if (first === undefined) continue;
      const weighs = isLarge(one.entry.command) ? 1 : 0;
      if (large + weighs > MOST_LARGE) continue;
      large += weighs;
      waiting.push({ entry: one.entry, first, weighs });
    }
    if (waiting.length === 0 || isComparing) return;
    isComparing = true;
    void compare();
  });

  return {
    of: async (project) => (await live.counted('conflict', project)).reduce((sum, { items }) => sum + items, 0),
    byWire: async () => (await live.counted('conflict')).map(({ name, items }) => [name[1] ?? '', items] as const),
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
