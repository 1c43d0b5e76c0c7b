import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Peer } from '../wires/request.ts';

/**
 * Who sent a request and by which origin. Forwarding headers count only when the connection comes from one of
 * `trusted`, and then only the hop that this proxy added itself: the last one (S41).
 */
export const peerBehind = (trusted: readonly string[]) => {
  const proxies = new Set(trusted);
  return (message: IncomingMessage): Peer => {
    const { socket, headers } = message;
    const direct = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    const behind = proxies.has(direct);
    const forwarded = (name: string) =>
      behind
        ? String(headers[name] ?? '')
            .split(',')
            .at(-1)
            ?.trim()
        : undefined;
    const scheme = forwarded('x-forwarded-proto') || ((socket as TLSSocket).encrypted ? 'https' : 'http');
    return { ip: forwarded('x-forwarded-for') || direct, origin: `${scheme}://${headers.host ?? ''}` };
  };
};
