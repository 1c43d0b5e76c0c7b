import type { Identifier } from '../words/ids.ts';
import { type Pattern, patternOf } from '../words/pattern.ts';
import type { BlockedValues } from './policy.ts';

interface Blocked {
  readonly kind: string | undefined;
  readonly pattern: Pattern;
}

const made = new WeakMap<readonly BlockedValues[], readonly Blocked[]>();

/** [V5] Is this value nobody by the project's block list? */
export function isBlocked(list: readonly BlockedValues[], { kind, value }: Identifier): boolean {
  if (list.length === 0) return false;
  let blocked = made.get(list);
  if (blocked === undefined) {
    blocked = list.map((one) => ({ kind: one.kind, pattern: patternOf(one.pattern) }));
    made.set(list, blocked);
  }
  return blocked.some((one) => (one.kind === undefined || one.kind === kind) && one.pattern.test(value));
}
