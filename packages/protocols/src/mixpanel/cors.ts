import { allowedHeaders } from '../cors.ts';
import type { WireReply, WireRequest } from '../protocol.ts';

/** What the SDKs' own calls need; tracking calls need more only if the app sets `xhr_headers`. */
const usual = ['authorization', 'content-type', 'traceparent'];

/**
 * Headers that let a page read any answer, errors included. The page's origin is echoed, since its SDK sends credentials
 * and drops a batch for good if it may not read the answer (§5). There is nothing to steal: this wire sets no cookie,
 * reads none, and answers everyone the same.
 */
export function corsHeaders(request: WireRequest): Readonly<Record<string, string>> {
  const origin = request.headers['origin'];
  return origin === undefined
    ? { Vary: 'Origin' }
    : { 'Access-Control-Allow-Origin': origin, 'Access-Control-Allow-Credentials': 'true', Vary: 'Origin' };
}

/** The answer to a preflight. */
export function preflight(request: WireRequest): WireReply {
  return {
    status: 204,
    headers: {
      'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
      'Access-Control-Allow-Headers': allowedHeaders(request, usual),
      'Access-Control-Max-Age': '86400',
    },
    body: '',
  };
}
