import { admit } from '../deciding/admit.ts';
import type { Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Entry, Undo } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Judged, rejected } from '../words/verdict.ts';

/** So many entries, or identifiers of entries, one command takes back or puts back. */
export const MOST_UNDONE = 10_000;

/**
 * [U1] Who may, and what. The command itself changes nothing: the fold reads the log without what it names ([U2]), and
 * whoever keeps a graph folds again what that touches.
 */
export function decideUndo(graph: Graph, policy: Policy, entry: Entry, command: Undo): Decision {
  const unfit = () => whyUnfit(policy, entry, command);
  const admitted = admit(graph, policy, entry, { ids: [], unfit, whoseNo: 'nobody', belief: 'all' });
  if ('verdict' in admitted) return unchanged(admitted.verdict);
  return { verdict: { status: 'applied', rule: 'U2', notes: [] }, facts: [] };
}

function whyUnfit(policy: Policy, entry: Entry, { told, of = 0 }: Undo): Judged<'rejected'> | undefined {
  if (entry.trust < policy.undoTrust) return rejected('U1', 'only an operator takes back what was told');
  if (told.length === 0 || told.length > MOST_UNDONE)
    return rejected('U1', `a command takes back between 1 and ${MOST_UNDONE} entries`);
  if (of >= entry.position || told.some((one) => one.entry >= entry.position))
    return rejected('U1', 'that was not told yet');
  return undefined;
}
