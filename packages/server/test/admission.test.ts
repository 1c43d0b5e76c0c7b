import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { ProjectId } from '@selfsame/identity';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createAdmission } from '../src/http/admission.ts';
import { addressBehind, peerBehind } from '../src/http/proxy.ts';
import { createRateLimits, network } from '../src/http/rate-limits.ts';
import { createStreamSlots } from '../src/http/stream-slots.ts';
import { createTokenBuckets } from '../src/http/token-buckets.ts';
import { limits } from '../src/limits.ts';
import { exchange, statuses } from './raw.ts';
import { batch, other, running, shop, type TestServer, track } from './running.ts';

const counts = async (url: string, key: string) =>
  (await (await fetch(`${url}/v1/stats`, { headers: { authorization: `Bearer ${key}` } })).json()) as {
    applied: number;
    received: number;
    turnedAway: Record<string, number>;
  };

/** Keeps the server from answering what it is to store, until the function that this answers is called. */
function held({ context: { store } }: TestServer): () => void {
  const { commit } = store;
  const go = Promise.withResolvers<void>();
  const late: typeof commit = (loaded, changes, onTaken) => {
    const answers = go.promise.then(() => commit.call(store, loaded, changes, onTaken));
    return changes.map(async (_, i) => (await answers)[i] ?? 'stale');
  };
  Object.assign(store, { commit: late });
  return go.resolve;
}

/** Sends twice what is more than half of what may be under way: the second is to come again. */
async function oneAtATime({ url, context }: TestServer, go: () => void, request: string): Promise<void> {
  const first = exchange(url, request);
  await expect.poll(() => context.ingest.depth).toBe(1);
  const second = await Promise.race([exchange(url, request), first]);
  expect(second).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n/is);
  go();
  expect(statuses(await first)).toEqual([200]);
}

