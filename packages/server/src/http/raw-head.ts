import { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

/** As much of a head is kept to be looked at: an address and the first headers, bytes. */
export const LOOKED_AT = 16 * 1024;

/**
 * A request of which only pieces of the head are there, since Node's parser would not take it: enough to tell whose it is
 * and to answer its page (S31). Undefined where it does not begin as HTTP does.
 * @param begun how the head began
 * @param last the piece the parser stopped at, which may lie far behind
 */
export function messageOf(socket: Socket, begun: Buffer, last: Buffer): IncomingMessage | undefined {
  const isWhole = begun.length < LOOKED_AT;
  const [first = '', ...lines] = wholeLines(isWhole ? Buffer.concat([begun, last]) : begun);
  const [, method, url] = /^([A-Z]{1,20}) (\/\S*)/.exec(first) ?? [];
  if (method === undefined || url === undefined) return undefined;
  const message = new IncomingMessage(socket);
  Object.assign(message, { method, url, complete: true });
  const { headers } = message;
  for (const line of isWhole ? lines : [...lines, ...wholeLines(last).slice(1)]) {
    const [, name = '', value = ''] = /^([\w-]{1,100}):[ \t]*(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    // As the server itself joins two of a name: such a key opens nothing (S24).
    if (key !== '') headers[key] = headers[key] === undefined ? value.trim() : `${headers[key]}, ${value.trim()}`;
  }
  return message;
}

/** Lines that have an end, since half a key is another one. A line that is all there is, is an address without end. */
function wholeLines(bytes: Buffer): readonly string[] {
  const lines = bytes.toString('latin1').split(/\r?\n/);
  return lines.length > 1 ? lines.slice(0, -1) : lines;
}
