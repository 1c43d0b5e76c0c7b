import { decideConsent } from './deciding/consent.ts';
import { decideItem } from './deciding/item.ts';
import { decideJoin } from './deciding/join.ts';
import { decideMerge } from './deciding/merge.ts';
import { put } from './deciding/plan.ts';
import { decideAlias } from './directory/alias.ts';
import { decideModify } from './directory/modify.ts';
import { decideResolve } from './directory/resolve.ts';
import type { Draft, Graph } from './evidence/graph.ts';
import type { Rules } from './policy/rules.ts';
import { decideUndo } from './undo/decide-undo.ts';
import type { Command, Entry } from './words/command.ts';
import { directoryFor } from './words/entry.ts';
import type { Decision } from './words/fact.ts';
import { withTimeNote } from './words/time.ts';
import type { Verdict } from './words/verdict.ts';

/**
 * One entry, decided and applied: the whole log folds through this, live, replayed or rebuilt.
 * Reads and writes `draft` and nothing else; the same entries give the same graph (G7).
 */
export function step(draft: Draft, rules: Rules, entry: Entry): Verdict {
  const { verdict, facts } = decide(draft, rules, entry);
  if (facts.length > 0) put(draft, rules.policy, entry, facts);
  return verdict;
}

/** What the rules make of an entry. Reads `graph` and writes nothing; what becomes known is in the facts. */
export function decide(graph: Graph, given: Rules, entry: Entry): Decision {
  const rules = entry.directory === undefined ? given : { ...given, policy: directoryFor(given.policy, entry) };
  const decision = decideCommand(graph, rules, entry, entry.command);
  if (entry.untimed === undefined) return decision;
  return { ...decision, verdict: withTimeNote(decision.verdict, entry) } as Decision;
}

function decideCommand(graph: Graph, rules: Rules, entry: Entry, command: Command): Decision {
  switch (command.type) {
    case 'Track':
    case 'Identify':
    case 'Logout':
    case 'Describe':
      return decideItem(graph, rules, entry, command.ids, command);
    case 'Consent':
      return decideConsent(graph, rules, entry, command);
    case 'Merge':
      return decideMerge(graph, rules, entry, command);
    case 'Join':
      return decideJoin(graph, rules, entry, command);
    case 'Resolve':
      return decideResolve(graph, rules, entry, command);
    case 'Modify':
      return decideModify(graph, rules, entry, command);
    case 'Alias':
      return decideAlias(graph, rules, entry, command);
    case 'Retract':
    case 'Restore':
      return decideUndo(graph, rules.policy, entry, command);
    default:
      return unreachable(command);
  }
}

function unreachable(value: never): never {
  throw new Error(`a command the rules do not know: ${JSON.stringify(value)}`);
}
