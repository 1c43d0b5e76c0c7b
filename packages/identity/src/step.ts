import { decideConsent } from './deciding/consent.ts';
import { decideItem } from './deciding/item.ts';
import { decideJoin } from './deciding/join.ts';
import { decideMerge } from './deciding/merge.ts';
import { decideAlias } from './directory/alias.ts';
import { decideModify } from './directory/modify.ts';
import { decideResolve } from './directory/resolve.ts';
import type { Draft } from './evidence/graph.ts';
import type { Rules } from './policy/rules.ts';
import { decideUndo } from './undo/decide-undo.ts';
import type { Entry } from './words/command.ts';
import { directoryFor } from './words/entry.ts';
import { withTimeNote } from './words/time.ts';
import type { Verdict } from './words/verdict.ts';

/**
 * One entry, decided and applied: the whole log folds through this, live, replayed or rebuilt.
 * Reads and writes `draft` and nothing else; the same entries give the same graph (G7).
 */
export function step(draft: Draft, given: Rules, entry: Entry): Verdict {
  return withTimeNote(decide(draft, given, entry), entry);
}

function decide(draft: Draft, given: Rules, entry: Entry): Verdict {
  const { command } = entry;
  const rules = entry.directory === undefined ? given : { ...given, policy: directoryFor(given.policy, entry) };
  switch (command.type) {
    case 'Track':
    case 'Identify':
    case 'Logout':
    case 'Describe':
      return decideItem(draft, rules, entry, command.ids, command);
    case 'Consent':
      return decideConsent(draft, rules, entry, command);
    case 'Merge':
      return decideMerge(draft, rules, entry, command);
    case 'Join':
      return decideJoin(draft, rules, entry, command);
    case 'Resolve':
      return decideResolve(draft, rules, entry, command);
    case 'Modify':
      return decideModify(draft, rules, entry, command);
    case 'Alias':
      return decideAlias(draft, rules, entry, command);
    case 'Retract':
    case 'Restore':
      return decideUndo(draft, rules.policy, entry, command);
    default:
      return unreachable(command);
  }
}

function unreachable(value: never): never {
  throw new Error(`a command the rules do not know: ${JSON.stringify(value)}`);
}
