import { describe, expect, test } from 'vitest';
import type { BatchAnswer, PersonView } from '../src/api.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const send = async (server: TestServer, key: string, items: readonly object[]): Promise<BatchAnswer['results']> =>
  ((await (await batch(server.url, key, items)).json()) as BatchAnswer).results;

async function person(server: TestServer, kind: string, value: string): Promise<PersonView> {
  const response = await fetch(`${server.url}/v1/people?kind=${kind}&value=${value}`, {
    headers: { authorization: `Bearer ${shop.serverKey}` },
  });
  return (await response.json()) as PersonView;
}

/** One of each type of item about these two identifiers. */
const everyItem = (user: string, device: string): readonly object[] => [
  { type: 'track', name: 'Seen', ids: { user, device }, properties: { a: 1 } },
  { type: 'page', ids: { user } },
  { type: 'identify', ids: { user, device } },
  { type: 'login', ids: { user, device } },
  { type: 'modify', ids: { user, device } },
  { type: 'traits', ids: { user }, traits: { plan: 'free' } },
  { type: 'segments', ids: { user }, segments: ['x'] },
  { type: 'merge', ids: [{ user }, { user: 'somebody' }] },
  { type: 'consent', ids: { user }, consent: 'granted' },
  { type: 'logout', ids: { device } },
];

describe('the server key', () => {
  test('learns whose each item is, before and after a merge', async () => {
    const server = await running();
    const [a, b, merged, after] = await send(server, shop.serverKey, [
      { type: 'login', ids: { user: 'ann' } },
      { type: 'login', ids: { user: 'ann2' } },
      { type: 'merge', ids: [{ user: 'ann' }, { user: 'ann2' }] },
      { type: 'track', name: 'Seen', ids: { user: 'ann2' } },
    ]);
    const { id, formerIds } = await person(server, 'user', 'ann2');
    expect([merged?.personId, after?.personId]).toEqual([id, id]);
    expect([a?.personId, b?.personId].sort()).toEqual([id, ...formerIds].sort());
  });

  test('is answered a retry as it was the first time (G4)', async () => {
    const server = await running();
    const item = { type: 'track', name: 'Seen', ids: { user: 'ann' }, insertId: 'i1' };
    const [first] = await send(server, shop.serverKey, [item]);
    const [again] = await send(server, shop.serverKey, [item]);
    expect(again).toMatchObject({ status: 'duplicate', personId: first?.personId });
  });

  test('keeps the time a caller with a wrong clock meant (T2)', async () => {
    const now = Date.UTC(2026, 0, 10);
    const server = await running({}, { clock: () => now });
    // Ahead: a clock behind looks like a request that was delayed.
    const wrong = -86_400_000;
    const response = await fetch(`${server.url}/v1/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        sentAt: now - wrong,
        items: [{ type: 'login', ids: { user: 'ann' }, time: new Date(now - wrong - 5_000).toISOString() }],
      }),
    });
    expect(response.status).toBe(200);
    expect((await person(server, 'user', 'ann')).firstSeen).toBe(new Date(now - 5_000).toISOString());
  });
});

describe('a public key', () => {
  test('is answered alike about people who exist and who do not (S12)', async () => {
    const server = await running();
    await send(server, shop.serverKey, [
      { type: 'login', ids: { user: 'ann', device: 'anns' } },
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } },
    ]);
    const known = await send(server, shop.publicKey, everyItem('ann', 'd1'));
    const unknown = await send(server, shop.publicKey, everyItem('zoe', 'd2'));
    expect(known).toEqual(unknown);
    expect(JSON.stringify(known)).not.toContain('personId');
  });

  test('joins no two known people, by any item (S11), and displaces nothing that is trusted (S10)', async () => {
    const server = await running();
    await send(server, shop.serverKey, [
      { type: 'login', ids: { user: 'ann', device: 'anns', email: 'ann@example.com' } },
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } },
      { type: 'segments', ids: { user: 'ann' }, segments: ['vip'] },
      { type: 'consent', ids: { user: 'ann' }, consent: 'granted' },
      { type: 'login', ids: { user: 'bob', device: 'bobs' } },
    ]);
    const before = [await person(server, 'user', 'ann'), await person(server, 'user', 'bob')];
    await send(server, shop.publicKey, [
      { type: 'merge', ids: [{ user: 'ann' }, { user: 'bob' }] },
      { type: 'identify', ids: { user: 'bob', email: 'ann@example.com' } },
      { type: 'login', ids: { user: 'bob', device: 'anns' } },
      { type: 'modify', ids: { user: 'bob', device: 'anns', email: 'ann@example.com' } },
      { type: 'track', name: 'Seen', ids: { user: 'bob', device: 'anns' } },
      { type: 'logout', ids: { device: 'anns' } },
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'none' } },
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: null } },
      { type: 'segments', ids: { user: 'ann' }, segments: [] },
      { type: 'consent', ids: { user: 'ann' }, consent: 'denied' },
    ]);
    const after = [await person(server, 'user', 'ann'), await person(server, 'user', 'bob')];
    const lasting = ({ lastSeen: _, ...rest }: PersonView) => rest;
    expect(after.map(lasting)).toEqual(before.map(lasting));
  });

  test('never suppresses a server’s item by its insert id (S16)', async () => {
    const server = await running();
    const item = { type: 'track', name: 'Paid', ids: { user: 'ann' }, insertId: 'guessed' };
    await send(server, shop.publicKey, [item]);
    expect((await send(server, shop.serverKey, [item]))[0]?.status).toBe('applied');
    expect((await send(server, shop.publicKey, [item]))[0]?.status).toBe('duplicate');
  });
});

test('an error names itself, the request, and nothing of what was sent (S40)', async () => {
  const server = await running();
  const response = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: 'secret-canary', items: [{ type: 'login', ids: { user: 'canary' } }] }),
  });
  const text = await response.text();
  expect(response.status).toBe(401);
  expect(response.headers.get('access-control-allow-origin')).toBe('*');
  expect(JSON.parse(text)).toMatchObject({
    error: { code: 'unknown_key', requestId: expect.stringMatching(/^[\w-]{36}$/) },
  });
  expect(text + server.log.join('')).not.toContain('canary');
});

test('replace: a page’s traits take the place of what pages said, and of nothing that the backend said', async () => {
  const server = await running();
  const ids = { user: 'ann' };
  await send(server, shop.serverKey, [{ type: 'traits', ids, traits: { credit: 'good' } }]);
  await send(server, shop.publicKey, [{ type: 'traits', ids, traits: { plan: 'free', size: 'M' } }]);
  await send(server, shop.publicKey, [{ type: 'traits', ids, op: 'replace', traits: { plan: 'pro' } }]);
  expect((await person(server, 'user', 'ann')).traits).toEqual({ credit: 'good', plan: 'pro' });
});
