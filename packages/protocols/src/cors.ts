import type { Reading, WireRequest } from './protocol.ts';
import { answer } from './reply.ts';

/** What pages may do with a wire. */
export interface PageRights {
  readonly methods: string;
  /** Headers that the wire's own clients need. */
  readonly usual: readonly string[];
  /** Headers of an answer that a page may see. */
  readonly exposed?: string;
  /** How long a browser may remember a preflight, s. */
  readonly maxAge: number;
  /**
   * The wire's SDK sends credentials, so the page's origin must be named. There is nothing to steal: such a wire sets no
   * cookie, reads none, and answers everyone the same.
   */
  readonly namesOrigin?: true;
  /** The vendor says on every answer what a preflight allows. */
  readonly everywhere?: true;
}

/** Cross-origin answers of a wire: pages of every origin may send to it and read what it answers (S31). */
export interface Pages {
  /** On every answer, errors included, or a page's SDK cannot read it. */
  headers(request: WireRequest): Readonly<Record<string, string>>;
  /** The answer to an OPTIONS. */
  preflight(request: WireRequest): Reading;
}

export function openToPages({ methods, usual, exposed, maxAge, namesOrigin, everywhere }: PageRights): Pages {
  const allowed = (request: WireRequest) => ({
    'access-control-allow-methods': methods,
    'access-control-allow-headers': allowedHeaders(request, usual),
    'access-control-max-age': String(maxAge),
  });
  return {
    headers: (request) => ({
      ...(namesOrigin
        ? { vary: 'Origin', ...named(request.headers['origin']) }
        : { 'access-control-allow-origin': '*' }),
      ...(exposed === undefined ? {} : { 'access-control-expose-headers': exposed }),
      ...(everywhere ? allowed(request) : {}),
    }),
    preflight: (request) => answer({ status: 204, headers: allowed(request), body: '' }),
  };
}

const named = (origin: string | undefined): Readonly<Record<string, string>> =>
  origin === undefined ? {} : { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };

/**
 * The request headers a page may send: what the wire's own clients need, and whatever the page's browser asks for. Tools
 * that trace a page add theirs to every call (`traceparent`, `baggage`, `x-datadog-…`), and a browser then drops a call
 * that may not have them. No header but those that show keys means anything here, so there is nothing to keep out.
 */
function allowedHeaders(request: WireRequest, usual: readonly string[]): string {
  const asked = (request.headers['access-control-request-headers'] ?? '')
    .split(',', MOST)
    .map((name) => name.trim().toLowerCase())
    .filter((name) => /^[a-z0-9!#$%&'*+.^_`|~-]{1,100}$/.test(name));
  return [...new Set([...usual, ...asked])].join(', ');
}

/** Names looked at; a request has at most so many headers. */
const MOST = 100;
