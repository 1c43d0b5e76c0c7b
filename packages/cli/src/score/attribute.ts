import { type Entry, entryOf, fold, keyOf, ownerAt, type Policy, type Statement } from '@selfsame/identity';
import { type Given, isLogin, nameOf } from '@selfsame/server/quality';
import { derive } from '../verify/digest.ts';

/** A statement with the moment it came, ms; its place in the list is its place in the log. */
export interface Arrived {
  readonly statement: Statement;
  readonly at: number;
}

/** Folds what was said under a policy and answers whom each event belongs to, in order; undefined for what is no event. */
export function attribute(told: readonly Arrived[], policy: Policy): readonly (Given | undefined)[] {
  const entries = told.map(
    ({ statement, at }, i): Entry => entryOf(statement, policy, { position: i + 1, at, repeats: undefined }),
  );
  const { graph, verdicts } = fold(entries, { policy, derive });
  return entries.map(({ command, time }, i) => {
    if (command.type !== 'Track') return undefined;
    const anchor = verdicts[i]?.anchor;
    const owner = anchor === undefined ? undefined : ownerAt(graph, policy, keyOf(anchor), time);
    if (owner === undefined) return { person: undefined, login: undefined };
    return { person: owner.key, login: isLogin(policy, owner.id) ? nameOf(owner.id) : undefined };
  });
}
