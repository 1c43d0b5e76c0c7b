import { describe, expect, test } from 'vitest';
import type { LiveItem } from '../src/api.ts';
import type { TurnedAway } from '../src/live/feed.ts';
import { createRefusals } from '../src/live/refusals.ts';
import { exchange, statuses } from './raw.ts';
import { batch, other, running, shop, type TestServer, track } from './running.ts';
import { streamed, take } from './stream.ts';

/** Stands in every body and must stand in no notice (S40). */
const canary = 'canary-51c9';

interface Sent {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const post = (server: TestServer, { path, headers = {}, body = canary }: Sent): Promise<Response> =>
  fetch(server.url + path, { method: 'POST', headers, body });

/** The next notice of the shop's stream. */
async function notice(server: TestServer): Promise<LiveItem | undefined> {
  const [item] = await take(streamed(server), 1);
  expect(JSON.stringify(item)).not.toContain(canary);
  return item;
}

const refused = (wire: string, status: number, reason: string, requests = 1) => ({
  type: 'turned-away',
  status: 'rejected',
  wire,
  reason: expect.stringContaining(reason),
  ids: [],
  logPosition: null,
  turnedAway: { status, requests },
});

const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
const login = { path: '/mparticle/v1/login', headers: { 'x-mp-key': shop.publicKey } };
const body = (known_identities: object) => JSON.stringify({ environment: 'development', known_identities });

describe('what the server itself turns away shows in the live stream, with why', () => {
  test('413: the body is too large', async () => {
    const server = await running();
    const answer = await post(server, { ...login, body: canary.repeat(30_000) });
    expect(answer.status).toBe(413);
    expect(await notice(server)).toMatchObject(
      refused('mparticle', 413, 'larger than this path takes; a request may have 262144 bytes, unpacked'),
    );
  });

  test('408: the body is too slow', async () => {
    const server = await running({}, { times: { bodyTimeoutMs: 100 } });
    const head = `POST ${login.path} HTTP/1.1\r\nHost: a\r\nx-mp-key: ${shop.publicKey}\r\nContent-Length: 99\r\n\r\n`;
    expect(statuses(await exchange(server.url, head + canary))).toEqual([408]);
    expect(await notice(server)).toMatchObject(refused('mparticle', 408, 'took too long; the sender’s connection'));
  });

  test('431: the headers are too many', async () => {
    const server = await running();
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-h${i}`, canary]));
    const answer = await post(server, { ...login, headers: { ...login.headers, ...many } });
    expect(answer.status).toBe(431);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await notice(server)).toMatchObject(refused('mparticle', 431, 'too many or too long; a request may have'));
  });

  test('400: two hosts, and a body that is not framed as HTTP', async () => {
    const server = await running();
    const head = `POST ${login.path} HTTP/1.1\r\nHost: a\r\nx-mp-key: ${shop.publicKey}\r\n`;
    expect(statuses(await exchange(server.url, `${head}Host: b\r\n\r\n`))).toEqual([400]);
    expect(await notice(server)).toMatchObject(refused('mparticle', 400, 'the request names two hosts'));
    const chunked = `${head}Transfer-Encoding: chunked\r\n\r\n2\r\n${canary}`;
    expect(statuses(await exchange(server.url, chunked))).toEqual([400]);
    const [, broken] = await take(streamed(server), 2);
    expect(broken).toMatchObject(refused('mparticle', 400, 'the body is not framed as HTTP; look at the proxies'));
  });

  test('431 and 400: a head that is no request; its page can read why', async () => {
    const server = await running();
    const head = `POST ${login.path} HTTP/1.1\r\nHost: a\r\nx-mp-key: ${shop.publicKey}\r\n`;
    const cookie = canary.repeat(150_000);
    for (const [at, [bytes, status, reason]] of (
      [
        [`${head}Cookie: ${cookie}\r\n\r\n`, 431, 'too many or too long; a request may have'],
        [`${head}X-A: ${canary}\0\r\n\r\n`, 400, 'the head of the request is not HTTP; look at the proxies'],
      ] as const
    ).entries()) {
      const answer = await exchange(server.url, bytes);
      expect(statuses(answer)).toEqual([status]);
      expect(answer).toMatch(/\r\nx-content-type-options: nosniff\r\n/);
      expect(answer).toMatch(/\r\naccess-control-allow-origin: \*\r\n/);
      expect(JSON.parse(answer.split('\r\n\r\n')[1] as string)).toMatchObject({ StatusCode: status });
      expect((await take(streamed(server), at + 1))[at]).toMatchObject(refused('mparticle', status, reason));
    }
    const origin = 'https://shop.example';
    const page = ['POST /mixpanel/track HTTP/1.1', 'Host: a', `Origin: ${origin}`, `Cookie: ${cookie}`, '', ''];
    const named = await exchange(server.url, page.join('\r\n'));
    expect(named).toContain(`\r\naccess-control-allow-origin: ${origin}\r\n`);
    const stats = await fetch(`${server.url}/v1/stats`, { headers: bearer(shop.serverKey) });
    expect(await stats.json()).toMatchObject({ turnedAway: { 'too-many-headers': 1, 'bad-framing': 1 } });
  });

  test('408: a head that never ends', async () => {
    const server = await running({}, { times: { headerTimeoutMs: 100 } });
    const head = `POST ${login.path} HTTP/1.1\r\nHost: a\r\nx-mp-key: ${shop.publicKey}\r\nX-A: ${canary}`;
    expect(statuses(await exchange(server.url, head))).toEqual([408]);
    expect(await notice(server)).toMatchObject(refused('mparticle', 408, 'the head of the request took too long'));
  });

  test('500: a wire fails on it', async () => {
    const server = await running();
    const { store } = server.context;
    const { ask } = store;
    Object.assign(store, { ask: () => Promise.reject(new Error(canary)) });
    const answer = await post(server, { ...login, path: '/mparticle/v1/search', body: body({ customerid: 'C1' }) });
    expect(answer.status).toBe(500);
    Object.assign(store, { ask });
    expect(await notice(server)).toMatchObject(refused('mparticle', 500, 'the fault is ours, and the server’s log'));
  });

  test('503: the store fails', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [track('before')]);
    await server.context.store.close();
    expect((await post(server, { ...login, body: body({ customerid: canary }) })).status).toBe(503);
    // What stands in the log alone cannot be shown now; the rest is, to say why.
    const [now] = await take(streamed(server), 1);
    expect(now).toMatchObject(refused('mparticle', 503, 'cannot take this now; look for room'));
  });

  test('503: the queue is full; a flood is counted, not listed (G12)', async () => {
    const server = await running({}, { queuedItems: 1 });
    const one = JSON.stringify({ key: shop.publicKey, items: [track(canary), track(canary)] });
    const lines = ['POST /v1/batch HTTP/1.1', 'Host: a', `Content-Length: ${one.length}`];
    const keep = [...lines, '', one].join('\r\n');
    const last = [...lines, 'Connection: close', '', one].join('\r\n');
    const answers = statuses(await exchange(server.url, keep.repeat(200) + last));
    const busy = answers.filter((status) => status === 503).length;
    expect(busy).toBeGreaterThan(10);
    const stream = streamed(server, '?q=503');
    let requests = 0;
    let notices = 0;
    while (requests < busy) {
      const [item] = await take(stream, 1);
      expect(item).toMatchObject({ ...refused('native', 503, 'waiting to be stored; more arrives'), turnedAway: {} });
      requests += item?.turnedAway?.requests ?? 0;
      notices += 1;
    }
    console.log(`${busy} requests told to come again: ${notices} notices`);
    expect(requests).toBe(busy);
    expect(notices).toBeLessThan(busy / 2);
  });
});

describe('whose stream it is', () => {
  const basic = (user: string, secret = '') => ({ authorization: `Basic ${btoa(`${user}:${secret}`)}` });
  const xo = '30cbb5fc-375f-4cf2-8efd-ed86d909718e';
  const keyed = { projects: [{ ...shop, keys: { xo, spid: 'client' } }, other] };
  const shown: readonly (readonly [wire: string, where: string, sent: Sent])[] = [
    ['native', 'bearer, public', { path: '/v1/batch', headers: bearer(shop.publicKey) }],
    ['native', 'bearer, secret', { path: '/v1/batch', headers: bearer(shop.serverKey) }],
    ['mixpanel', 'basic', { path: '/mixpanel/import', headers: basic(shop.serverKey) }],
    ['mparticle', 'x-mp-key', login],
    ['mparticle', 'path', { path: `/mparticle/v3/JS/${shop.publicKey}/Events` }],
    ['mparticle', 'basic', { path: '/mparticle/v2/events', headers: basic(shop.publicKey, shop.serverKey) }],
    ['xo', 'path', { path: `/xo/${xo}` }],
    ['spid', 'query', { path: '/spid/ajax/traits.js?client_id=client' }],
    ['spid', 'basic', { path: '/spid/oauth/token', headers: basic('client') }],
    ['segment', 'basic', { path: '/segment/v1/batch', headers: basic(shop.publicKey) }],
  ];
  test.each(shown)('%s: that of the key in the head (%s)', async (wire, _where, sent) => {
    const server = await running(keyed);
    await post(server, { ...sent, headers: { ...sent.headers, 'content-encoding': 'br' } });
    expect(await notice(server)).toMatchObject({ type: 'turned-away', wire });
  });

  test('nobody hears of a key that stands in the body, opens nothing, or in an address too long to be looked at', async () => {
    const server = await running(keyed);
    const br = { 'content-encoding': 'br' };
    const data = JSON.stringify([{ event: 'Seen', properties: { token: shop.publicKey } }]);
    await post(server, { path: '/mixpanel/track', headers: br, body: data });
    await post(server, { path: '/mparticle/v1/login', headers: { ...br, 'x-mp-key': 'nobody' } });
    await post(server, { path: `/xo/${xo}?${'x'.repeat(5_000)}`, headers: br });
    await post(server, { path: '/v1/batch', headers: { ...br, ...bearer('nobody') } });
    await batch(server.url, shop.publicKey, [track('first')]);
    expect((await take(streamed(server), 1))[0]).toMatchObject({ type: 'track' });
  });

  test('another project hears nothing (S2)', async () => {
    const server = await running();
    await post(server, { ...login, headers: { ...login.headers, 'content-encoding': 'br' } });
    await batch(server.url, other.publicKey, [track('theirs')]);
    expect((await take(streamed(server, '', {}, other.serverKey), 1))[0]).toMatchObject({ type: 'track' });
  });
});

describe('notices', () => {
  function refusals() {
    const told: TurnedAway[] = [];
    let due: (() => void)[] = [];
    const refuse = createRefusals({
      clock: () => 7,
      tell: (notices) => void told.push(...notices),
      later: (run) => void due.push(run),
    });
    return {
      told: () => told.splice(0).map(({ project, reason, requests }) => `${project} ${reason} ${requests}`),
      refuse: (project: string, reason: string, times = 1) => {
        for (let i = 0; i < times; i++) refuse({ project, wire: 'w', status: 503, reason });
      },
      /** A second goes by. Answers how many notices were waited with. */
      second() {
        const now = due;
        due = [];
        for (const run of now) run();
        return now.length;
      },
    };
  }

  test('the first of a kind comes at once, the others of its second as a number', () => {
    const { told, refuse, second } = refusals();
    refuse('a', 'full', 100_000);
    refuse('a', 'slow');
    refuse('b', 'full', 2);
    expect(told()).toEqual(['a full 1', 'a slow 1', 'b full 1']);
    expect(second()).toBe(3);
    expect(told()).toEqual(['a full 99999', 'b full 1']);
    refuse('a', 'full', 3);
    expect(told()).toEqual([]);
    second();
    expect(told()).toEqual(['a full 3']);
  });

  test('nothing stays behind once it is quiet', () => {
    const { told, refuse, second } = refusals();
    refuse('a', 'full', 2);
    expect([second(), second(), second()]).toEqual([1, 1, 0]);
    told();
    refuse('a', 'full');
    expect(told()).toEqual(['a full 1']);
  });
});
