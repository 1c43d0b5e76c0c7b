import type { Instant, ProjectId } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';

/** That something about a user changed; never what it changed to (sheet §7). */
export interface Notice {
  readonly project: ProjectId;
  readonly user: string;
  readonly field: 'traits' | 'login' | 'logout';
  /** ms */
  readonly time: Instant;
}

/** Events of the SPiD wire that say something about a user, by name. */
const told: ReadonlyMap<string, Notice['field']> = new Map([
  ['Login', 'login'],
  ['Autologin', 'login'],
  ['Logout', 'logout'],
]);

/** The notice that an entry of the log is worth; undefined for the many that say nothing new about a user. */
export function noticeOf({ entry, verdict }: Decided): Notice | undefined {
  const { anchor } = verdict;
  if (verdict.status !== 'applied' || anchor?.kind !== 'user') return undefined;
  const { command, project, time } = entry;
  const field =
    command.type === 'Describe'
      ? 'traits'
      : command.type === 'Track' && entry.wire === 'spid'
        ? told.get(command.name)
        : undefined;
  return field && { project, user: anchor.value, field, time };
}

/** The payload of a callback, members in the vendor's order. */
export const payloadOf = (notices: readonly Omit<Notice, 'project'>[]): object => ({
  object: 'user',
  algorithm: 'HMAC-SHA256',
  entry: notices.map(({ user, field, time }) => ({
    userId: /^[1-9]\d{0,14}$/.test(user) ? Number(user) : user,
    changedFields: field,
    time: new Date(time).toISOString().slice(0, 19).replace('T', ' '),
  })),
});
