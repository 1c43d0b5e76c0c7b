import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Protocol, RateLimited, WireReply, WireRequest } from '@selfsame/protocols';
import type { BadHead } from '../http/header-check.ts';
import type { BodyProblem } from '../http/request-body.ts';

/** A body up to here is let pass unread, bytes, when its sender is to come again: a new connection costs more. */
export const SMALL = 1024 * 1024;
/** How long a client that still sends may go on after it was refused, ms. A socket shut at once would lose it our answer. */
const LINGER = 1_000;

/** Writes a wire's answer with the headers all of its answers carry. */
export function answer(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  reply: WireReply,
  more?: OutgoingHttpHeaders,
): void {
  response.writeHead(reply.status, headersOf(headers, reply, more));
  response.end(reply.body);
}

/** What every answer of every wire carries: a browser takes it for what it says it is and nothing else (S33). */
const always = { 'x-content-type-options': 'nosniff' } as const;

function headersOf(
  headers: Readonly<Record<string, string>>,
  reply: WireReply,
  more: OutgoingHttpHeaders = {},
): OutgoingHttpHeaders {
  const merged: OutgoingHttpHeaders = { ...always };
  // Wires spell names as their vendor does; one name in two spellings would be sent twice.
  for (const part of [headers, reply.headers as OutgoingHttpHeaders, more])
    for (const name in part) merged[name.toLowerCase()] = part[name];
  merged['content-length'] = typeof reply.body === 'string' ? Buffer.byteLength(reply.body) : reply.body.length;
  return merged;
}

/** Why requests are turned away. */
export type Cause =
  | BodyProblem['cause']
  | BadHead['cause']
  | 'bad-framing'
  | `rate-of-${RateLimited}`
  | 'store-failed'
  | 'failed';

/** Why the server itself refuses a request. Its texts are ours and few: nothing of the request is in them (S40). */
export interface Refused {
  /** In a word, for metrics and statistics. */
  readonly cause: Cause;
  readonly status: number;
  /** For the client, in a few words. */
  readonly message: string;
  /** For the operator: what to do about it. */
  readonly advice: string;
  readonly retryAfterSeconds?: number;
  /** Whose rate it was. */
  readonly whose?: RateLimited;
}

/**
 * Refuses a request in the wire's own words, and says with which status: a vendor may have another one for it. What is
 * left of its body is neither read nor kept (S18).
 */
export function turnAway(
  message: IncomingMessage,
  response: ServerResponse,
  wire: Protocol,
  request: WireRequest,
  why: Refused,
): number {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return why.status;
  }
  const reply = wire.refuse(request, why.status, why.message);
  const isLater = why.status === 429 || why.status === 503;
  const later = {
    ...(isLater ? { 'retry-after': String(why.retryAfterSeconds ?? 1) } : {}),
    ...(why.whose === undefined ? {} : wire.rates?.exceeded(why.whose)),
  };
  if (message.complete || (isLater && Number(message.headers['content-length']) <= SMALL)) {
    answer(response, wire.headers(request), reply, later);
    return reply.status;
  }
  response.writeHead(reply.status, headersOf(wire.headers(request), reply, { ...later, connection: 'close' }));
  response.write(reply.body);
  closeAfterLinger(message, response);
  return reply.status;
}

/** Ends an answer that is already written, once the client has stopped sending or a second has passed. */
export function closeAfterLinger(message: IncomingMessage, response: ServerResponse): void {
  const timer = setTimeout(() => response.end(), LINGER);
  message.once('end', () => {
    clearTimeout(timer);
    response.end();
  });
  message.once('close', () => clearTimeout(timer));
  message.resume();
}
