import { readdirSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limits } from '../src/limits.ts';
import { routeTable } from '../src/routes/index.ts';
import { createStorageProbe } from '../src/storage-probe.ts';
import { exchange } from './raw.ts';
import { batch, other, running, shop, track } from './running.ts';

const server = { authorization: `Bearer ${shop.serverKey}` };

describe('the wires a project speaks', () => {
  test('on the others its keys open nothing; absent, it speaks all', async () => {
    const { url } = await running({ projects: [{ ...shop, speaks: ['native'] }, other] });
    expect((await batch(url, shop.publicKey, [track('1')])).status).toBe(200);
    const mixpanel = async (token: string) => {
      const data = JSON.stringify([{ event: 'a', properties: { token, distinct_id: 'x' } }]);
      return (
        await fetch(`${url}/mixpanel/track?verbose=1`, { method: 'POST', body: new URLSearchParams({ data }) })
      ).json();
    };
    // Mixpanel answers 1 for any token, and so do we: what arrived tells.
    await Promise.all([mixpanel(shop.publicKey), mixpanel(other.publicKey)]);
    const wires = async (key: string) => {
      const stats = await fetch(`${url}/v1/stats`, { headers: { authorization: `Bearer ${key}` } });
      return Object.keys(((await stats.json()) as { wires: object }).wires);
    };
    expect([await wires(shop.serverKey), await wires(other.serverKey)]).toEqual([['native'], ['mixpanel']]);
    const mparticle = (key: string) =>
      fetch(`${url}/mparticle/v1/identify`, {
        method: 'POST',
        headers: { 'x-mp-key': key, 'content-type': 'application/json' },
        body: JSON.stringify({ request_id: 'a', known_identities: { customerid: 'b' } }),
      });
    expect((await mparticle(shop.publicKey)).status).toBe(401);
    expect((await fetch(`${url}/v1/stats`, { headers: server })).status).toBe(200);
  });

  test('are recommended by those in use, until the settings name some', async () => {
    const { url } = await running({ projects: [{ ...shop, speaks: ['native', 'xo'] }, other] });
    const told = async (key: string) => {
      const answer = await fetch(`${url}/v1/project`, { headers: { authorization: `Bearer ${key}` } });
      const { speaks, narrowing } = (await answer.json()) as { speaks: unknown; narrowing: unknown };
      return { speaks, narrowing };
    };
    expect(await told(other.serverKey)).toEqual({ speaks: null, narrowing: null });
    await Promise.all([batch(url, shop.publicKey, [track('1')]), batch(url, other.publicKey, [track('1')])]);
    expect(await told(other.serverKey)).toEqual({ speaks: null, narrowing: '"speaks": ["native"]' });
    expect(await told(shop.serverKey)).toEqual({ speaks: ['native', 'xo'], narrowing: null });
  });
});

test('a public key does not learn that somebody opted out (S12)', async () => {
  const { url } = await running();
  const optOut = { type: 'consent', ids: { user: 'ann' }, consent: 'denied' };
  expect((await batch(url, shop.serverKey, [optOut])).status).toBe(200);
  const asked = async (key: string, user: string) => (await batch(url, key, [track(user)])).text();
  expect(await asked(shop.publicKey, 'ann')).toBe(await asked(shop.publicKey, 'nobody'));
  expect(await asked(shop.serverKey, 'ann')).toContain('suppressed');
});

test('a refusal names fields of ours and nothing that was sent (S40)', async () => {
  const { url } = await running();
  const body = JSON.stringify({ roles: { 'customer-42': 'none' }, 'ann-smith': 1, caps: { perPerson: -1 } });
  const answer = await fetch(`${url}/v1/policy`, {
    method: 'PUT',
    headers: { ...server, 'content-type': 'application/json' },
    body,
  });
  const said = await answer.text();
  expect(answer.status).toBe(400);
  expect(said).not.toMatch(/customer-42|ann-smith/);
  expect(said).toContain('caps.perPerson');
});

test('a list is no body of an object, on any route', async () => {
  const { url } = await running();
  for (const { method, path, body } of routeTable) {
    if (body === undefined) continue;
    const answer = await fetch(url + path.replace(/:\w+/g, 'x'), {
      method,
      headers: { ...server, 'content-type': 'application/json' },
      body: '[]',
    });
    expect([path, answer.status]).toEqual([path, 400]);
  }
});

test('what is refused before it is a request is counted by cause', async () => {
  const { url } = await running();
  await exchange(url, 'hello\r\n\r\n');
  await exchange(url, `GET /livez HTTP/1.1\r\nHost: a\r\nX-A: ${'a'.repeat(limits.headerBytes)}\r\n\r\n`);
  await exchange(url, 'GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const [status, cause] of [
    [400, 'bad-framing'],
    [431, 'too-many-headers'],
    [400, 'two-hosts'],
  ])
    expect(metrics).toContain(`selfsame_refused_requests_total{surface="http",status="${status}",cause="${cause}"} 1`);
});

