import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { patiently } from '../src/patience.ts';

let server: Server;
afterEach(() => void server.close());

/** A server that answers each request to `/x` with the next of these statuses, and `/readyz` with `ready`. */
async function answering(
  statuses: number[],
  ready: { readonly status: number; readonly body: object },
): Promise<string> {
  server = createServer((request, answer) => {
    if (request.url === '/readyz') return void answer.writeHead(ready.status).end(JSON.stringify(ready.body));
    const status = statuses.shift() ?? 200;
    answer.writeHead(status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('patience with a server', () => {
  const said: string[] = [];
  const patience = { reached: true, tell: (line: string) => void said.push(line), pause: 1 };
  afterEach(() => void said.splice(0));

  it('sends again while it is busy or its proxy has nobody behind it, and says once why and once that it goes on', async () => {
    const origin = await answering([503, 502, 429, 504, 207], {
      status: 503,
      body: { status: 'not ready', reason: 'the storage takes no write' },
    });
    expect((await patiently(`${origin}/x`, {}, patience)).status).toBe(207);
    expect(said).toEqual([
      `${origin} answers 503 (not ready: the storage takes no write); trying again.`,
      `${origin} answers again.`,
    ]);
  });

  it('gives every other answer as it is, at once', async () => {
    const origin = await answering([500, 200], { status: 200, body: { status: 'ready' } });
    expect((await patiently(`${origin}/x`, {}, patience)).status).toBe(500);
    expect(said).toEqual([]);
  });

  it('does not wait for an address at which nothing has ever answered', async () => {
    const origin = await answering([], { status: 200, body: {} });
    await new Promise((resolve) => server.close(resolve));
    await expect(patiently(`${origin}/x`, {}, { ...patience, reached: false })).rejects.toThrow(
      /^Nothing answers at .*ECONNREFUSED.*Start it with "selfsame serve"/,
    );
  });
});
