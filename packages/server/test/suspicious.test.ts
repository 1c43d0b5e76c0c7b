import * as v from 'valibot';
import { expect, test } from 'vitest';
import { suspiciousShape } from '../src/routes/answers.ts';
import { batch, running, shop, type TestServer } from './running.ts';

const DAY = 1_440;
const at = (minutes: number): string => new Date(Date.UTC(2026, 0, 1, 0, minutes)).toISOString();

async function suspicious(server: TestServer) {
  const answer = await fetch(`${server.url}/v1/suspicious`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  expect(answer.status).toBe(200);
  return v.parse(suspiciousShape, await answer.json()).rows;
}

const post = async (server: TestServer, path: string, body: object): Promise<unknown> => {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(answer.status, path).toBe(200);
  return answer.json();
};

const people = async (server: TestServer): Promise<number> => {
  const answer = await fetch(`${server.url}/v1/stats`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  return ((await answer.json()) as { people: number }).people;
};

test('nothing is suspicious where nothing is', async () => {
  const server = await running();
  expect(await suspicious(server)).toEqual([]);
  await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { device: 'phone', user: 'ann', email: 'ann@example.com' }, time: at(0) },
    { type: 'login', ids: { device: 'tablet', user: 'ann' }, time: at(1) },
    { type: 'login', ids: { device: 'tablet', user: 'bob' }, time: at(300) },
  ]);
  expect(await suspicious(server)).toEqual([]);
});

test('[K6] a tester’s id merged with customers day after day: found, its reach seen, cured, restored', async () => {
  const server = await running();
  const customers = Array.from({ length: 40 }, (_, i) => `customer-${i}`);
  await batch(server.url, shop.serverKey, [
    ...customers.map((user, i) => ({ type: 'track', name: 'Bought', ids: { user }, time: at(i) })),
    // Ten a day, which the breaker lets pass.
    ...customers.map((user, i) => ({
      type: 'merge',
      ids: [{ user: 'qa' }, { user }],
      time: at(DAY * (1 + Math.floor(i / 10))),
    })),
  ]);
  const [worst] = await suspicious(server);
  expect(worst).toMatchObject({
    what: 'merged-value',
    isQuarantined: false,
    identifier: { kind: 'user', value: 'qa' },
    reach: 40,
    peak: { day: at(DAY), count: 10 },
    events: { own: 0, others: 40 },
    cure: { identifier: 'user:qa' },
  });
  expect(worst?.evidence).toHaveLength(5);
  expect(await people(server)).toBe(1);
  const dry = await post(server, '/v1/retractions?dryRun=true', { identifier: 'user:qa' });
  expect(dry).toMatchObject({ dryRun: true, people: { split: [worst?.person?.id] } });
  await post(server, '/v1/retractions', { identifier: 'user:qa', reason: 'a tester' });
  expect(await people(server)).toBe(40);
  expect(await suspicious(server)).toEqual([]);
  await post(server, '/v1/retractions', { identifier: 'user:qa', what: 'restore', reason: 'no tester' });
  expect(await people(server)).toBe(1);
  expect(await suspicious(server)).toMatchObject([{ reach: 40 }]);
});

test('[K5] [K6] what the breaker quarantined comes first, and trusting it releases it', async () => {
  const policy = { preset: 'selfsame', breaker: { perDay: { contact: 20 } } };
  const server = await running({ projects: [{ ...shop, policy }] });
  await batch(server.url, shop.serverKey, [
    ...Array.from({ length: 21 }, (_, i) => ({
      type: 'login',
      ids: { user: `u${i}`, email: 'info@example.com' },
      time: at(i),
    })),
    ...Array.from({ length: 40 }, (_, i) => ({
      type: 'login',
      ids: { user: `v${i}`, device: 'till' },
      time: at(100 * i),
    })),
  ]);
  const rows = await suspicious(server);
  expect(
    rows.map(({ what, identifier, isQuarantined, reach }) => [what, identifier.value, isQuarantined, reach]),
  ).toEqual([
    ['shared-value', 'info@example.com', true, 21],
    ['shared-value', 'till', false, 40],
  ]);
  const put = await fetch(`${server.url}/v1/policy`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ breaker: { trusted: ['email:info@example.com'] } }),
  });
  expect(put.status).toBe(200);
  expect((await suspicious(server)).map(({ identifier, isQuarantined }) => [identifier.value, isQuarantined])).toEqual([
    ['till', false],
    ['info@example.com', false],
  ]);
});

test('one weak word between two rich histories, and a person who grew on one day', async () => {
  const server = await running();
  const seen = (ids: object, minute: number) => ({ type: 'track', name: 'Seen', ids, time: at(minute) });
  await batch(server.url, shop.publicKey, [
    ...Array.from({ length: 30 }, (_, i) => seen({ device: 'library' }, i * 60)),
    ...Array.from({ length: 30 }, (_, i) => seen({ user: 'ann' }, i * 60)),
    { type: 'login', ids: { device: 'library', user: 'ann' }, time: at(3 * DAY) },
  ]);
  await batch(
    server.url,
    shop.serverKey,
    Array.from({ length: 12 }, (_, i) => ({ type: 'login', ids: { device: `d${i}`, user: 'bob' }, time: at(i) })),
  );
  const rows = await suspicious(server);
  expect(rows).toMatchObject([
    { what: 'sudden-growth', identifier: { value: 'bob' }, reach: 12, peak: { day: at(0), count: 12 } },
    {
      what: 'weak-join',
      identifier: { value: 'library' },
      events: { own: 30, others: 30 },
      evidence: [{ trust: 0, with: { kind: 'user', value: 'ann' } }],
    },
  ]);
  const [, weak] = rows;
  expect(weak?.cure).toEqual({ claim: weak?.evidence[0]?.claim });
});

test('blocked values are nobody, and a pattern that could take for ever is refused', async () => {
  const server = await running();
  const put = (body: object) =>
    fetch(`${server.url}/v1/policy`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const refused = await put({ blocklist: [{ pattern: '(a+)\\1' }] });
  expect(refused.status).toBe(400);
  expect(JSON.stringify(await refused.json())).toContain('linear time');
  expect((await put({ blocklist: [{ kind: 'user', pattern: '^qa-' }] })).status).toBe(200);
  await batch(server.url, shop.serverKey, [{ type: 'login', ids: { user: 'qa-7', device: 'd' } }]);
  const found = await fetch(`${server.url}/v1/people?kind=user&value=qa-7`, {
    headers: { authorization: `Bearer ${shop.serverKey}` },
  });
  expect(found.status).toBe(404);
});
