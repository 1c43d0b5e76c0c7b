import { openToPages } from '../cors.ts';
import type { Item, Reading, WireReply } from '../protocol.ts';
import { json } from '../reply.ts';

export const pages = openToPages({
  methods: 'POST, GET, OPTIONS',
  usual: ['content-type', 'x-mp-key'],
  exposed: 'x-mp-max-age',
  maxAge: 600,
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
