import * as v from 'valibot';
import { expect, test } from 'vitest';
import { cureShape, suspiciousShape } from '../src/api/shapes/suspicious.ts';
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

const get = async (server: TestServer, path: string): Promise<unknown> => {
  const answer = await fetch(server.url + path, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  expect(answer.status, path).toBe(200);
  return answer.json();
};

const status = async (server: TestServer, path: string): Promise<number> =>
  (await fetch(server.url + path, { headers: { authorization: `Bearer ${shop.serverKey}` } })).status;

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
    { type: 'track', name: 'Tried', ids: { user: 'qa', device: 'qa-phone' }, time: at(1) },
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
    events: { own: 1, others: 40 },
    cure: { joined: 'user:qa' },
  });
  expect(worst?.evidence).toHaveLength(5);
  expect(await people(server)).toBe(1);
  // It is not over any day's limit, so there is nothing that the breaker counted; what joined it is asked for.
  expect(await status(server, '/v1/suspicious/cure?of=user:qa')).toBe(404);
  const cureOf = async (query: string) =>
    v.parse(cureShape, await get(server, `/v1/suspicious/cure?of=user:qa&${query}`)).claims;
  const all = await cureOf('all=true');
  expect(all).toHaveLength(40);
  // A day of it, its end left out; and a time in which nothing was said.
  const days = await cureOf(new URLSearchParams({ from: at(2 * DAY), to: at(3 * DAY) }).toString());
  expect(days).toEqual(all.slice(10, 20));
  expect(await cureOf(`from=${at(5 * DAY)}`)).toEqual([]);
  await post(server, '/v1/retractions', { claims: days, reason: 'a tester, on that day' });
  expect(await people(server)).toBe(11);
  const dry = await post(server, '/v1/retractions?dryRun=true', { claims: all });
  expect(dry).toMatchObject({ dryRun: true, held: 10, people: { split: [worst?.person?.id] } });
  const { position } = (await post(server, '/v1/retractions', { claims: all, reason: 'a tester' })) as {
    position: number;
  };
  // Everybody is themselves again, the tester too, with what they did.
  expect(await people(server)).toBe(41);
  expect(await suspicious(server)).toEqual([]);
  expect(await get(server, '/v1/people?kind=user&value=qa')).toEqual(
    await get(server, '/v1/people?kind=device&value=qa-phone'),
  );
  await post(server, `/v1/retractions/${position}/restore`, { reason: 'no tester' });
  await post(server, '/v1/retractions', { claims: days, what: 'restore', reason: 'nor then' });
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

