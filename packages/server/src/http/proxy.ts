import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Peer } from '../wires/request.ts';

/** The address a connection comes from; an IPv4 address in its IPv6 form as itself. */
function directAddress({ socket }: IncomingMessage): string {
  const address = socket.remoteAddress ?? '';
  return address.startsWith('::ffff:') ? address.slice(7) : address;
}

/** The client's address alone, which every request is asked for. */
export const addressBehind = (trusted: readonly string[]): ((message: IncomingMessage) => string) => {
  if (trusted.length === 0) return directAddress;
  const peer = peerBehind(trusted);
  return (message) => peer(message).ip;
};

/**
 * Who sent a request and by which origin. Forwarding headers count only when the connection comes from one of
 * `trusted`, and then only the hop that this proxy added itself: the last one (S41).
 */
export const peerBehind = (trusted: readonly string[]) => {
  const proxies = new Set(trusted);
  return (message: IncomingMessage): Peer => {
    const { socket, headers } = message;
    const direct = directAddress(message);
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
