import { decodePercent } from '../percent.ts';

/** What a path asks for; both families of paths, the vendor's own hosts and the CNAME form, in one table. */
export type Route =
  | {
      readonly type:
        | 'config'
        | 'bundle'
        | 'events'
        | 'old-events'
        | 'app-events'
        | 'app-config'
        | 'forwarding'
        | 'audience'
        | 'alias';
      readonly key: string;
    }
  | { readonly type: 'identify' | 'login' | 'logout' | 'search' }
  | { readonly type: 'modify'; readonly mpid: string }
  | { readonly type: 'server-events'; readonly form: 'single' | 'bulk' | 'historical' };

type Maker = (groups: Readonly<Record<string, string>>) => Route;

const key = '(?<key>[^/]+)';
/** What stands before the calls of apps: nothing on the vendor's hosts, the newer word under one host for all (`customBaseURL`). */
const apps = '(/nativesdk|/nativeevents)?';
/** Behind nothing: a version is no key. */
const bareKey = '(?<key>(?!v\\d+/)[^/]+)';
const keyed =
  (type: Extract<Route, { key: string }>['type']): Maker =>
  (groups) => ({ type, key: decodePercent(groups['key'] as string) });

const table: readonly (readonly [method: string, path: RegExp, make: Maker])[] = [
  ['GET', path(`(/tags)?/js/v2/${key}/config`), keyed('config')],
  ['GET', path(`(/tags)?/js/v2/${key}/mparticle\\.js`), keyed('bundle')],
  [
    'POST',
    path('(/identity)?(/v1)?/(?<call>identify|login|logout|search)'),
    (g) => ({ type: g['call']?.toLowerCase() as 'identify' }),
  ],
  ['POST', path('(/identity)?/v1/(?<mpid>[^/]+)/modify'), (g) => ({ type: 'modify', mpid: g['mpid'] as string })],
  ['POST', path(`(/webevents|/nativeevents)?/v1/identity/${key}/alias`), keyed('alias')],
  ['POST', path(`(/webevents)?/v3/js/${key}/events`), keyed('events')],
  ['POST', path(`(/webevents)?/v[12]/js/${key}/events`), keyed('old-events')],
  ['POST', path(`(/webevents)?/v[12]/js/${key}/forwarding`), keyed('forwarding')],
  ['GET', path(`${apps}/v[12]/${key}/audience`), keyed('audience')],
  ['POST', path(`${apps}/v[12]/${key}/events`), keyed('app-events')],
  ['GET', path(`(/config)?/v[34]/${key}/config`), keyed('app-config')],
  // Apps whose settings leave out what stands before the key (`overridesConfigSubdirectory` and its kin).
  ['POST', path('/(?<mpid>-?\\d+)/modify'), (g) => ({ type: 'modify', mpid: g['mpid'] as string })],
  ['GET', path(`/${bareKey}/config`), keyed('app-config')],
  ['POST', path(`/${bareKey}/events`), keyed('app-events')],
  ['POST', path(`/${bareKey}/alias`), keyed('alias')],
  ['POST', path('/v2/events'), () => ({ type: 'server-events', form: 'single' })],
  ['POST', path('/v2/bulkevents'), () => ({ type: 'server-events', form: 'bulk' })],
  ['POST', path('/v2/bulkevents/historical'), () => ({ type: 'server-events', form: 'historical' })],
];

/** The route of a request, or why there is none: another method would do, or nothing would. */
export function routeOf(method: string, requested: string): Route | 'wrong-method' | 'not-found' {
  const trimmed = requested.replace(/^\/{2,}/, '/').replace(/(.)\/$/, '$1');
  let found = false;
  for (const [wanted, pattern, make] of table) {
    const match = pattern.exec(trimmed);
    if (match === null) continue;
    if (wanted === method) return make({ ...match.groups });
    found = true;
  }
  return found ? 'wrong-method' : 'not-found';
}

/** The SDK's own spelling of `JS` differs between calls, so case does not count. */
function path(pattern: string): RegExp {
  return new RegExp(`^${pattern}$`, 'i');
}
