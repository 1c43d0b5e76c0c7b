import type { Host, Protocol, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer } from '../reply.ts';
import { type BrowserCall, readBrowserCall } from './browser.ts';
import { scriptAnswer } from './jsonp.ts';
import { readRest, restPath, unknownEndpoint } from './rest.ts';
import { isScript, scriptReply } from './script.ts';
import { apiError } from './session.ts';
import { freshJson, readTokenRequest } from './token.ts';

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

/** SPiD: signed traits, browser sessions by JSONP, the traits REST API. See README.md. */
export const spid: Protocol = {
  name: 'spid',
  headers: () => ({}),
  limit: () => 256 * 1024,
  refuse(request, status, message): WireReply {
    // A script of any status but 200 is not run, and the page would only see a time-out.
    if (callOf(request.path) === undefined)
      return freshJson(status, { error: { code: status, type: 'ApiException', description: message } });
    const error = { error: { code: status, type: 'ApiException', description: message }, response: { result: false } };
    return scriptAnswer(request.query.get('callback')?.[0], error);
  },
  read(request: WireRequest, host: Host): Reading {
    const call = callOf(request.path);
    if (call !== undefined) {
      if (request.method === 'GET') return readBrowserCall(call, request, host);
      const reply = scriptAnswer(request.query.get('callback')?.[0], apiError(405, 'Use GET.', host));
      return { type: 'answer', reply };
    }
    if (isScript(request.path) && request.method === 'GET') return answer(scriptReply);
    if (/^\/oauth\/token\/?$/.test(request.path) && request.method === 'POST') return readTokenRequest(request, host);
    const path = restPath(request.path);
    return path === undefined ? answer(unknownEndpoint(request, host)) : readRest(path, request, host);
  },
};
