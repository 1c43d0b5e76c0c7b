import { expect, test } from 'vitest';
import type { ClaimView, EventsAnswer, PersonView, PinAnswer, UndoPreview } from '../src/api.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const call = async <T>(server: TestServer, method: string, path: string, body?: object, key = shop.serverKey) => {
  const response = await fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as T };
};
const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 10, minutes)).toISOString();
const owner = async (server: TestServer, kind: string, value: string) =>
  (await call<PersonView>(server, 'GET', `/v1/people?kind=${kind}&value=${value}`)).body;
const events = async (server: TestServer, id: string) =>
  (await call<EventsAnswer>(server, 'GET', `/v1/people/${id}/events`)).body.events.map((one) => one.name);

async function household() {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'track', name: 'Order', ids: { user: 'son' }, time: at(0) },
    { type: 'track', name: 'Order', ids: { user: 'mother' }, time: at(0) },
    { type: 'track', name: 'Played', ids: { device: 'tablet' }, time: at(1) },
    { type: 'login', ids: { device: 'tablet', user: 'mother' }, time: at(2) },
  ]);
  return server;
}

test('[U5] an identifier is moved after a dry run, pinned, moved on, detached, and unpinned', async () => {
  const server = await household();
  const [mother, son] = [await owner(server, 'user', 'mother'), await owner(server, 'user', 'son')];
  expect((await owner(server, 'device', 'tablet')).id).toBe(mother.id);
  const toSon = { identifier: 'device:tablet', person: 'user:son' };

  const dry = await call<UndoPreview>(server, 'POST', '/v1/pins?dryRun=true', toSon);
  expect(dry.body).toMatchObject({ dryRun: true, identifiers: { moved: 1 }, events: { moved: 1 } });
  expect((await owner(server, 'device', 'tablet')).id).toBe(mother.id);

  const done = await call<PinAnswer & { claim: string }>(server, 'POST', '/v1/pins', { ...toSon, reason: 'it is his' });
  expect(done).toMatchObject({ status: 200, body: { reason: 'it is his', by: 'server key' } });
  const moved = await owner(server, 'device', 'tablet');
  expect(moved.id).toBe(son.id);
  expect(await events(server, son.id)).toEqual(['Played', 'Order']);
  // It says nothing of when anybody was there.
  expect(moved.lastSeen).toBe(at(2));

  // Nothing weaker moves it.
  await batch(server.url, shop.serverKey, [{ type: 'login', ids: { device: 'tablet', user: 'mother' }, time: at(60) }]);
  expect((await owner(server, 'device', 'tablet')).id).toBe(son.id);
  const { body: claim } = await call<ClaimView>(server, 'GET', `/v1/claims/${done.body.claim}`);
  expect(claim).toMatchObject({
    stands: true,
    rule: 'U5',
    trust: 3,
    owner: { kind: 'user', value: 'son' },
    history: [{ what: 'pin', reason: 'it is his', by: 'server key' }],
  });

  // The last pin counts; to nobody it is detached.
  await call(server, 'POST', '/v1/pins', { identifier: 'device:tablet', person: null, reason: 'a loan' });
  const alone = await owner(server, 'device', 'tablet');
  expect(alone.known).toBe(false);
  expect(await events(server, alone.id)).toEqual(['Played']);
  const detached = alone.identifiers.map(({ kind, value }) => `${kind}:${value}`);
  expect(detached).toEqual(['device:tablet']);

  // Taking the pins back leaves what others say.
  const selection = { identifier: 'device:tablet', source: { trust: 3 }, reason: 'no pins' };
  expect((await call(server, 'POST', '/v1/retractions', selection)).body).toMatchObject({ entries: 2 });
  expect((await owner(server, 'device', 'tablet')).id).toBe(mother.id);
  expect(await events(server, mother.id)).toEqual(['Played', 'Order']);
});

test('[U5] an e-mail is pinned to another customer, and to nobody', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { user: 'ann', email: 'a@example.com' } },
    { type: 'track', name: 'Seen', ids: { user: 'bob' } },
  ]);
  const pin = (person: string | null) =>
    call(server, 'POST', '/v1/pins', { identifier: 'email:a@example.com', person, reason: 'asked' });
  await pin('user:bob');
  expect((await owner(server, 'email', 'a@example.com')).id).toBe((await owner(server, 'user', 'bob')).id);
  await pin(null);
  expect((await owner(server, 'email', 'a@example.com')).known).toBe(false);
});

test('what cannot be pinned is said', async () => {
  const server = await household();
  const pin = (body: object, key?: string) =>
    call<{ error: { message: string } }>(server, 'POST', '/v1/pins', body, key);
  const reason = 'x';
  expect((await pin({ identifier: 'device:tablet', person: 'user:son' })).body.error.message).toContain('reason');
  expect((await pin({ identifier: 'device:none', person: 'user:son', reason })).status).toBe(404);
  expect((await pin({ identifier: 'device:tablet', person: 'user:none', reason })).status).toBe(404);
  expect((await pin({ identifier: 'user:son', person: 'user:mother', reason })).body.error.message).toContain('merged');
  expect((await pin({ identifier: 'user:son', person: null, reason })).body.error.message).toContain('merge');
  expect((await pin({ identifier: 'device:tablet', person: null, reason }, shop.publicKey)).status).toBe(403);
});
