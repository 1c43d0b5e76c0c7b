import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { closeUnasked } from './unasked.ts';

/**
 * Closes the connections whose time is over, but none on which the next request has come meanwhile. Timers run before
 * sockets are read: after a turn of the event loop that took long, Node's own would cut a client that kept its part (G12).
 */
export function closeWhenSilent(server: Server): void {
  server.on('timeout', async (socket: Socket) => {
    const { bytesRead } = socket;
    await sockets();
    if (socket.bytesRead === bytesRead) socket.destroy();
  });
}

/** Closes, on a stop, the connections that have nothing under way, once what has come on them is read (G15). */
export async function closeIdle(server: Server): Promise<void> {
  await sockets();
  server.closeIdleConnections();
  closeUnasked(server);
}

/** Until every socket that has something was read. */
async function sockets(): Promise<void> {
  await turn();
  await turn();
}
