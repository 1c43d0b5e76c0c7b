import type { Entry, Statement } from '@selfsame/identity';
import type { RepeatKey } from './store.ts';

/**
 * What makes this item the same as another, or undefined if nothing can ([D1]).
 * Scoped by project and wire; and by whether a secret stood behind it, so that a guess with the public key never
 * suppresses the real event (S16).
 */
export const repeatKey = (statement: Statement): RepeatKey | undefined => keyAs(statement, statement.trust > 0);

/** The key of its copy by the other kind of sender: a backend's of what a page sent, a page's of what a backend sent ([D3]). */
export const otherCopyKey = (statement: Statement): RepeatKey | undefined => keyAs(statement, statement.trust === 0);

function keyAs(statement: Statement | Entry, isSecret: boolean): RepeatKey | undefined {
  // [F3] What was erased has no name any more.
  if ('scar' in statement && statement.scar === 'whole') return undefined;
  const scope = `${statement.project}\n${statement.wire}`;
  const said = statement.repeat?.key ?? statement.insertId;
  if (said !== undefined) return `${scope}\n${isSecret ? 's' : 'p'}\n${said}`;
  // [Q2] What had no name of its own is told again once.
  return statement.replays === undefined ? undefined : `${scope}\nq\n${statement.replays}`;
}
