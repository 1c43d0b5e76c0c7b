import type { Policy } from '../policy/policy.ts';
import type { Entry, Undo } from '../words/command.ts';
import { rejected, type Verdict } from '../words/verdict.ts';

/** So many entries, or identifiers of entries, one command takes back or puts back. */
export const MOST_UNDONE = 10_000;

/**
 * [U1] Who may, and what. The command itself changes nothing: the fold reads the log without what it names ([U2]), and
 * whoever keeps a graph folds again what that touches.
 */
export function decideUndo(policy: Policy, entry: Entry, { told }: Undo): Verdict {
  if (entry.trust < policy.undoTrust) return rejected('U1', 'only an operator takes back what was told');
  if (entry.repeats !== undefined) return { status: 'duplicate', rule: 'D1', repeats: entry.repeats, notes: [] };
  if (told.length === 0 || told.length > MOST_UNDONE)
    return rejected('U1', `a command takes back between 1 and ${MOST_UNDONE} entries`);
  if (told.some((one) => one.entry >= entry.position)) return rejected('U1', 'that was not told yet');
  return { status: 'applied', rule: 'U2', notes: [] };
}