describe('/metrics by setting', () => {
  test('with a key', async () => {
    const { url } = await running({ metrics: { key: 'scrape-me' } });
    const status = async (headers: Record<string, string>) => (await fetch(`${url}/metrics`, { headers })).status;
    expect(await status({})).toBe(401);
    for (const wrong of ['scrape-m', 'scrape-me-too', 'Scrape-me', ''])
      expect([wrong, await status({ authorization: `Bearer ${wrong}` })]).toEqual([wrong, 401]);
    expect(await status({ authorization: 'Bearer scrape-me' })).toBe(200);
  });

  test('at an address of its own, and nowhere else', async () => {
    const { url, metricsPort } = await running({ metrics: { listen: { host: '127.0.0.1', port: 0 } } });
    const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(text).toContain('selfsame_queued_items');
    expect((await fetch(`http://127.0.0.1:${metricsPort}/v1/stats`)).status).toBe(404);
    expect(await (await fetch(`${url}/metrics`)).text()).not.toContain('selfsame_queued_items');
  });
});

describe('readiness by probe (G26, G28)', () => {
  test('red where what is written cannot be synced', async () => {
    const { data } = await running();
    // It takes every write, and cannot be synced.
    symlinkSync('/dev/null', join(data, 'probe'));
    expect(await createStorageProbe(data).canWrite()).toBe(false);
  });

  test('red while the disk takes no write, green as soon as it does, without a request in between', async () => {
    const { url, data } = await running();
    let now = 0;
    const probe = createStorageProbe(data, () => now);
    expect(await probe.canWrite()).toBe(true);
    expect(readdirSync(data)).not.toContain('probe');
    // Every write to /dev/full meets a full disk.
    symlinkSync('/dev/full', join(data, 'probe'));
    expect(await probe.canWrite()).toBe(true);
    now += 1_000;
    expect(await probe.canWrite()).toBe(false);
    rmSync(join(data, 'probe'), { force: true });
    now += 1_000;
    expect(await probe.canWrite()).toBe(true);
    symlinkSync('/dev/full', join(data, 'probe'));
    const red = await fetch(`${url}/readyz`);
    expect([red.status, await red.json()]).toEqual([
      503,
      { status: 'not ready', reason: 'the storage takes no write' },
    ]);
  });
});

test('the data directory and its files are for their owner only', async () => {
  const { url, data } = await running();
  await batch(url, shop.publicKey, [track('1')]);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  for (const file of readdirSync(data)) expect([file, statSync(join(data, file)).mode & 0o077]).toEqual([file, 0]);
});

test('every answer of every wire says that it is what it says (S33)', async () => {
  const { url } = await running();
  for (const path of [
    '/mixpanel/track',
    '/mparticle/v1/identify',
    '/xo/x',
    '/spid/api/2/me',
    '/segment/v1/track',
    '/v1/batch',
    '/livez',
    '/v1/stats',
    '/openapi.json',
  ])
    for (const method of ['GET', 'POST'])
      expect([path, (await fetch(url + path, { method })).headers.get('x-content-type-options')]).toEqual([
        path,
        'nosniff',
      ]);
});

describe('SPiD: who is logged in is told to the client’s own pages', () => {
  const ask = async (url: string, headers: Record<string, string>) =>
    (await fetch(`${url}/spid/rpc/hassession.js?client_id=spid-client&callback=cb`, { headers })).status;
  const client = (spid: object) => ({ projects: [{ ...shop, keys: { spid: 'spid-client' }, wires: { spid } }] });

  test('by Origin, else Referer; look-alikes and pages that hide both are refused', async () => {
    const { url } = await running(client({ origins: ['https://shop.example'] }));
    const cases: readonly [Record<string, string>, number][] = [
      [{ origin: 'https://shop.example' }, 200],
      [{ referer: 'https://shop.example/basket?a=b' }, 200],
      [{ referer: `${url}/page` }, 200],
      [{ origin: 'https://shop.example.evil.test' }, 403],
      [{ origin: 'https://evilshop.example' }, 403],
      [{ origin: 'http://shop.example' }, 403],
      [{ origin: 'https://shop.example:8443' }, 403],
      [{ origin: 'null', referer: 'https://shop.example/' }, 403],
      [{ origin: 'https://evil.test', referer: 'https://shop.example/' }, 403],
      [{ referer: 'https://evil.test/https://shop.example/' }, 403],
      [{ referer: 'https://shop.example@evil.test/' }, 403],
      [{ 'sec-fetch-site': 'cross-site' }, 403],
      [{ 'sec-fetch-site': 'same-site' }, 403],
      [{ 'sec-fetch-site': 'same-origin' }, 200],
      [{}, 200],
    ];
    for (const [headers, status] of cases) expect([headers, await ask(url, headers)]).toEqual([headers, status]);
  });

  test('the sites users are sent back to are the client’s, where nothing else is listed', async () => {
    const { url } = await running(client({ redirectUris: ['https://shop.example/back'] }));
    expect(await ask(url, { origin: 'https://shop.example' })).toBe(200);
    expect(await ask(url, { origin: 'https://evil.test' })).toBe(403);
    const open = await running(client({}));
    expect(await ask(open.url, { origin: 'https://anyone.example' })).toBe(200);
  });

  test('however the settings spell an address: a browser names its page in one way', async () => {
    const redirectUris = ['https://one.example:443/back', 'https://me@TWO.example/back', 'https:three.example/back'];
    const { url } = await running(client({ redirectUris }));
    for (const origin of ['https://one.example', 'https://two.example', 'https://three.example'])
      expect([origin, await ask(url, { origin })]).toEqual([origin, 200]);
    for (const referer of ['android-app://com.evil/', 'about:blank', 'https://me@two.example.evil.test/'])
      expect([referer, await ask(url, { referer })]).toEqual([referer, 403]);
  });
});
