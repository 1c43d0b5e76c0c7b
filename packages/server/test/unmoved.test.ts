import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createByteBudget } from '../src/http/byte-budget.ts';
import { createHttpServer } from '../src/http/server.ts';
import { closerOfUnmoved } from '../src/http/unmoved.ts';
import { limits } from '../src/limits.ts';

const head = (method: string, path: string, more = '') => `${method} ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;

test('a stop gives up clients that send nothing more or take nothing more, and none that we are at work for (G15)', async () => {
  const held: ServerResponse[] = [];
  const server = createHttpServer(
    {
      handle(message, response) {
        message.resume();
        if (message.url === '/large') response.end(Buffer.alloc(2 ** 24));
        else held.push(response);
      },
      refuse: () => false,
    },
    limits,
    undefined,
    createByteBudget(limits.waitingBytes),
    () => {},
    () => {},
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as { port: number };
  onTestFinished(() => void server.close());
  /** A connection on which so much has come at the server; answers both its ends. */
  async function open(bytes: string): Promise<{ client: Socket; ours: Socket }> {
    const taken = once(server, 'connection');
    const client = connect(port, '127.0.0.1', () => client.write(bytes)).pause();
    client.on('error', () => {});
    onTestFinished(() => void client.destroy());
    const [ours] = (await taken) as [Socket];
    await expect.poll(() => ours.bytesRead).toBe(bytes.length);
    return { client, ours };
  }
  const ends = {
    body: await open(`${head('POST', '/body', 'Content-Length: 10\r\n')}abc`),
    head: await open('GET /head HTTP/1.1\r\nHost: a'),
    unread: await open(head('GET', '/large')),
    atWork: await open(head('GET', '/slow')),
    slow: await open(`${head('POST', '/drips', 'Content-Length: 100\r\n')}abc`),
  };
  await expect.poll(() => ends.unread.ours.writableLength).toBeGreaterThan(0);
  const left = () => Object.entries(ends).flatMap(([name, { ours }]) => (ours.destroyed ? [] : [name]));

  let now = 0;
  const look = closerOfUnmoved(server, 1_000, () => now);
  look();
  now = 999;
  look();
  expect(left()).toEqual(['body', 'head', 'unread', 'atWork', 'slow']);
  const before = ends.slow.ours.bytesRead;
  ends.slow.client.write('d');
  await expect.poll(() => ends.slow.ours.bytesRead).toBe(before + 1);
  now = 1_000;
  look();
  expect(left()).toEqual(['atWork', 'slow']);
  now = 2_000;
  look();
  expect(left()).toEqual(['atWork']);
  for (const response of held) response.end();
});
