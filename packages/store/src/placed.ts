import { type Entry, type Position, type Shift, shifted, type Verdict } from '@selfsame/identity';
import type { GroupDecision } from './decide-group.ts';
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

/** What was decided of a group, at the places it took: `first` is that of its first entry. */
export function placed(
  { verdicts, outcomes, change }: GroupDecision,
  first: Position,
): Pick<GroupDecision, 'verdicts' | 'outcomes'> & Pick<Change, 'decided'> {
  const { loaded, decided } = change;
  if (first === loaded.next) return { verdicts, outcomes, decided };
  const places = { from: loaded.next, by: first - loaded.next };
  return {
    verdicts: verdicts.map((mine) => mine.map((one) => verdictMovedOn(one, places))),
    outcomes: outcomes.map((one) => outcomeMovedOn(one, places)),
    decided: decided.map((one) => decidedMovedOn(one, places)),
  };
}
