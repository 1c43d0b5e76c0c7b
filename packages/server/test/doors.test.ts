import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { assertFree, closeDoors, openDoors, ownDoor } from '../src/http/doors.ts';

const HOST = '127.0.0.1';

async function listening(max = 1_000): Promise<Server> {
  const server = createServer((_request, response) => response.end('here'));
  server.maxConnections = max;
  await once(server.listen({ host: HOST, port: 0, ...ownDoor }), 'listening');
  await openDoors(server);
  onTestFinished(async () => {
    server.closeAllConnections();
    if (server.listening) await closeDoors(server);
  });
  return server;
}

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

function comeTo(server: Server, many: number): readonly Socket[] {
  const sockets = Array.from({ length: many }, () => connect(portOf(server), HOST).on('error', () => {}));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}

test.runIf(ownDoor.reusePort)('a turn takes in many who come anew, and not one', async () => {
  const server = await listening();
  let taken = 0;
  server.on('connection', () => taken++);
  comeTo(server, 160);
  let turns = 0;
  for (; taken < 160 && turns < 1_000; turns++) await turn();
  // One a turn would take 160. How the system spreads them over the doors is by chance.
  expect({ taken, inFew: turns <= 80 }).toEqual({ taken: 160, inFew: true });
});

test('together they hold to the most connections that there may be', async () => {
  const server = await listening(20);
  const sockets = comeTo(server, 60);
  const answered = Promise.all(
    sockets.map(async (socket) => {
      socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
      return new Promise((resolve) => socket.once('data', () => resolve(true)).once('close', () => resolve(false)));
    }),
  );
  expect((await answered).filter(Boolean)).toHaveLength(20);
  for (const socket of sockets) socket.destroy();
  let open = 20;
  for (let tries = 0; open > 0 && tries < 1_000; tries++) {
    await turn();
    open = await new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)));
  }
  const [later] = comeTo(server, 1);
  later?.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
  expect(String((await once(later as Socket, 'data'))[0])).toMatch(/here$/);
});

test('an address that a server has through all its doors is not free', async () => {
  const server = await listening();
  await expect(assertFree({ host: HOST, port: portOf(server) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  const port = portOf(server);
  await closeDoors(server);
  await expect(assertFree({ host: HOST, port })).resolves.toBeUndefined();
});

test('who has come through another door is answered before the doors are closed', async () => {
  const server = await listening();
  const sockets = comeTo(server, 40);
  let taken = 0;
  server.on('connection', () => taken++);
  while (taken < 40) await turn();
  const closed = closeDoors(server);
  for (const socket of sockets) {
    socket.write('GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n');
    expect(String((await once(socket, 'data'))[0])).toMatch(/here$/);
  }
  await closed;
});
