import type { Json } from '@selfsame/identity';
import type { Reading, WireReply } from './protocol.ts';

/** An answer that needs no log. */
export const answer = (reply: WireReply): Reading => ({ type: 'answer', reply });

/** A reply in JSON. */
export const json = (status: number, body: Json | object, headers: WireReply['headers'] = {}): WireReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
