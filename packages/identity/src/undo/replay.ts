import type { Draft } from '../evidence/graph.ts';
import type { Rules } from '../policy/rules.ts';
import { step } from '../step.ts';
import type { Entry } from '../words/command.ts';
import type { Said } from './component.ts';
import type { Undone } from './undone.ts';

/**
 * Folds one entry of the log again: as it is read without what is retracted now ([U2]), and not at all if the rules
 * failed on it when it came ([Q1]). Every fold of a log is made of this. Gives the entry as it was read, undefined when
 * nothing was.
 */
export function replay(draft: Draft, rules: Rules, { entry, verdict }: Said, undone: Undone): Entry | undefined {
  if (verdict.rule === 'Q1') return undefined;
  const read = undone.read(entry, verdict);
  if (read !== undefined) step(draft, rules, read);
  return read;
}
