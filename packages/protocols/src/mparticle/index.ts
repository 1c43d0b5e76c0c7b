import type { Access, Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer, json } from '../reply.ts';
import type { Wire } from '../wire.ts';
import { isDenied, keyAccess, projectShown } from './access.ts';
import { readAlias } from './alias.ts';
import { empty, identityError, pages, turnedAway } from './answers.ts';
import { appConfigReply, bundleReply, configReply } from './config.ts';
import { readServerEvents, readShortForm, readWebEvents } from './events.ts';
import { readIdentity, readModify } from './identity.ts';
import { inTheirWords, typeOf } from './kinds.ts';
import { rates } from './rates.ts';
import { type Route, routeOf } from './routes.ts';
import { policy, settings, whyNot } from './settings.ts';

export { type Purpose, readPurpose } from './purposes.ts';

/** mParticle's web SDK, identity API and events API. See README.md. */
export const mparticle: Wire = {
  name: 'mparticle',
  label: 'mParticle',
  presets: [
    { name: 'mparticle-default', label: 'mParticle, default' },
    { name: 'mparticle-conversion', label: 'mParticle, profile conversion' },
    { name: 'mparticle-link', label: 'mParticle, profile link' },
    { name: 'mparticle-isolation', label: 'mParticle, profile isolation' },
    { name: 'mparticle-best-match', label: 'mParticle, best match' },
  ],
  settings,
  policy,
  whyNot,
  headers: pages.headers,
  limit: () => 256 * 1024,
  words: { kind: typeOf, reason: inTheirWords },
  projectOf: projectShown,
  rates,
  refuse(request, status, message) {
    // D13: a web batch that cannot be taken must not come again for ever.
    if (status === 400 && /\/v3\/js\/[^/]+\/events$/i.test(request.path)) return empty(202);
    return status === 401 || status === 403 ? empty(status) : identityError(status, 'BAD_REQUEST', message, '');
  },
  read(request, host) {
    if (request.method === 'OPTIONS') return pages.preflight(request);
    const route = routeOf(request.method, request.path);
    if (route === 'not-found')
      return astray(identityError(404, 'NOT_FOUND_ERROR', 'there is nothing at this path', ''), request, host);
    if (route === 'wrong-method')
      return astray(identityError(405, 'BAD_REQUEST', 'this path takes another method', ''), request, host);
    return readRoute(route, request, host);
  },
};

/** A call to an address that is none of ours. Its page sees only −1, so the project whose key it shows is told. */
function astray(reply: WireReply, request: WireRequest, host: Host): Reading {
  const project = projectShown(request, host);
  if (project === undefined) return answer(reply);
  const reason = `${reply.status}: nothing takes this method and path; look at identityUrl and its kin in the client’s configuration`;
  return { type: 'items', items: [{ type: 'refused', project, reason }], reply: () => reply };
}

function readRoute(route: Route, request: WireRequest, host: Host): Reading | Promise<Reading> {
  switch (route.type) {
    case 'identify':
    case 'login':
    case 'logout':
    case 'search':
      return readIdentity(route.type, request, host);
    case 'modify':
      return readModify(route.mpid, request, host);
    case 'server-events':
      return readServerEvents(route.form, request, host);
    default: {
      const access = keyAccess(route.key, host);
      return isDenied(access)
        ? turnedAway(access, unknownKey[route.type])
        : readKeyed(route.type, route.key, access, request, host);
    }
  }
}

type Keyed = Extract<Route, { key: string }>['type'];

/** The vendor's web SDK as npm has it. */
const PUBLISHED_SDK = '@mparticle/web-sdk/dist/mparticle.js';

/** Calls whose key stands in the path. */
function readKeyed(type: Keyed, key: string, access: Access, request: WireRequest, host: Host): Reading {
  switch (type) {
    case 'alias':
      return readAlias(access, request, host);
    case 'events':
      return readWebEvents(access, request, host);
    case 'old-events':
    case 'app-events':
      return readShortForm(access, request, host);
    case 'app-config':
      return answer(appConfigReply);
    case 'config':
      return answer(configReply(access, request));
    case 'bundle': {
      const sdk = host.script(PUBLISHED_SDK);
      return answer(sdk === undefined ? empty(404) : bundleReply(access, key, request, sdk));
    }
    case 'forwarding':
      return answer(empty(202));
    case 'audience':
      return answer(json(200, { dt: 'cam', ct: host.now, id: host.randomUuid(), audience_memberships: [] }));
  }
}

/** The vendor's status for a key that opens nothing, by what it was to open. */
const unknownKey: Readonly<Record<Keyed, number>> = {
  config: 404,
  bundle: 404,
  alias: 401,
  events: 403,
  'old-events': 403,
  'app-events': 403,
  'app-config': 404,
  forwarding: 403,
  audience: 403,
};
