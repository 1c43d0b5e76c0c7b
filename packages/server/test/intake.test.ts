import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { createByteBudget } from '../src/http/byte-budget.ts';
import { exchange, statuses } from './raw.ts';
import { batch, other, running, shop, track } from './running.ts';

const event = (token: string, user: string) =>
  JSON.stringify([{ event: 'Seen', properties: { token, distinct_id: user, $insert_id: user } }]);

const post = (path: string, host: string, body: string, ...headers: readonly string[]): string =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    ...headers,
    '',
    body,
  ].join('\r\n');

const counts = async (url: string, key: string) => {
  const stats = await fetch(`${url}/v1/stats`, { headers: { authorization: `Bearer ${key}` } });
  return (await stats.json()) as { received: number; applied: number; wires: Record<string, { applied: number }> };
};

describe('wires', () => {
  test('answer under their prefix on every host and at the root of mapped hosts, with and without slashes', async () => {
    const { url } = await running({ hosts: { 'api.mixpanel.com': 'mixpanel', 'track-*': 'mixpanel' } });
    const tries = [
      ['/mixpanel/track', 'anything'],
      ['/mixpanel/track/', 'anything'],
      ['/mixpanel//track/?verbose=0', 'api.mixpanel.com'],
      ['/track', 'api.mixpanel.com'],
      ['//track/', 'track-eu.example:8080'],
    ] as const;
    for (const [i, [path, host]] of tries.entries()) {
      const answer = await exchange(url, post(path, host, event(shop.publicKey, `u${i}`)));
      expect(answer, path).toMatch(/^HTTP\/1\.1 200[\s\S]*\r\n\r\n1$/);
    }
    expect((await counts(url, shop.serverKey)).wires['mixpanel']?.applied).toBe(tries.length);
    expect(statuses(await exchange(url, post('/track', 'track.example', event(shop.publicKey, 'x'))))).toEqual([404]);
    // A mapped host is its wire's alone.
    expect(
      await exchange(url, 'GET /readyz HTTP/1.1\r\nHost: api.mixpanel.com\r\nConnection: close\r\n\r\n'),
    ).not.toContain('ready');
  });

  test('an address sent whole is read like a path', async () => {
    const { url } = await running();
    const answer = await exchange(url, post('http://a/mixpanel/track?x=1', 'a', event(shop.publicKey, 'u')));
    expect(statuses(answer)).toEqual([200]);
    expect(
      statuses(await exchange(url, 'GET http://a/livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')),
    ).toEqual([200]);
  });

  test('a page of any origin may call the native collector, without credentials (S31)', async () => {
    const { url } = await running();
    const preflight = await fetch(`${url}/v1/batch`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://shop.example',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    expect(preflight.status).toBeLessThan(300);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
    expect(preflight.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('authorization');
    const answer = await batch(url, shop.publicKey, [track('1')], { headers: { origin: 'https://shop.example' } });
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  });

  test('an item reaches the project of its key and no other (S2)', async () => {
    const { url } = await running();
    await batch(url, shop.publicKey, [track('1')]);
    expect((await counts(url, shop.serverKey)).received).toBe(1);
    expect((await counts(url, other.serverKey)).received).toBe(0);
  });
});

describe('overload (G12)', () => {
  test('what does not fit in the queue is refused with Retry-After, and what was taken is kept', async () => {
    const { url, context } = await running({}, { queuedItems: 1 });
    const batchOf = (n: number) =>
      JSON.stringify({
        key: shop.publicKey,
        items: Array.from({ length: 100 }, (_, i) => track(`u${n}`, `${n}-${i}`)),
      });
    // Pipelined, so that all are read before the first is stored.
    const requests = Array.from({ length: 10 }, (_, n) => post('/v1/batch', 'a', batchOf(n)));
    const bytes = requests.map((one, n) => (n < 9 ? one.replace('Connection: close\r\n', '') : one)).join('');
    const answers = (await exchange(url, bytes)).split(/(?=HTTP\/1\.1 )/);
    const busy = answers.filter((one) => statuses(one)[0] === 503);
    console.log(`a queue for one batch, 10 at once: ${busy.length} told to come again`);
    expect(answers).toHaveLength(10);
    expect(busy.length).toBeGreaterThan(0);
    for (const one of busy) expect(one).toMatch(/\r\nretry-after: [1-9]\d*\r\n/i);
    const { received, applied } = await counts(url, shop.serverKey);
    expect(applied).toBe(100 * (answers.length - busy.length));
    expect(received).toBe(applied);
    expect(context.ingest.depth).toBe(0);
  });

  test('bodies in memory have one limit for all requests together', () => {
    const share = createByteBudget(10).share(10);
    const [one, two] = [share.hold(() => {}), share.hold(() => {})];
    expect([one.take(6), two.take(5), two.take(4), two.take(1)]).toEqual([true, false, true, false]);
    one.release();
    expect([share.used, one.take(6)]).toEqual([4, true]);
  });

  test('a new body gets the room of the slowest, but not of one that is whole, nor of one just begun', () => {
    let now = 0;
    const evicted: string[] = [];
    const budget = createByteBudget(30, () => now);
    const bodies = budget.share(20);
    const hold = (name: string) => {
      const mine = bodies.hold(() => {
        evicted.push(name);
        mine.release();
      });
      return mine;
    };
    const [whole, slow, later, newest] = [hold('whole'), hold('slow'), hold('later'), hold('newest')];
    expect([whole.take(5), slow.take(8), later.take(7)]).toEqual([true, true, true]);
    whole.settle();
    expect(newest.take(8)).toBe(false);
    now = 1_000;
    expect(newest.take(8)).toBe(true);
    expect(evicted).toEqual(['slow']);
    expect([
      budget.used,
      budget
        .share(20)
        .hold(() => {})
        .take(11),
    ]).toEqual([20, false]);
  });
});

test('a stop ends live streams and leaves no request without an answer (G15)', async () => {
  const { url, stop } = await running();
  const live = await fetch(`${url}/v1/live`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  expect(live.status).toBe(200);
  const ended = live.text();
  const sent = Array.from({ length: 50 }, (_, i) => batch(url, shop.publicKey, [track(`${i}`)]));
  await Promise.race(sent);
  await stop();
  await ended;
  expect((await Promise.all(sent)).map((one) => one.status)).toEqual(sent.map(() => 200));
  await expect(fetch(url)).rejects.toThrow();
});

test('a stop does not wait for connections that were opened in advance, and answers a head that has begun (G15)', async () => {
  const { url, stop } = await running({}, { times: { headerTimeoutMs: 60_000 } });
  const { hostname, port } = new URL(url);
  const open = async () => {
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return socket;
  };
  const unasked = await open();
  const begun = await open();
  begun.write('GET /livez HTTP/1.1\r\n');
  const answer = begun.setEncoding('utf8').toArray();
  const stopped = stop();
  await once(unasked.resume(), 'close');
  begun.write('Host: a\r\n\r\n');
  expect((await answer).join('')).toMatch(/^HTTP\/1\.1 200 .*\r\nconnection: close\r\n/is);
  await stopped;
});

test('a question that a stop does not wait for is told to come again (G15)', async () => {
  const { url, context } = await running();
  await context.columns.close();
  const headers = { authorization: `Bearer ${shop.serverKey}` };
  const answer = await fetch(`${url}/v1/events/names`, { headers });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
  expect(await answer.json()).toMatchObject({ error: { code: 'stopping' } });
});
