import type { Statement } from '@selfsame/identity';
import type { RepeatKey } from './store.ts';

/**
 * What makes this item the same as another, or undefined if nothing can ([D1]).
 * Scoped by project and wire; and by whether a secret stood behind it, so that a guess with the public key never
 * suppresses the real event (S16).
 */
export function repeatKey(statement: Statement): RepeatKey | undefined {
  const said = statement.repeat?.key ?? statement.insertId;
  return said === undefined
    ? undefined
    : `${statement.project}\n${statement.wire}\n${statement.trust > 0 ? 's' : 'p'}\n${said}`;
}
