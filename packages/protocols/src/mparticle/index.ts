import type { Host, Protocol, Reading, WireRequest } from '../protocol.ts';
import { readAlias } from './alias.ts';
import { answer, cors, empty, identityError, json, preflight } from './answers.ts';
import { bundleReply, configReply } from './config.ts';
import { readServerEvents, readWebEvents } from './events.ts';
import { readIdentity, readModify } from './identity.ts';
import { type Route, routeOf } from './routes.ts';

export { kindOf } from './kinds.ts';

/** mParticle's web SDK, identity API and events API. See README.md. */
export const mparticle: Protocol = {
  name: 'mparticle',
  headers: () => cors,
  limit: () => 256 * 1024,
  refuse(request, status, message) {
    // D13: a web batch that cannot be taken must not come again for ever.
    if (status === 400 && /\/v3\/js\/[^/]+\/events$/i.test(request.path)) return empty(202);
    return status === 401 || status === 403 ? empty(status) : identityError(status, 'BAD_REQUEST', message, '');
  },
  read(request, host) {
    if (request.method === 'OPTIONS') return answer(preflight);
    const route = routeOf(request.method, request.path);
    if (route === 'not-found')
      return answer(identityError(404, 'NOT_FOUND_ERROR', 'there is nothing at this path', ''));
    if (route === 'wrong-method')
      return answer(identityError(405, 'BAD_REQUEST', 'this path takes another method', ''));
    return readRoute(route, request, host);
  },
};

function readRoute(route: Route, request: WireRequest, host: Host): Reading {
  switch (route.type) {
    case 'identify':
    case 'login':
    case 'logout':
    case 'search':
      return readIdentity(route.type, request, host);
    case 'modify':
      return readModify(route.mpid, request, host);
    case 'alias':
      return readAlias(route.key, request, host);
    case 'events':
      return readWebEvents(route.key, request, host);
    case 'server-events':
      return readServerEvents(route.form, request, host);
    case 'config':
    case 'bundle': {
      const access = host.publicKey('mparticle', route.key);
      if (access === undefined) return answer(empty(404));
      if (route.type === 'config') return answer(configReply(access, request));
      const sdk = host.script('mparticle');
      return answer(sdk === undefined ? empty(404) : bundleReply(access, route.key, request, sdk));
    }
    case 'forwarding':
      return answer(empty(host.publicKey('mparticle', route.key) === undefined ? 403 : 202));
    case 'audience':
      return answer(
        host.publicKey('mparticle', route.key) === undefined
          ? empty(403)
          : json(200, { dt: 'cam', ct: host.now, id: host.randomUuid(), audience_memberships: [] }),
      );
  }
}
