import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startServer } from '../src/index.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

const headers = { 'content-type': 'application/json', authorization: `Bearer ${shop.serverKey}` };
const call = (server: { url: string }, method: string, path: string, body?: object) =>
  fetch(server.url + path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
const policyOf = async (server: { url: string }) => (await call(server, 'GET', '/v1/policy')).json() as Promise<Policy>;
interface Policy {
  readonly preset: string;
  readonly sharedDevice: string;
  readonly protectedTraits: readonly string[];
  readonly directory: Record<string, unknown>;
}

/** An identity call of a page; answers the MPID. */
async function identify(server: { url: string }, call: string, known_identities: object): Promise<string> {
  const answer = await fetch(`${server.url}/mparticle/v1/${call}`, {
    method: 'POST',
    headers: { 'x-mp-key': shop.publicKey },
    body: JSON.stringify({ environment: 'development', known_identities }),
  });
  return ((await answer.json()) as { mpid: string }).mpid;
}
const owner = async (server: TestServer, kind: string, value: string, at: string) => {
  const answer = await call(server, 'GET', `/v1/people?kind=${kind}&value=${value}&at=${at}`);
  return ((await answer.json()) as { id: string }).id;
};

describe('PUT /v1/policy', () => {
  it('changes what it names and nothing else, for the server key alone', async () => {
    const server = await running();
    const before = await policyOf(server);
    const answer = await call(server, 'PUT', '/v1/policy', { directory: { strategy: 'profile_link' } });
    expect(answer.status).toBe(200);
    const after = await policyOf(server);
    expect(await answer.json()).toEqual(after);
    expect(after.directory).toMatchObject({ strategy: 'profile_link', loginIds: ['user', 'email'] });
    expect({ ...after, directory: null }).toEqual({ ...before, directory: null });
    // What it answers can be sent back.
    expect((await call(server, 'PUT', '/v1/policy', after)).status).toBe(200);
    expect(await policyOf(server)).toEqual(after);
    const publicly = { ...headers, authorization: `Bearer ${shop.publicKey}` };
    expect((await fetch(`${server.url}/v1/policy`, { method: 'PUT', headers: publicly, body: '{}' })).status).toBe(403);
  });

  it('[W8] keeps what the wires of the settings file make of a policy, unless it says otherwise', async () => {
    const spoken = {
      ...shop,
      keys: { spid: 'client' },
      wires: { mparticle: { strategy: 'profile_isolation', reuseAnonymousAtLogout: true } },
    };
    const server = await running({ projects: [spoken, other] });
    const { protectedTraits, directory } = await policyOf(server);
    expect(protectedTraits).toContain('Birthday');
    expect(directory).toMatchObject({ strategy: 'profile_isolation', reuseAnonymousAtLogout: true });
    for (const change of [{ preset: 'segment' }, { preset: 'selfsame', sharedDevice: 'first-login' }]) {
      expect((await call(server, 'PUT', '/v1/policy', change)).status).toBe(200);
      expect(await policyOf(server)).toMatchObject({ ...change, protectedTraits, directory });
    }
    const explicit = { preset: 'xo', protectedTraits: [], directory: { strategy: 'profile_link' } };
    expect((await call(server, 'PUT', '/v1/policy', explicit)).status).toBe(200);
    expect(await policyOf(server)).toMatchObject(explicit);
  });

  it.each([
    [{ directory: { strategy: 'guess' } }],
    [{ directory: { strategy: 'profile_conversion', immutableIds: ['email'] } }],
    [{ preset: 'none' }],
    [{ shoeSize: 43 }],
  ])('refuses %j and changes nothing', async (body) => {
    const server = await running();
    const before = await policyOf(server);
    expect((await call(server, 'PUT', '/v1/policy', body)).status).toBe(400);
    expect(await policyOf(server)).toEqual(before);
  });

  it('directory settings hold from then on: answers that went out stand [R14], also after a restart', async () => {
    const server = await running();
    const device = { device_application_stamp: 'D1' };
    const a = await identify(server, 'identify', device);
    expect(await identify(server, 'login', { ...device, customerid: 'C1' })).toBe(a);
    const c = await identify(server, 'logout', device);
    await call(server, 'PUT', '/v1/policy', { directory: { strategy: 'profile_link' } });
    expect(await identify(server, 'login', { customerid: 'C1' })).toBe(a);
    // Link: a new login makes a new profile, where conversion would have kept the device's.
    const d = await identify(server, 'login', { ...device, customerid: 'C2' });
    expect([a, c]).not.toContain(d);
    await server.stop();
    const again = await startServer(
      { config: join(server.data, '../settings.json'), data: server.data, port: 0, host: '127.0.0.1' },
      { foreground: false, logTo: { write: () => {} } },
    );
    try {
      expect((await policyOf(again)).directory).toMatchObject({ strategy: 'profile_link' });
      expect(await identify(again, 'login', { customerid: 'C1' })).toBe(a);
      expect(await identify(again, 'login', { customerid: 'C2' })).toBe(d);
    } finally {
      await again.stop();
    }
  });

  it('stitching fields are applied to the whole log, and intake goes on meanwhile', async () => {
    const server = await running();
    const seen = (time: string, ids: object) => ({ type: 'track', name: 'Seen', time, ids });
    await batch(server.url, shop.serverKey, [
      seen('2026-01-01T00:00:00Z', { device: 'd', user: 'ann' }),
      seen('2026-01-01T00:10:00Z', { device: 'd', user: 'bob' }),
      seen('2026-01-01T00:20:00Z', { device: 'd' }),
    ]);
    const [ann, bob] = [await owner(server, 'user', 'ann', '0000000'), await owner(server, 'user', 'bob', '0000000')];
    const late = () => owner(server, 'device', 'd', '2026-01-01T00:20:01Z');
    expect(await late()).toBe(bob);
    const waiting = Array.from({ length: 40 }, (_, i) =>
      batch(server.url, shop.serverKey, [{ type: 'track', name: 'Meanwhile', ids: { user: `u${i}` } }]),
    );
    const changed = call(server, 'PUT', '/v1/policy', { sharedDevice: 'first-login' });
    expect((await changed).status).toBe(200);
    for (const answer of await Promise.all(waiting)) {
      expect(answer.status).toBe(200);
      expect(await answer.json()).toMatchObject({ results: [{ status: 'applied' }] });
    }
    expect(await late()).toBe(ann);
    const stats = (await (await call(server, 'GET', '/v1/stats')).json()) as { events: number };
    expect(stats.events).toBe(43);
    await call(server, 'PUT', '/v1/policy', { sharedDevice: 'reach-bound' });
    expect(await late()).toBe(bob);
  });

  it('one change at a time: another is told so, it says how far it is, and can be cancelled', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [{ type: 'track', name: 'Seen', ids: { user: 'ann' } }]);
    const before = await policyOf(server);
    const changed = call(server, 'PUT', '/v1/policy', { sharedDevice: 'first-login' });
    while (server.context.refolds.underWay === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(await policyOf(server)).toEqual({ ...before, change: { state: 'running', progress: expect.any(Number) } });
    for (const more of [{ sharedDevice: 'last-login' }, { directory: { strategy: 'profile_link' } }])
      expect((await call(server, 'PUT', '/v1/policy', more)).status).toBe(409);
    const theirs = { ...headers, authorization: `Bearer ${other.serverKey}` };
    const cancel = (init: object) => fetch(`${server.url}/v1/policy/change`, { method: 'DELETE', ...init });
    expect((await cancel({ headers: theirs })).status).toBe(404);
    const { authorization } = headers;
    expect((await cancel({ headers: { authorization } })).status).toBe(204);
    const answer = await changed;
    expect([answer.status, await answer.json()]).toMatchObject([409, { error: { code: 'policy_unchanged' } }]);
    expect(await policyOf(server)).toEqual(before);
    expect((await cancel({ headers: { authorization } })).status).toBe(404);
    // The graph of the policy before is kept, until it is let go.
    expect((await call(server, 'PUT', '/v1/policy', { sharedDevice: 'first-login' })).status).toBe(200);
    const former = join(server.data, 'graph-former.db');
    expect(existsSync(former)).toBe(true);
    const path = `${server.url}/v1/policy/former`;
    expect((await fetch(path, { method: 'DELETE', headers: { authorization } })).status).toBe(204);
    expect(existsSync(former)).toBe(false);
  });
});