test('[K5] [K6] the cure of a quarantined value: what the breaker counted, looked at, taken back, put back, each time exactly', async () => {
  const policy = { preset: 'selfsame', breaker: { perDay: { contact: 20, login: 20 } } };
  const server = await running({ projects: [{ ...shop, policy }] });
  const personOf = async (identifier: string) => {
    const [kind, value] = identifier.split(':') as [string, string];
    return get(server, `/v1/people?${new URLSearchParams({ kind, value })}`);
  };
  const all = ['email:ann@example.com', 'user:ann', 'user:qa', 'device:qa-phone', 'user:c0', 'user:c79'];
  const picture = async () => ({ people: await people(server), of: await Promise.all(all.map(personOf)) });
  const customers = Array.from({ length: 80 }, (_, i) => `c${i}`);
  await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { user: 'ann', email: 'ann@example.com' }, time: at(0) },
    { type: 'track', name: 'Tried', ids: { user: 'qa', device: 'qa-phone' }, time: at(1) },
    ...customers.map((user, i) => ({ type: 'track', name: 'Bought', ids: { user }, time: at(9 * DAY + i) })),
  ]);
  const before = await picture();
  expect(before.people).toBe(82);
  // A job sends her address for everybody, and merges the tester with them: more than the 64 refused merges that are kept.
  await batch(server.url, shop.serverKey, [
    ...customers.map((user, i) => ({ type: 'login', ids: { user, email: 'ann@example.com' }, time: at(9 * DAY + i) })),
    ...customers.map((user, i) => ({ type: 'merge', ids: [{ user: 'qa' }, { user }], time: at(9 * DAY + i) })),
  ]);
  // Another day, which the breaker lets be.
  await batch(server.url, shop.serverKey, [
    { type: 'merge', ids: [{ user: 'qa' }, { user: 'ann' }], time: at(20 * DAY) },
  ]);
  const merge = 'c243';
  const harmed = await picture();
  expect(harmed.of[0]).not.toEqual(before.of[0]);
  const rows = (await suspicious(server)).filter((one) => one.isQuarantined);
  expect(rows.map(({ what, reach, cure }) => [what, reach, cure])).toEqual([
    ['shared-value', 81, { quarantined: 'email:ann@example.com' }],
    ['merged-value', expect.any(Number), { quarantined: 'user:qa' }],
  ]);
  const undos: number[] = [];
  for (const of of ['email:ann@example.com', 'user:qa']) {
    const { claims } = v.parse(cureShape, await get(server, `/v1/suspicious/cure?${new URLSearchParams({ of })}`));
    expect(claims).toHaveLength(80);
    for (const id of [claims[0], claims[79]])
      expect(await get(server, `/v1/claims/${id}`)).toMatchObject({ id, stands: false });
    expect(await post(server, '/v1/retractions?dryRun=true', { claims })).toMatchObject({ entries: 80, held: 0 });
    // One is taken back by itself already: it is left out, and stays when the rest is put back.
    const [first] = claims;
    const alone = (await post(server, `/v1/claims/${first}/retract`, { reason: 'a mistake' })) as { position: number };
    const done = await post(server, '/v1/retractions', { claims, reason: 'a faulty job' });
    expect(done).toMatchObject({ entries: 79, held: 1 });
    undos.push(alone.position, (done as { position: number }).position);
  }
  expect((await suspicious(server)).filter((one) => one.isQuarantined)).toEqual([]);
  const cured = await picture();
  // The merge of the other day stands: the tester's events are hers with it, as they would have been.
  expect(cured.of[0]).toEqual(cured.of[1]);
  expect(cured.people).toBe(81);
  expect(cured.of.slice(4)).toEqual(before.of.slice(4));
  await post(server, '/v1/retractions', { claims: [merge], reason: 'not her either' });
  expect(await picture()).toEqual(before);
  expect(await status(server, '/v1/suspicious/cure?of=user:qa')).toBe(404);
  await post(server, '/v1/retractions', { claims: [merge], what: 'restore', reason: 'hers' });
  for (const position of undos) await post(server, `/v1/retractions/${position}/restore`, { reason: 'no fault' });
  expect(await picture()).toEqual(harmed);
  expect((await suspicious(server)).filter((one) => one.isQuarantined)).toEqual(rows);
});

test('claims to take back go alone, and each is one', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, [{ type: 'merge', ids: [{ user: 'ann' }, { user: 'bob' }], time: at(0) }]);
  const asked = async (body: object) =>
    fetch(`${server.url}/v1/retractions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ reason: 'x', ...body }),
    });
  expect((await asked({ claims: [] })).status).toBe(400);
  expect((await asked({ claims: ['c1'], entry: 1 })).status).toBe(400);
  expect((await asked({ claims: ['c9'] })).status).toBe(404);
  expect((await asked({ claims: ['c1', 'nothing'] })).status).toBe(404);
  expect((await asked({ claims: ['c1', 'c1'] })).status).toBe(200);
  expect((await asked({ claims: ['c1'] })).status).toBe(409);
  expect((await asked({ claims: ['c1'], what: 'restore' })).status).toBe(200);
  expect((await asked({ claims: ['c1'], what: 'restore' })).status).toBe(404);
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
