/** What the SDKs ask for; everything else is not found. */
export type Route =
  | 'track'
  | 'engage'
  | 'groups'
  | 'import'
  | 'flags'
  | 'flag-definitions'
  | 'first-time-events'
  | 'settings'
  | 'decide'
  | 'record';

const routes: ReadonlyMap<string, Route> = new Map(
  (['track', 'engage', 'groups', 'import', 'flags', 'settings', 'decide', 'record'] as const).map((name) => [
    name,
    name,
  ]),
);

/**
 * The route of a path. Slashes at either end and doubled ones do not matter, and anything may stand before it: an
 * `api_host` may end in `/` or hold a path, and a redirect would lose the browser's events.
 */
export function routeOf(path: string): Route | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  if (parts.at(-2) === 'flags' && last === 'definitions') return 'flag-definitions';
  if (parts.at(-3) === 'flags' && last === 'first-time-events') return 'first-time-events';
  return routes.get(last);
}
