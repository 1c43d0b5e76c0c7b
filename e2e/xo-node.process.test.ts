import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Selfsame, startSelfsame, TRACKER_KEY } from './src/selfsame.ts';
import type { Xo } from './src/xo.ts';

const require = createRequire(import.meta.url);
const xo = require('@attraqt/xo-js') as Xo;

interface Client {
  send(request: { readonly url: string }): Promise<{ status: number; body: string }>;
}
const { NodeHttpClient } = require('@attraqt/http-client-node') as { NodeHttpClient: new () => Client };

/** Another shop on the same server. */
const other = {
  id: 'other',
  publicKey: 'other-public',
  serverKey: 'other-server-key-that-is-long-enough-to-pass',
  policy: { preset: 'xo' },
  keys: { xo: '11111111-2222-4333-8444-555555555555' },
};

let selfsame: Selfsame;
beforeAll(async () => {
  selfsame = await startSelfsame({ preset: 'xo' }, { projects: [other] });
});
afterAll(() => selfsame.dispose());

describe('@attraqt/xo-js for Node, unmodified', () => {
  it('an activity sent in chunks, without a length, is the profile’s with its segments and traits', async () => {
    // The SDK's own transport; only the vendor's host becomes ours.
    const transport = new NodeHttpClient();
    const here: Client = {
      send: (request) =>
        transport.send({ ...request, url: request.url.replace('https://collect-eu.attraqt.io', `${selfsame.url}/xo`) }),
    };
    xo.activity.init({ trackerKey: TRACKER_KEY }, here);
    xo.activity.setUser({
      identities: { sessionid: 's1', ecommerceid: 'ann' },
      segments: ['vip'],
      traits: { age: 45 },
    });
    expect(await xo.activity.send({ action: 'purchase', target: { product: '1' }, metadata: { price: 9990 } })).toEqual(
      {
        status: 200,
        body: '{"profiles":{}}',
      },
    );
    const person = await selfsame.person('session', 's1');
    expect(person).toMatchObject({ known: true, segments: ['vip'], traits: { age: 45 } });
    expect((await selfsame.events(person?.id ?? '')).map((event) => event.name)).toEqual(['purchase']);
  });
});

describe('HTTP clients of the vendor’s API', () => {
  it('the documented REST call: one object, no X-SDK', async () => {
    const answer = await fetch(`${selfsame.url}/xo/${TRACKER_KEY.toUpperCase()}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        action: 'view',
        target: { product: '1' },
        timestamp: '2025-01-02T03:04:05Z',
        user: { identities: { sessionId: 's2', eCommerceId: 'bob' } },
      }),
    });
    expect([answer.status, await answer.text()]).toEqual([200, '{"profiles":{}}']);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    const person = await selfsame.person('session', 's2');
    expect(await selfsame.person('user', 'bob')).toEqual(person);
    expect((await selfsame.events(person?.id ?? ''))[0]?.time).toBe('2025-01-02T03:04:05.000Z');
  });

  it('a session is attributed within the shop of its key alone', async () => {
    const post = (key: string, action: string, identities: object) =>
      fetch(`${selfsame.url}/xo/${key}`, {
        method: 'POST',
        body: JSON.stringify({ action, target: {}, user: { identities } }),
      });
    await post(TRACKER_KEY, 'here', { sessionid: 's3', ecommerceid: 'eve' });
    await post(other.keys.xo, 'there', { sessionid: 's3' });
    expect(await selfsame.person('session', 's3')).toEqual(await selfsame.person('user', 'eve'));
    const there = selfsame.as(other.serverKey);
    expect(await there.person('user', 'eve')).toBeUndefined();
    const person = await there.person('session', 's3');
    expect(person?.known).toBe(false);
    expect((await there.events(person?.id ?? '')).map(({ name }) => name)).toEqual(['there']);
  });

  it.each([
    ['an unknown key', '/30cbb5fc-0000-4cf2-8efd-ed86d909718e', '[]', 401],
    ['a key that is no UUID', '/shop', '[]', 422],
    ['no JSON', `/${TRACKER_KEY}`, '{', 400],
    ['more than 256 KiB', `/${TRACKER_KEY}`, `[${' '.repeat(262_144)}]`, 413],
  ])('%s is answered so that a page can read it', async (_name, path, body, status) => {
    const answer = await fetch(`${selfsame.url}/xo${path}`, { method: 'POST', body });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type, x-sdk');
    expect(await answer.json()).toEqual({ error: expect.any(String), message: expect.any(String) });
  });
});
