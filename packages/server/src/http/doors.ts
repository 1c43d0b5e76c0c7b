import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, createServer, Server as Listener, type Socket } from 'node:net';
import { platform } from 'node:process';

/** Doors besides a server's own. A turn of 20 ms then takes in 800 connections a second, and 50 without. */
const MORE = 15;

/** A system that spreads connections to one address over several sockets of a process. */
const canShare = platform === 'linux';

const doorsOf = new WeakMap<Server, readonly Listener[]>();

/** What a server has to listen with so that `openDoors` can put others beside it. */
export const ownDoor = { reusePort: canShare } as const;

/**
 * Makes sure that nobody listens at an address: those who share one are not told of one another.
 * @param at port 0 is any free one, of which the system makes sure
 * @throws EADDRINUSE, and whatever else a socket cannot listen for
 */
export async function assertFree(at: { readonly port: number; readonly host: string }): Promise<void> {
  if (!canShare || at.port === 0) return;
  const trial = createServer().listen(at);
  await once(trial, 'listening');
  trial.close();
  await once(trial, 'close');
}

/**
 * Takes in more than one connection a turn: Node accepts one from each socket that listens, so beside clients that keep
 * the server busy over connections of their own, visitors who come anew would wait in the system's queue, and beyond
 * 511 of them in vain. The server listens already; `maxConnections` is what it may have through all its doors together.
 */
export async function openDoors(server: Server): Promise<void> {
  if (!canShare) return;
  const { address, port } = server.address() as AddressInfo;
  const max = server.maxConnections;
  let open = 0;
  let beside = 0;
  server.on('connection', (socket: Socket) => {
    open++;
    socket.once('close', () => open--);
  });
  const take = (socket: Socket) => {
    if (open >= max) {
      socket.destroy();
      return;
    }
    server.maxConnections = max - ++beside;
    socket.once('close', () => {
      server.maxConnections = max - --beside;
    });
    server.emit('connection', socket);
  };
  // As an HTTP server makes its own.
  const doors = Array.from({ length: MORE }, () => createServer({ allowHalfOpen: true, noDelay: true }, take));
  doorsOf.set(server, doors);
  await Promise.all(doors.map((door) => once(door.listen({ host: address, port, reusePort: true }), 'listening')));
}

/**
 * Stops listening, and leaves what is open alone: an HTTP server's own close would cut connections whose next request is
 * on its way. Resolves when the last connection has closed.
 */
export async function closeDoors(server: Server): Promise<void> {
  const all = [server, ...(doorsOf.get(server) ?? [])];
  await Promise.all(
    all.map((one) => new Promise<void>((resolve) => Listener.prototype.close.call(one, () => resolve()))),
  );
}
