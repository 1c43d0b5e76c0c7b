import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createByteBudget } from '../src/http/byte-budget.ts';
import { createHttpServer } from '../src/http/server.ts';
import { limits } from '../src/limits.ts';

const ask = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** A connection that has had one answer, seen from both ends. */
async function idle(handle: RequestListener = (_, response) => response.end('hello')) {
  const server = createHttpServer(
    { handle, refuse: () => false },
    limits,
    undefined,
    createByteBudget(limits.waitingBytes),
    () => {},
    () => {},
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as { port: number }).port, '127.0.0.1').setEncoding('utf8');
  onTestFinished(() => {
    client.destroy();
    server.close();
  });
  const opened = once(server, 'connection');
  client.write(ask);
  const [[ours], [first]] = await Promise.all([opened, once(client, 'data')]);
  return { client, ours: ours as Socket, first: first as string };
}

test('a connection whose time is over is closed, but not where its next request has come and was not read yet (G12)', async () => {
  const { client, ours } = await idle();
  // As after a turn of the event loop that took longer than the limit: the timer comes first, the socket is read later.
  client.write(ask);
  ours.emit('timeout');
  expect((await once(client, 'data'))[0]).toMatch(/^HTTP\/1\.1 200 /);

  ours.emit('timeout');
  await once(client, 'end');
});

test('a client is told to give a connection up long before it is closed', async () => {
  const { ours, first } = await idle();
  expect(first).toMatch(/\r\nkeep-alive: timeout=5\r\n/i);
  expect(ours.timeout).toBe(10_000);
});

test('a body comes to whoever reads it in two parts, however long it is: each costs as much as a request', async () => {
  const parts: number[] = [];
  const { client, ours } = await idle((message, response) => {
    message.on('data', ({ length }: Buffer) => parts.push(length));
    message.on('end', () => response.end('read'));
  });
  const body = 'x'.repeat(50_000);
  const answers: string[] = [];
  client.on('data', (answer) => answers.push(String(answer)));
  // In one read, with what comes after it.
  ours.emit('data', Buffer.from(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}${ask}`));
  await expect.poll(() => answers.join('').match(/HTTP\/1\.1 200/g)?.length).toBe(2);
  expect(parts).toEqual([expect.any(Number), expect.any(Number)]);
  expect(parts.reduce((sum, one) => sum + one, 0)).toBe(body.length);
});
