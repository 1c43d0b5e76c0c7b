import type { Plugin } from './api.ts';

/** A visit: from its first event to its last, with no pause longer than the limit. */
export interface Session {
  readonly id: string;
  /** ms since 1970 */
  readonly started: number;
  readonly last: number;
}

/** The visit that goes on at `now`, or a new one after `pause` ms of silence or `longest` ms. */
export const sessionAt = (
  session: Session | undefined,
  now: number,
  id: () => string,
  pause: number,
  longest = 86_400_000,
): Session =>
  session && Math.abs(now - session.last) < pause && now - session.started < longest
    ? { ...session, last: Math.max(session.last, now) }
    : { id: id(), started: now, last: now };

/** Writes `session_id` on every event; `minutes` of silence end a session, default 30. All tabs share it. */
export const sessions =
  ({ minutes = 30 }: { readonly minutes?: number } = {}): Plugin =>
  (_client, { onItem, page, store }) => {
    onItem((item) => {
      if (item.type !== 'track' && item.type !== 'page') return item;
      const kept = JSON.parse(store.get('session') ?? 'null') as Session | undefined;
      const session = sessionAt(kept, page.now(), page.uuid, minutes * 60_000);
      store.set('session', JSON.stringify(session));
      return { ...item, properties: { session_id: session.id, ...item.properties } };
    });
  };