describe('admission (G12, G13)', () => {
  const KiB = 1_024;

  test('what may be under way shrinks while answers are slow, once for all that were under way, and grows again', () => {
    let now = 0;
    const admission = createAdmission({ least: 10 * KiB, most: 400 * KiB, targetMs: 1_000 }, () => now);
    const enter = () => admission.enter(9 * KiB, () => 'a');
    const leave = Array.from({ length: 20 }, enter).filter((one) => one !== undefined);
    expect(leave).toHaveLength(10);
    now = 5_000;
    for (const one of leave) one(true);
    expect(admission.limit).toBe(70 * KiB);
    for (let i = 0; i < 10; i++) {
      const slow = enter();
      now += 1_001;
      slow?.(true);
    }
    expect(admission.limit).toBe(10 * KiB);
    // What had no room is as good as slow.
    enter()?.(false);
    expect(admission.limit).toBe(10 * KiB);
    // Never nothing at all, and everything again once answers come in time.
    for (let i = 0; i < 100; i++) for (const one of Array.from({ length: 60 }, enter)) one?.(true);
    expect(admission.limit).toBe(400 * KiB);
    expect(admission.used).toBe(0);
  });

  test('a source that sends without end leaves the others their part', () => {
    const admission = createAdmission({ least: 100 * KiB, most: 100 * KiB, targetMs: 1_000 }, () => 0);
    while (admission.enter(9 * KiB, () => 'storm') !== undefined);
    expect(admission.isOpen(0, () => 'storm')).toBe(false);
    expect(admission.isOpen(0, () => 'steady')).toBe(true);
    const steady = admission.enter(1 * KiB, () => 'steady');
    expect(steady).toBeDefined();
    expect(admission.enter(1 * KiB, () => 'steady')).toBeDefined();
    expect(admission.enter(9 * KiB, () => 'storm')).toBeUndefined();
  });

  test('what has no room is known by its head, before its body is read', () => {
    const admission = createAdmission({ least: 100 * KiB, most: 100 * KiB, targetMs: 1_000 }, () => 0);
    admission.enter(80 * KiB, () => 'storm');
    expect(admission.isOpen(10 * KiB, () => 'storm')).toBe(true);
    expect(admission.isOpen(30 * KiB, () => 'storm')).toBe(false);
    expect(admission.enter(30 * KiB, () => 'storm')).toBeUndefined();
  });

  test('far more than can be stored: what is refused is told when to come again, and nothing taken is lost', async () => {
    const { url } = await running({}, { mostUnderWayBytes: 3 * 2 ** 20 });
    const items = (n: number) => Array.from({ length: 100 }, (_, i) => track(`${n}-${i}`));
    const bodies = Array.from({ length: 2 }, (_, n) =>
      JSON.stringify({ items: items(n).map((one) => ({ ...one, properties: { text: 'x'.repeat(20_000) } })) }),
    );
    const taken: number[] = [];
    let refused = 0;
    const before = process.memoryUsage.rss();
    const sender = async () => {
      for (const body of bodies) {
        const answer = await batch(url, shop.serverKey, [], { body });
        if (answer.status === 200) {
          taken.push(
            ((await answer.json()) as { results: { status: string }[] }).results.filter(
              (one) => one.status === 'applied',
            ).length,
          );
        } else {
          expect(answer.status).toBe(503);
          expect(answer.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
          await answer.arrayBuffer();
          refused += 1;
        }
      }
    };
    await Promise.all(Array.from({ length: 24 }, sender));
    const { applied, turnedAway } = await counts(url, shop.serverKey);
    const grown = Math.round((process.memoryUsage.rss() - before) / 2 ** 20);
    console.log(
      `24 senders of 2 × 2 MB at once: ${taken.length} taken, ${refused} told to come again, ${grown} MiB more`,
    );
    expect(applied).toBe(taken.reduce((sum, one) => sum + one, 0));
    expect(turnedAway).toEqual({ overloaded: refused });
    expect(refused).toBeGreaterThan(0);
    // Back to normal at once.
    expect((await batch(url, shop.publicKey, [track('after')])).status).toBe(200);
  });

  test('who comes again at once, however often it is told, waits for being told so; others do not', async () => {
    const server = await running({}, { mostUnderWayBytes: 1 });
    const go = held(server);
    // Two of these are more than may be under way.
    const large = { ...track('1'), properties: { text: 'x'.repeat(limits.leastUnderWayBytes * 0.75) } };
    const first = batch(server.url, shop.publicKey, [large]);
    await expect.poll(() => server.context.ingest.depth).toBe(1);
    const body = JSON.stringify({ items: [large] });
    const head = `POST /v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${shop.publicKey}\r\n`;
    const bytes = `${head}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const { hostname, port } = new URL(server.url);
    const client = connect(Number(port), hostname).setEncoding('utf8');
    onTestFinished(() => void client.destroy());
    // However slow the machine, it comes at once.
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const told: { readonly answer: string; readonly ms: number }[] = [];
    const ask = async () => {
      const asked = Date.now();
      client.write(bytes);
      const [answer] = (await once(client, 'data')) as [string];
      told.push({ answer, ms: Date.now() - asked });
    };
    await ask();
    const again = ask();
    // On a connection of its own, told at once.
    const other = batch(server.url, shop.publicKey, [large]).then(({ status }) => `${status} for another`);
    expect(await Promise.race([again.then(() => 'the one that came again'), other])).toBe('503 for another');
    await again;
    await ask();
    console.log(`told to come again after ${told.map(({ ms }) => ms).join(', ')} ms, each coming at once`);
    for (const { answer } of told) expect(answer).toMatch(/^HTTP\/1\.1 503 .*\r\nretry-after: 1\r\n/is);
    for (const { ms } of told.slice(1)) expect(ms).toBeGreaterThan(450);
    expect(await counts(server.url, shop.serverKey)).toMatchObject({ turnedAway: { overloaded: 4 } });
    go();
    expect((await first).status).toBe(200);
  });

  test('bodies wait as they are while as much was read as a commit takes, and all are kept', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const server = await running();
    const { ingest } = server.context;
    const go = held(server);
    const isReady = async () => (await fetch(`${server.url}/readyz`)).status;
    const items = (n: number) => Array.from({ length: 100 }, (_, i) => track(`${n}-${i}`));
    const sent = Array.from({ length: 30 }, (_, n) => batch(server.url, shop.serverKey, items(n)));
    const bytes = JSON.stringify({ items: items(10) }).length;
    const came = async () =>
      Number(/^selfsame_body_bytes (\d+)$/m.exec(await (await fetch(`${server.url}/metrics`)).text())?.[1]);
    await expect.poll(came).toBeGreaterThan(29.5 * bytes);
    const read = ingest.depth;
    console.log(`30 requests of 100 items: ${read} items were read before anything was stored`);
    // One group is being stored, and the next was read; each may be over by a request.
    expect(read).toBeLessThanOrEqual(500 + 100 + 1_000 + 100);
    expect(read).toBeGreaterThanOrEqual(1_000);
    expect(await isReady()).toBe(200);
    vi.advanceTimersByTime(limits.answerTargetMs + 1);
    expect(await isReady()).toBe(503);
    vi.useRealTimers();
    go();
    for (const answer of sent) expect((await answer).status).toBe(200);
    expect((await counts(server.url, shop.serverKey)).applied).toBe(3_000);
    expect(await isReady()).toBe(200);
  });

  test('what is sent in an address waits for its turn, too', async () => {
    const server = await running({}, { mostUnderWayBytes: 1 });
    const go = held(server);
    // Two of these are more than may be under way.
    const text = 'x'.repeat(limits.leastUnderWayBytes * 0.75);
    const data = encodeURIComponent(JSON.stringify({ event: 'Seen', properties: { token: shop.publicKey, text } }));
    const get = `GET /mixpanel/track?data=${data} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
    await oneAtATime(server, go, get);
  });

  test('who has a network of addresses to choose from has one part of what may be under way, and not one for each', async () => {
    const server = await running({ trustedProxies: ['127.0.0.1'] }, { mostUnderWayBytes: 1 });
    const go = held(server);
    // Two of these are more than may be under way; whose they are is not in the head.
    const text = 'x'.repeat(limits.leastUnderWayBytes * 0.75);
    const body = JSON.stringify({ key: shop.publicKey, items: [{ ...track('1'), properties: { text } }] });
    const head = `Content-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    const send = (from: string) =>
      exchange(server.url, `POST /v1/batch HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${from}\r\n${head}${body}`);
    const first = send('2001:db8::1');
    await expect.poll(() => server.context.ingest.depth).toBe(1);
    const again = await Promise.race([send('2001:db8::2'), first]);
    expect(again).toMatch(/^HTTP\/1\.1 503 /);
    const another = send('2001:db8:0:1::1');
    await expect.poll(() => server.context.ingest.depth).toBe(2);
    go();
    expect(statuses(await first)).toEqual([200]);
    expect(statuses(await another)).toEqual([200]);
  });

  test('a body of which the head did not say how long it is waits for its turn, too', async () => {
    const server = await running({}, { mostUnderWayBytes: 1 });
    const go = held(server);
    // Two of these are more than may be under way; each is sent in one piece, without its length.
    const text = 'x'.repeat(limits.leastUnderWayBytes * 0.75);
    const body = JSON.stringify({ items: [{ ...track('1'), properties: { text } }] });
    const head = `POST /v1/batch HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${shop.publicKey}\r\n`;
    const chunked = `${head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    await oneAtATime(server, go, `${chunked}${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`);
  });

  test('one project has half of the streams at most, and gives each back once', () => {
    const slots = createStreamSlots(4);
    const [one, two] = ['one', 'two'] as ProjectId[] as [ProjectId, ProjectId];
    const given = [slots.take(one), slots.take(one)];
    expect(slots.take(one)).toBeUndefined();
    expect([slots.take(two), slots.take(two), slots.take('three' as ProjectId)].map((it) => it !== undefined)).toEqual([
      true,
      true,
      false,
    ]);
    for (let n = 0; n < 2; n++) given[0]?.();
    expect([slots.take(one), slots.take(one)].map((it) => it !== undefined)).toEqual([true, false]);
  });
});

describe('rate limits (S41)', () => {
  test('a bucket lets a burst through and then the rate, and says when to come again', () => {
    let now = 0;
    const buckets = createTokenBuckets({ perSecond: 2, burst: 10 }, () => now);
    expect(buckets.take('a', 9)).toBe(0);
    // A large request goes through whole and is paid off afterwards.
    expect(buckets.take('a', 21)).toBe(0);
    expect(buckets.take('a', 1)).toBe(11);
    expect(buckets.take('b', 1)).toBe(0);
    now = 11_000;
    expect(buckets.take('a', 1)).toBe(0);
  });

  test('what one limit turns away is taken off no other, and what could not be kept is given back (G13)', () => {
    const second = { perSecond: 1, burst: 10 };
    const one = 'one' as ProjectId;
    const limits = createRateLimits(undefined, new Map([[one, { project: second, serverKey: second }]]), () => 0);
    // Pages use up what the project has: the backend is turned away, and its own limit is as it was.
    expect(limits.ofItems(one, 0, 10)).toBeUndefined();
    for (let n = 0; n < 5; n++) expect(limits.ofItems(one, 2, 10)?.whose).toBe('project');
    limits.giveBack(one, 0, 10);
    expect(limits.ofItems(one, 2, 10)).toBeUndefined();
    expect(limits.ofItems(one, 2, 1)?.whose).toBe('server-key');
    // Another project's storm moves nothing here, and nobody gets back more than a bucket holds.
    limits.giveBack(one, 2, 1_000);
    expect(limits.ofItems('two' as ProjectId, 2, 1_000)).toBeUndefined();
    expect(limits.used(one, 2)).toBe(0);
  });

  test.each([
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8:1:2::9', '2001:db8:1:2'],
    ['2001:db8::5:6:7', '2001:db8:0:0'],
    ['fe80::1:2:3:4', 'fe80:0:0:0'],
    ['::1', '0:0:0:0'],
    ['1::2:3:4:5:6:7', '1:0:2:3'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['192.0.2.7', '192.0.2.7'],
  ])('%s is counted as %s', (address, as) => {
    expect(network(address)).toBe(as);
  });

  test('a client at an IPv4 address is who it is, also where it came to an IPv6 one', () => {
    const message = (remoteAddress: string, forwarded: string) =>
      ({
        socket: { remoteAddress },
        headers: { host: 'a', 'x-forwarded-for': forwarded },
      }) as unknown as IncomingMessage;
    for (const from of ['192.0.2.1', '::ffff:192.0.2.1']) {
      expect(peerBehind(['192.0.2.1'])(message(from, '9.9.9.9')).ip).toBe('9.9.9.9');
      expect(peerBehind(['192.0.2.2'])(message(from, '9.9.9.9')).ip).toBe('192.0.2.1');
      expect(addressBehind([])(message(from, '9.9.9.9'))).toBe('192.0.2.1');
    }
  });

  const rates = { rateLimits: { publicKey: { perSecond: 0.01, burst: 3 } } };

  test('what a page hands on that a backend signed counts as the page’s', async () => {
    const { url } = await running({
      projects: [
        {
          ...shop,
          keys: { spid: 'spid-client' },
          rateLimits: { serverKey: { perSecond: 0.01, burst: 1 }, publicKey: { perSecond: 0.01, burst: 3 } },
        },
      ],
    });
    const sign = (payload: object) => {
      const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
      return `${createHmac('sha256', shop.signingSecret).update(text).digest('base64url')}.${text}`;
    };
    const t = Date.now() / 1_000;
    const identify = {
      type: 'identify',
      ids: { device: 'd' },
      signed: sign({ use: 'identity', ids: { user: 'a' }, t }),
    };
    expect((await batch(url, shop.publicKey, [identify])).status).toBe(200);
    const search = new URLSearchParams({ client_id: 'spid-client', callback: 'f', t: sign({ plan: 'gold', t }) });
    const traits = async () => (await fetch(`${url}/spid/ajax/traits.js?${search}`)).text();
    expect(await traits()).toContain('"result":true');
    // That was what its own key may, and the backend's is as it was.
    expect(await traits()).toContain('"code":429');
    expect((await batch(url, shop.serverKey, [track('1')])).status).toBe(200);
  });

  test('of what could not be kept nothing is taken off a rate', async () => {
    const rateLimits = { publicKey: { perSecond: 0.01, burst: 2 } };
    const server = await running({ projects: [{ ...shop, rateLimits }] }, { queuedItems: 1 });
    const go = held(server);
    const first = batch(server.url, shop.publicKey, [track('1')]);
    await expect.poll(() => server.context.ingest.depth).toBe(1);
    for (let n = 0; n < 3; n++) expect((await batch(server.url, shop.publicKey, [track('2')])).status).toBe(503);
    go();
    expect((await first).status).toBe(200);
    expect((await batch(server.url, shop.publicKey, [track('3')])).status).toBe(200);
  });

  test('of a key: 429 with Retry-After, counted, shown in the stats, and no other key or project is held up', async () => {
    const { url } = await running({ projects: [{ ...shop, ...rates }, other] });
    const send = (key: string) => batch(url, key, [track('1'), track('2')]);
    expect((await send(shop.publicKey)).status).toBe(200);
    expect((await send(shop.publicKey)).status).toBe(200);
    const limited = await send(shop.publicKey);
    expect(limited.status).toBe(429);
    expect(limited.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
    expect(limited.headers.get('access-control-allow-origin')).toBe('*');
    expect((await send(shop.serverKey)).status).toBe(200);
    expect((await send(other.publicKey)).status).toBe(200);
    expect(await counts(url, shop.serverKey)).toMatchObject({ received: 6, turnedAway: { 'rate-of-public-key': 1 } });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(
      'selfsame_refused_requests_total{surface="native",status="429",cause="rate-of-public-key"} 1',
    );
    expect(metrics).toMatch(/selfsame_request_seconds_count\{surface="native"\} 5\n/);
  });

  test('what cannot be read counts as what can, on every wire: reading it costs as much', async () => {
    type Row = readonly [path: string, whose: 'publicKey' | 'serverKey', headers: Record<string, string>, body: string];
    const basic = (name: string, secret = '') => ({ authorization: `Basic ${btoa(`${name}:${secret}`)}` });
    const rows = (key: string, serverKey: string): readonly Row[] => [
      ['/v1/batch', 'publicKey', { authorization: `Bearer ${key}` }, '{"items":'],
      ['/v1/batch', 'publicKey', {}, `{"key":"${key}","items":7}`],
      ['/v1/batch', 'publicKey', {}, `{"key":"${key}","items":[{"type":"nothing"}]}`],
      ['/v1/batch', 'serverKey', { authorization: `Bearer ${serverKey}` }, '{"items":'],
      ['/v1/batch', 'serverKey', { authorization: `Bearer ${serverKey}` }, '{"items":[7]}'],
      ['/mixpanel/track', 'publicKey', {}, `[{"event":"","properties":{"token":"${key}"}}]`],
      ['/mixpanel/engage', 'publicKey', {}, `[{"$token":"${key}","$set":7}]`],
      ['/mixpanel/import', 'serverKey', basic(serverKey), '[{'],
      ['/mixpanel/import?strict=1', 'serverKey', basic(serverKey), '[{"event":7}]'],
      [`/mparticle/v3/JS/${key}/events`, 'publicKey', {}, '{"events":['],
      [`/mparticle/v2/JS/${key}/Events`, 'publicKey', {}, '{"dt":'],
      ['/mparticle/v1/identify', 'publicKey', { 'x-mp-key': key }, '{"known_identities":7}'],
      ['/mparticle/v2/events', 'serverKey', basic(key, serverKey), '{'],
      ['/mparticle/v2/bulkevents', 'serverKey', basic(key, serverKey), '[{}]'],
      [`/xo/${key}`, 'publicKey', {}, '{'],
      [`/xo/${key}`, 'publicKey', {}, '[{"action":7}]'],
      ['/segment/v1/track', 'publicKey', basic(key), '{'],
      ['/segment/v1/batch', 'publicKey', basic(key), '{"batch":[{"type":"nothing"}]}'],
    ];
    // A project for each, so that one server does.
    const projects = rows('', '').map(([, whose], i) => ({
      ...shop,
      id: `p${i}`,
      publicKey: `public-${i}`,
      serverKey: `server-${i}`,
      rateLimits: { [whose]: { perSecond: 0.01, burst: 1 } },
    }));
    const { url } = await running({ projects });
    for (const [i, { publicKey, serverKey }] of projects.entries()) {
      const [path, whose, headers, body] = rows(publicKey, serverKey)[i] as Row;
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
      const statuses: number[] = [];
      for (let n = 0; n < 3; n++) statuses.push((await fetch(url + path, init)).status);
      expect([path, body, statuses[0] === 429, ...statuses.slice(1)]).toEqual([path, body, false, 429, 429]);
      // Of the other key's rate nothing was taken.
      const free = whose === 'publicKey' ? serverKey : publicKey;
      expect([path, (await batch(url, free, [track('1')])).status]).toEqual([path, 200]);
    }
  });

  test('mParticle’s callers read how much of a limit is used, and which one they met, in its own headers', async () => {
    const limited = {
      rateLimits: { serverKey: { perSecond: 0.01, burst: 4 }, project: { perSecond: 0.01, burst: 8 } },
    };
    const { url } = await running({ projects: [{ ...shop, ...limited }, other] });
    const send = async ({ publicKey, serverKey }: typeof shop) => {
      const answer = await fetch(`${url}/mparticle/v2/events`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: `Basic ${btoa(`${publicKey}:${serverKey}`)}`,
        },
        body: JSON.stringify({
          environment: 'development',
          user_identities: { customer_id: 'ann' },
          events: [{ event_type: 'custom_event', data: { event_name: 'a', custom_event_type: 'other' } }],
        }),
      });
      const header = (name: string) => answer.headers.get(`x-mp-rate-limit-${name}`);
      return [answer.status, header('percentage-used'), header('exceeded')];
    };
    // The fuller of two buckets is told.
    const first = await send(shop);
    expect(first[0]).toBe(202);
    expect(Number(first[1])).toBeGreaterThanOrEqual(25);
    let last = first;
    while (last[0] === 202) {
      expect(last[2]).toBeNull();
      last = await send(shop);
    }
    expect(last).toEqual([429, null, '"app"']);
    // Where nothing is limited nothing is told.
    expect(await send(other)).toEqual([202, null, null]);
  });

  test('of an address, on wires and on the API; forged forwarding headers move no counter', async () => {
    const { url } = await running({ rateLimits: { address: { perSecond: 0.01, burst: 5 } } });
    const ask = async (n: number) => {
      const forged = { 'x-forwarded-for': `192.0.2.${n}`, forwarded: `for=192.0.2.${n}`, 'x-real-ip': `192.0.2.${n}` };
      const headers = { authorization: `Bearer ${shop.serverKey}`, ...forged };
      return n % 2 === 0
        ? (await fetch(`${url}/v1/policy`, { headers })).status
        : (await batch(url, shop.publicKey, [track('1')], { headers: forged })).status;
    };
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) statuses.push(await ask(n));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
  });

  test('behind a proxy of ours each visitor has a bucket', async () => {
    const { url } = await running({
      trustedProxies: ['127.0.0.1'],
      rateLimits: { address: { perSecond: 0.01, burst: 1 } },
    });
    const ask = async (address: string) =>
      (await fetch(`${url}/livez`, { headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } })).status;
    expect([await ask('192.0.2.1'), await ask('192.0.2.1'), await ask('192.0.2.2')]).toEqual([200, 429, 200]);
  });

  test('a machine’s own programs are not counted unless the settings say so', async () => {
    const { url } = await running();
    const burst = await Promise.all(Array.from({ length: 50 }, () => fetch(`${url}/livez`)));
    expect(new Set(burst.map((one) => one.status))).toEqual(new Set([200]));
  });
});
