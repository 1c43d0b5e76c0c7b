import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { wires } from '@selfsame/protocols';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startServer } from '../src/index.ts';
import { running, shop, signIn } from './running.ts';

const quiet = { foreground: false, logTo: { write: () => undefined } };
const json = { 'content-type': 'application/json' };

describe('the console’s session (S32, S36)', () => {
  test('wrong tokens are throttled by address, and never lock the right one out', async () => {
    let now = 1_700_000_000_000;
    const { url, loginUrl } = await running({ trustedProxies: ['127.0.0.1'] }, { clock: () => now });
    const enter = (token: string, address = '192.0.2.1') =>
      fetch(`${url}/v1/session`, {
        method: 'POST',
        headers: { ...json, 'x-forwarded-for': address },
        body: JSON.stringify({ token }),
      });
    for (let i = 0; i < 20; i++) expect((await enter(`wrong-${i}`)).status).toBe(401);
    const token = new URL(loginUrl).searchParams.get('token') ?? '';
    expect((await enter('wrong')).status).toBe(429);
    expect((await enter('wrong', '192.0.2.2')).status).toBe(401);
    expect((await enter(token)).status).toBe(200);
    now += 60_000;
    expect((await enter('wrong')).status).toBe(401);
    // Whoever has an IPv6 network has no more tries than one address.
    for (let i = 0; i < 20; i++) expect((await enter('wrong', `2001:db8::${i}`)).status).toBe(401);
    expect((await enter('wrong', '2001:db8::ffff')).status).toBe(429);
    expect((await enter('wrong', '2001:db8:0:1::1')).status).toBe(401);
  });

  test('the link opens once; the token still opens by the form', async () => {
    const server = await running();
    await signIn(server);
    const again = await fetch(server.loginUrl, { redirect: 'manual' });
    expect([again.status, again.headers.get('location'), again.headers.get('set-cookie')]).toEqual([
      303,
      '/login',
      null,
    ]);
    const token = readFileSync(join(server.data, 'console-token'), 'utf8').trim();
    expect(statSync(join(server.data, 'console-token')).mode & 0o777).toBe(0o600);
    const body = JSON.stringify({ token });
    expect((await fetch(`${server.url}/v1/session`, { method: 'POST', headers: json, body })).status).toBe(200);
  });

  test('signing out ends the session for every copy of its cookie, also after a restart', async () => {
    const server = await running();
    const cookie = await signIn(server);
    const policy = async (url: string) =>
      (await fetch(`${url}/v1/policy?project=shop`, { headers: { cookie } })).status;
    expect(await policy(server.url)).toBe(200);
    const out = await fetch(`${server.url}/v1/session`, { method: 'DELETE', headers: { ...json, cookie } });
    expect(out.status).toBe(200);
    expect(await policy(server.url)).toBe(401);
    // Somebody else's sign-out brings it back no more than a restart does.
    const token = new URL(server.loginUrl).searchParams.get('token');
    const body = JSON.stringify({ token });
    const others = await fetch(`${server.url}/v1/session`, { method: 'POST', headers: json, body });
    const theirs = others.headers.get('set-cookie')?.split(';')[0] ?? '';
    await fetch(`${server.url}/v1/session`, { method: 'DELETE', headers: { ...json, cookie: theirs } });
    expect(await policy(server.url)).toBe(401);
    await server.stop();
    const config = join(server.data, '..', 'settings.json');
    const next = await startServer({ config, data: server.data, port: 0, host: '127.0.0.1' }, quiet);
    onTestFinished(() => next.stop());
    expect(await policy(next.url)).toBe(401);
  });

  test('two servers on one host do not take each other’s cookie for theirs', async () => {
    const [one, two] = [await running(), await running()];
    const names = [await signIn(one), await signIn(two)].map((cookie) => cookie.split('=')[0]);
    expect(names[0]).not.toBe(names[1]);
  });

  test('it reads any project, by name, and its end comes', async () => {
    let now = 1_700_000_000_000;
    const server = await running({}, { clock: () => now });
    const cookie = await signIn(server);
    const read = async (path: string, headers = {}) =>
      (await fetch(server.url + path, { headers: { cookie, ...headers } })).status;
    expect(await read('/v1/policy?project=shop')).toBe(200);
    expect(await read('/v1/policy', { 'x-selfsame-project': 'other' })).toBe(200);
    expect(await read('/v1/policy')).toBe(400);
    expect(await read('/v1/policy?project=none')).toBe(404);
    expect(await read('/v1/policy?project=shop', { authorization: 'Bearer wrong' })).toBe(401);
    expect(await read('/v1/policy?project=shop', { cookie: `${cookie}x` })).toBe(401);
    now += 12 * 3_600_000 + 1;
    expect(await read('/v1/policy?project=shop')).toBe(401);
  });

  test('it lists the projects to the operator and to nobody else', async () => {
    const server = await running();
    const session = async (cookie: string) => (await fetch(`${server.url}/v1/session`, { headers: { cookie } })).json();
    expect(await session('')).toEqual({ signedIn: false, projects: [], wires: [] });
    expect(await session(await signIn(server))).toEqual({
      signedIn: true,
      projects: [
        { id: 'shop', name: 'shop', timeZone: 'UTC', currency: null },
        { id: 'other', name: 'other', timeZone: 'UTC', currency: null },
      ],
      wires: wires.map(({ name, label, presets }) => ({ name, label, presets })),
    });
  });

  test('a change from a foreign page, or without JSON, is refused', async () => {
    const server = await running();
    const cookie = await signIn(server);
    const change = async (headers: Record<string, string>) =>
      (await fetch(`${server.url}/v1/session`, { method: 'DELETE', headers: { cookie, ...headers } })).status;
    expect(await change({ ...json, origin: 'https://evil.example' })).toBe(403);
    expect(await change({ ...json, origin: 'null' })).toBe(403);
    expect(await change({ ...json, origin: `${server.url}.evil.example` })).toBe(403);
    expect(await change({ ...json, 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await change({ ...json, 'sec-fetch-site': 'same-site' })).toBe(403);
    expect(await change({ 'content-type': 'text/plain' })).toBe(415);
    expect(await change({})).toBe(403);
    expect(await change({ ...json, origin: server.url, 'sec-fetch-site': 'same-origin' })).toBe(200);
  });
});

describe('pages', () => {
  test('carry a policy that lets no foreign script in (S34), and no foreign origin may read them (S31)', async () => {
    const { url } = await running();
    for (const path of ['/', '/people/x', '/readyz', '/v1/stats', '/metrics']) {
      const { headers } = await fetch(url + path, { headers: { origin: 'https://evil.example' } });
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test('a missing path of the API is an error in its shape; the shop is only there for a project demo', async () => {
    const { url } = await running();
    const answer = await fetch(`${url}/v1/nothing`);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: { code: 'not_found', message: expect.any(String), requestId: expect.any(String) },
    });
    expect((await fetch(`${url}/shop/config.json`)).status).toBe(404);
  });

  test('the shop sends to the address by which it was reached', async () => {
    const { url } = await running({ projects: [{ ...shop, id: 'demo' }] });
    expect(await (await fetch(`${url}/shop/config.json`)).json()).toEqual({
      token: shop.publicKey,
      apiHost: `${url}/mixpanel`,
      projectId: 'demo',
      trackerKey: null,
    });
    const page = await fetch(`${url}/shop`);
    expect(page.headers.get('content-type')).toMatch(/^text\/html/);
    expect((await fetch(`${url}/shop/mixpanel.js`)).status).toBe(200);
  });
});
