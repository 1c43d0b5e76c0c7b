import type { WireRequest } from './protocol.ts';

/**
 * The request headers a page may send: what the wire's own clients need, and whatever the page's browser asks for. Tools
 * that trace a page add theirs to every call (`traceparent`, `baggage`, `x-datadog-…`), and a browser then drops a call
 * that may not have them. No header but those that show keys means anything here, so there is nothing to keep out.
 */
export function allowedHeaders(request: WireRequest, usual: readonly string[]): string {
  const asked = (request.headers['access-control-request-headers'] ?? '')
    .split(',', MOST)
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name));
  return [...new Set([...usual, ...asked])].join(', ');
}

/** Names looked at; a request has at most so many headers. */
const MOST = 100;
