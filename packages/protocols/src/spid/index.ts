import { basicAuth } from '../basic-auth.ts';
import type { Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer } from '../reply.ts';
import type { Wire } from '../wire.ts';
import { readAuthorize } from './authorize.ts';
import { type BrowserCall, readBrowserCall } from './browser.ts';
import { callbacks } from './callbacks/index.ts';
import { unknownEndpoint, written } from './container.ts';
import { endpointOf } from './endpoints.ts';
import { scriptAnswer } from './jsonp.ts';
import { readTokenRequest } from './oauth.ts';
import { asPlatform } from './platform.ts';
import { readRest } from './rest.ts';
import { isScript, scriptReply } from './script.ts';
import { apiError } from './session.ts';
import { policy, settings } from './settings.ts';
import { bearerOf } from './token.ts';

const browserCalls: Readonly<Record<string, BrowserCall>> = {
  '/rpc/hassession.js': 'hasSession',
  '/ajax/hassession.js': 'hasSession',
  '/ajax/traits.js': 'traits',
  '/ajax/logout.js': 'logout',
  '/ajax/hasproduct.js': 'hasproduct',
  '/ajax/hassubscription.js': 'hassubscription',
  '/ajax/acceptagreement.js': 'acceptAgreement',
};

const callOf = (path: string): BrowserCall | undefined => {
  const name = path.toLowerCase();
  return Object.hasOwn(browserCalls, name) ? browserCalls[name] : undefined;
};

const callbackOf = (request: WireRequest): string | undefined => request.query.get('callback')?.[0];

/** A page asks by a script tag, also for a call that there is not: it sees nothing of an answer that is no script. */
const isScriptTag = (request: WireRequest): boolean =>
  callOf(request.path) !== undefined ||
  (/^\/(?:ajax|rpc)\/[^/]+\.js$/i.test(request.path) && request.query.has('callback'));

/** SPiD: signed traits, browser sessions by JSONP, the traits REST API. See README.md. */
export const spid: Wire = {
  name: 'spid',
  label: 'SPiD',
  // Pages are told who is logged in, by JSONP: only in a project that asks for it (S33).
  keys: { own: 'must' },
  presets: [{ name: 'spid', label: 'SPiD' }],
  settings,
  policy,
  beside: asPlatform,
  callbacks,
  headers: () => ({}),
  limit: () => 256 * 1024,
  refuse(request, status, message): WireReply {
    const error = { code: status, type: 'ApiException', description: message };
    // A script of any status but 200 is not run, and the page would only see a time-out.
    return isScriptTag(request)
      ? scriptAnswer(callbackOf(request), { error, response: { result: false } })
      : written(request, status, { error });
  },
  projectOf(request, host) {
    const client = basicAuth(request.headers['authorization'])?.user ?? request.query.get('client_id')?.[0];
    if (client !== undefined) return host.publicKey('spid', client)?.project;
    const bearer = bearerOf(request, host);
    return typeof bearer === 'string' ? undefined : bearer.access.project;
  },
  read(request: WireRequest, host: Host): Reading | Promise<Reading> {
    const call = callOf(request.path);
    if (call !== undefined) {
      if (request.method === 'GET') return readBrowserCall(call, request, host);
      return answer(scriptAnswer(callbackOf(request), apiError(405, 'Use GET.', host)));
    }
    if (isScriptTag(request))
      return answer(scriptAnswer(callbackOf(request), apiError(404, 'Unknown endpoint.', host)));
    if (isScript(request.path) && request.method === 'GET') return answer(scriptReply);
    if (/^\/oauth\/token\/?$/.test(request.path) && request.method === 'POST') return readTokenRequest(request, host);
    if (/^\/oauth\/authorize\/?$/.test(request.path) && request.method === 'GET') return readAuthorize(request, host);
    const endpoint = endpointOf(request);
    return endpoint === undefined ? answer(unknownEndpoint(request, host)) : readRest(endpoint, request, host);
  },
};
