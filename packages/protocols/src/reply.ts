import type { Json } from '@selfsame/identity';
import type { Reading, WireReply } from './protocol.ts';

/** An answer that needs no log. */
export const answer = (reply: WireReply): Reading => ({ type: 'answer', reply });

/** A refusal of a request of which nothing was looked at: its address, its method or its form is none of ours. */
export const astray = (reply: WireReply, reason: string): Reading => ({ type: 'answer', reply, astray: reason });

/** A reply in JSON. */
export const json = (status: number, body: Json | object, headers: WireReply['headers'] = {}): WireReply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
  body: JSON.stringify(body),
});
