import type { Reply, Sent } from './output.ts';

/**
 * What a receiver's answer says of the one thing it was sent. 2xx is done; 410 wants nothing more, ever; everything else
 * is tried again, a redirect too: an address that moved is put right by a person (G17).
 */
export function judge(reply: Reply): Sent {
  if ('failure' in reply) {
    const { failure: why, code } = reply;
    return { type: 'retry', why, ...(code === undefined ? {} : { code }) };
  }
  const { status, retryAfter: after } = reply;
  if (status >= 200 && status < 300) return { type: 'done' };
  if (status === 410) return { type: 'halt', why: 'the receiver answered 410: it wants nothing more', status };
  return { type: 'retry', why: `the receiver answered ${status}`, status, ...(after === undefined ? {} : { after }) };
}
