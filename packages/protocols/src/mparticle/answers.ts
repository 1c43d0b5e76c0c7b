import { allowedHeaders } from '../cors.ts';
import type { Item, Reading, WireReply, WireRequest } from '../protocol.ts';
import { json } from '../reply.ts';

/** On every answer, errors included, or the page cannot read it and sends events for ever (sheet §1.9). */
export const cors: Readonly<Record<string, string>> = {
  'access-control-allow-origin': '*',
  'access-control-expose-headers': 'x-mp-max-age',
};

export const preflight = (request: WireRequest): WireReply => ({
  status: 204,
  headers: {
    'access-control-allow-methods': 'POST, GET, OPTIONS',
    'access-control-allow-headers': allowedHeaders(request, ['content-type', 'x-mp-key']),
    'access-control-max-age': '600',
  },
  body: '',
});

export const empty = (status: number): WireReply => ({ status, headers: {}, body: '' });

/** A request that speaks for nobody: counted, and shown to the project whose key it used. */
export const turnedAway = (denied: Item, status: number, headers: WireReply['headers'] = {}): Reading => ({
  type: 'items',
  items: [denied],
  reply: () => ({ ...empty(status), headers }),
});

/** The vendor's error body, with the lower-case list that Android and the documents use beside it. */
export function identityError(status: number, code: string, message: string, requestId: string): WireReply {
  const errors = [{ code, message }];
  return json(status, { Errors: errors, errors, ErrorCode: code, StatusCode: status, RequestId: requestId });
}

export const batchError = (message: string): WireReply => json(400, { errors: [{ code: 'BAD_REQUEST', message }] });
