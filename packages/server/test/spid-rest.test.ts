import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { batch, other, running, shop } from './running.ts';

const CLIENT = '4f1e2ae59caf7c2f4a058b76';
const BACK = 'https://shop.test/back';
const browser = (user: string) => createHash('sha256').update(user).digest('hex').slice(0, 20);

/** A server with a SPiD client of these settings, two users that are logged in, and its clock. */
async function start(spid: object, more: object = {}) {
  let now = Date.UTC(2026, 0, 1, 12, 30);
  const server = await running(
    {
      projects: [
        { ...shop, keys: { spid: CLIENT }, policy: { preset: 'spid' }, wires: { spid } },
        { ...other, keys: { spid: 'other-client' }, policy: { preset: 'spid' }, wires: { spid } },
      ],
      ...more,
    },
    { clock: () => now },
  );
  const users = ['42', '43'].map((user) => ({ type: 'login', ids: { visitor: browser(user), user } }));
  await batch(server.url, shop.serverKey, users);
  const api = (path: string, token: string, init: RequestInit = {}) =>
    fetch(`${server.url}/spid/api/2/${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${token}` },
    });
  const token = async (fields: Readonly<Record<string, string>>) => {
    const reply = await fetch(`${server.url}/spid/oauth/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${CLIENT}:${shop.serverKey}`)}` },
      body: new URLSearchParams({ redirect_uri: BACK, ...fields }),
    });
    return (await reply.json()) as { access_token: string; refresh_token: string; error?: string; user_id: unknown };
  };
  const own = async () => (await token({ grant_type: 'client_credentials' })).access_token;
  return { ...server, api, token, own, later: (ms: number) => void (now += ms) };
}

describe('user tokens over HTTP', () => {
  it('from the login cookie to the user’s own traits, and nobody else’s', async () => {
    const { url, api, token, later } = await start({ redirectUris: [BACK] });
    const query = new URLSearchParams({ client_id: CLIENT, redirect_uri: BACK, response_type: 'code', state: 'x' });
    const sent = await fetch(`${url}/spid/oauth/authorize?${query}`, {
      redirect: 'manual',
      headers: { cookie: `selfsame_visitor=${browser('42')}` },
    });
    expect(sent.status).toBe(302);
    const back = new URL(sent.headers.get('location') ?? '');
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([BACK, 'x']);
    const code = back.searchParams.get('code') ?? '';

    // Of two that use the code in the same moment, one has it.
    const both = await Promise.all([1, 2].map(() => token({ grant_type: 'authorization_code', code })));
    expect(both.map(({ error }) => error).toSorted()).toEqual(['invalid_grant', undefined]);
    const first = both.find(({ error }) => error === undefined);
    expect(first?.user_id).toBe('42');

    const write = (bearer: string, user: string) =>
      api(`user/${user}/traits`, bearer, { method: 'POST', body: new URLSearchParams({ traits: '{"plan":"gold"}' }) });
    expect(await (await write(first?.access_token ?? '', '42')).json()).toMatchObject({ data: { plan: 'gold' } });
    const foreign = await write(first?.access_token ?? '', '43');
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { name: 'SPP Container', code: 403 }]);

    later(7 * 86_400_000);
    expect(await (await api('user/42/traits', first?.access_token ?? '')).json()).toMatchObject({
      error: 'expired_token',
    });
    const fresh = await token({ grant_type: 'refresh_token', refresh_token: first?.refresh_token ?? '' });
    expect(await (await api('user/42/traits', fresh.access_token)).json()).toMatchObject({ data: { plan: 'gold' } });
    expect((await api('user/43/traits', fresh.access_token)).status).toBe(403);
  });
});

describe('the REST API’s settings', () => {
  it('addresses: from elsewhere nothing, and a proxy that is trusted tells from where', async () => {
    const { url, own } = await start({ addresses: ['192.0.2.0/24'] }, { trustedProxies: ['127.0.0.1'] });
    const authorization = `Bearer ${await own()}`;
    const from = async (ip: string) =>
      (await fetch(`${url}/spid/api/2/user/42/traits`, { headers: { authorization, 'x-forwarded-for': ip } })).status;
    expect([await from('192.0.2.9'), await from('192.0.3.9'), await from('')]).toEqual([200, 403, 403]);
  });

  it('requestsPerHour: 420 until the hour is over, for this client alone', async () => {
    const { url, api, own, later } = await start({ requestsPerHour: 2 });
    const bearer = await own();
    const ask = async () => {
      const reply = await api('user/42/traits', bearer);
      return [reply.status, ((await reply.json()) as { request: object }).request];
    };
    expect(await ask()).toEqual([200, { reset: 1800, limit: 2, remaining: 1 }]);
    expect(await ask()).toEqual([200, { reset: 1800, limit: 2, remaining: 0 }]);
    later(60_000);
    expect(await ask()).toEqual([420, { reset: 1740, limit: 2, remaining: 0 }]);
    const theirs = await fetch(`${url}/spid/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        client_id: 'other-client',
        client_secret: other.serverKey,
        grant_type: 'client_credentials',
      }),
    });
    const { access_token } = (await theirs.json()) as { access_token: string };
    expect((await api('user/42/traits', access_token)).status).toBe(404);
    later(1_740_000);
    expect(await ask()).toEqual([200, { reset: 3600, limit: 2, remaining: 1 }]);
  });

  it('endpoints and scopes: by the names of the documentation', async () => {
    const { api, token } = await start({
      endpoints: ['GET user/{userId}/traits', 'DELETE user/{userId}/trait/{trait}'],
      scopes: { write: ['DELETE user/{userId}/trait/{trait}'] },
    });
    const status = async (scope: string, method: string, path: string) => {
      const { access_token } = await token({ grant_type: 'client_credentials', scope });
      return (await api(path, access_token, { method })).status;
    };
    expect(await status('', 'GET', 'user/42/traits')).toBe(200);
    expect(await status('', 'POST', 'user/42/traits')).toBe(403);
    expect(await status('', 'DELETE', 'user/42/trait/a')).toBe(401);
    expect(await status('write', 'DELETE', 'user/42/trait/a')).toBe(202);
    expect((await token({ grant_type: 'client_credentials', scope: 'all' })).error).toBe('invalid_scope');
  });
});
