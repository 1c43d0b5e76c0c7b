import type { Instant } from '@selfsame/identity';
import { iso, type Message } from '@selfsame/outputs';

/** That something about a user changed; never what it changed to. */
export interface Notice {
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

/** The notices that a message is worth; none for the many that say nothing new about a user. */
export function noticesOf(message: Message): readonly Notice[] {
  if (message.kind === 'person') {
    const { set, unset } = message.traits;
    if (Object.keys(set).length + unset.length === 0) return [];
    const users = message.person.identifiers.filter(({ kind }) => kind === 'user');
    return users.map(({ value }) => ({ user: value, field: 'traits', time: message.at }));
  }
  if (message.kind !== 'event' || message.event.wire !== 'spid') return [];
  const { anchor, name, time } = message.event;
  const field = told.get(name);
  return field === undefined || anchor?.kind !== 'user' ? [] : [{ user: anchor.value, field, time }];
}

/** Several of one kind about one user are one, of the latest time, where the first of them stood. */
export function coalesced(notices: readonly Notice[]): readonly Notice[] {
  const found = new Map<string, Notice>();
  for (const one of notices) {
    const key = `${one.field} ${one.user}`;
    const before = found.get(key);
    found.set(key, before === undefined || one.time > before.time ? one : before);
  }
  return [...found.values()];
}

/** The payload of a callback, members in the vendor's order. */
export const payloadOf = (notices: readonly Notice[]): object => ({
  object: 'user',
  algorithm: 'HMAC-SHA256',
  entry: notices.map(({ user, field, time }) => ({
    userId: /^[1-9]\d{0,14}$/.test(user) ? Number(user) : user,
    changedFields: field,
    time: iso(time).slice(0, 19).replace('T', ' '),
  })),
});
