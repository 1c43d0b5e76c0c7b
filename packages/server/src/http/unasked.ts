import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { hasBegun } from './turns.ts';

const opened = new WeakMap<Server, Set<Socket>>();

/** The connections that a server has now; of one that `followConnections` was told of. */
export const connectionsOf = (server: Server): ReadonlySet<Socket> => opened.get(server) ?? new Set();

/** Keeps which connections a server has, for those who close some on a stop. */
export function followConnections(server: Server): void {
  const sockets = new Set<Socket>();
  opened.set(server, sockets);
  // A TLS server has connections of its own that are not HTTP yet; the runtime ends a handshake that takes too long.
  server.on('setSecureContext' in server ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

/**
 * Closes the connections on which nothing has come yet. Browsers and SDKs open some in advance; Node does not call these
 * idle, so a stop would wait until they are used or the time for a head is over (G15).
 */
export function closeUnasked(server: Server): void {
  for (const socket of connectionsOf(server)) if (!hasBegun(socket)) socket.destroy();
}
