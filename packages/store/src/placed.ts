import { type Entry, type Position, type Shift, shifted, type Verdict } from '@selfsame/identity';
import type { Decision } from './decide-group.ts';
import type { Outcome } from './live.ts';
import type { Change, Decided } from './store.ts';

/** An entry at the place it took, where others came before it that were not there when it was decided. */
function entryMovedOn(entry: Entry, places: Shift): Entry {
  const moved = { ...entry, position: shifted(entry.position, places) };
  for (const name of ['repeats', 'outranks', 'outrankedBy'] as const) {
    const at = entry[name];
    if (at !== undefined) moved[name] = shifted(at, places);
  }
  return moved;
}

const verdictMovedOn = (verdict: Verdict, places: Shift): Verdict =>
  verdict.repeats === undefined ? verdict : { ...verdict, repeats: shifted(verdict.repeats, places) };

export const decidedMovedOn = ({ entry, verdict }: Decided, places: Shift): Decided => ({
  entry: entryMovedOn(entry, places),
  verdict: verdictMovedOn(verdict, places),
});

export const outcomeMovedOn = (outcome: Outcome, places: Shift): Outcome =>
  outcome.type === 'refused' ? outcome : { ...outcome, ...decidedMovedOn(outcome, places) };

/** What was decided of a project's requests, at the places it took: `first` is that of its first entry. */
export function placed({ verdicts, outcomes, change }: Decision, first: Position): Omit<Decision, 'change'> & Placed {
  const { decided } = change;
  if (first === change.first) return { verdicts, outcomes, decided };
  const places = { from: change.first, by: first - change.first };
  return {
    verdicts: verdicts.map((mine) => mine.map((one) => verdictMovedOn(one, places))),
    outcomes: outcomes.map((one) => outcomeMovedOn(one, places)),
    decided: decided.map((one) => decidedMovedOn(one, places)),
  };
}

type Placed = Pick<Change, 'decided'>;
