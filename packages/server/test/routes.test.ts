import { pino } from 'pino';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { errorShape } from '../src/api/shapes/batch.ts';
import { explainShape } from '../src/api/shapes/explain.ts';
import { personShape } from '../src/api/shapes/people.ts';
import { searchShape } from '../src/api/shapes/people-lists.ts';
import { claimShape } from '../src/api/shapes/undo.ts';
import { buildApp } from '../src/http/app.ts';
import { createByteBudget } from '../src/http/byte-budget.ts';
import { createRateLimits } from '../src/http/rate-limits.ts';
import { limits } from '../src/limits.ts';
import { createMetrics } from '../src/metrics.ts';
import { routeTable } from '../src/routes/index.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

const MINUTE = 60_000;
const start = Date.UTC(2026, 0, 1);
const at = (minutes: number): string => new Date(start + minutes * MINUTE).toISOString();

/** Asks with the shop's server key; holds the answer to its shape when there is one. */
async function ask<T>(server: TestServer, path: string, shape?: v.GenericSchema<unknown, T>, key = shop.serverKey) {
  const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${key}` } });
  const body: unknown = await response.json();
  return {
    status: response.status,
    body: (response.ok && shape ? v.parse(v.strictObject({ body: shape }), { body }).body : body) as T,
  };
}

const person = (server: TestServer, kind: string, value: string, more = '') =>
  ask(server, `/v1/people?kind=${kind}&value=${encodeURIComponent(value)}${more}`, personShape);

/** Ann and then Bob on one tablet, with a logout between. */
const sharedTablet = [
  { type: 'track', name: 'Viewed', ids: { device: 'tablet' }, time: at(0) },
  { type: 'login', ids: { device: 'tablet', user: 'ann' }, time: at(10) },
  { type: 'traits', ids: { user: 'ann' }, traits: { name: 'Ann', plan: 'pro' }, time: at(11) },
  { type: 'segments', ids: { user: 'ann' }, segments: ['vip'], time: at(12) },
  { type: 'logout', ids: { device: 'tablet' }, time: at(20) },
  { type: 'login', ids: { device: 'tablet', user: 'bob', email: 'Bob@Example.com' }, time: at(30) },
];

describe('GET /v1/people', () => {
  test('[H1] answers who has an identifier now, at a moment, and as of a position of the log', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, sharedTablet);
    const ann = (await person(server, 'user', 'ann')).body;
    const bob = (await person(server, 'user', 'bob')).body;
    expect((await person(server, 'device', 'tablet')).body.id).toBe(bob.id);
    expect((await person(server, 'device', 'tablet', `&at=${at(15)}`)).body.id).toBe(ann.id);
    expect((await person(server, 'device', 'tablet', `&at=${start + 15 * MINUTE}`)).body.id).toBe(ann.id);
    expect((await person(server, 'device', 'tablet', `&asOf=5`)).body.known).toBe(false);
    expect((await person(server, 'device', 'tablet', `&asOf=4`)).body.id).toBe(ann.id);
    expect((await person(server, 'email', ' BOB@example.com ')).body.id).toBe(bob.id);
    expect((await person(server, 'user', 'bob', '&asOf=5')).status).toBe(404);
  });

  test('shows identifiers with their stretches and the claims behind them', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, sharedTablet);
    const { body: ann } = await person(server, 'user', 'ann');
    expect(ann).toMatchObject({
      known: true,
      traits: { name: 'Ann', plan: 'pro' },
      segments: ['vip'],
      consent: 'not-asked',
      firstSeen: at(0),
      identifiers: [
        { kind: 'user', value: 'ann', from: null, to: null, claim: null, rule: 'P1' },
        { kind: 'device', value: 'tablet', from: at(-20), to: at(20), rule: 'L7a' },
      ],
    });
    const claim = ann.identifiers[1]?.claim;
    expect((await ask(server, `/v1/claims/${claim}`, claimShape)).body).toMatchObject({
      id: claim,
      type: 'link',
      identifier: { kind: 'device', value: 'tablet' },
      owner: { kind: 'user', value: 'ann' },
      time: at(10),
      source: 'native',
      trust: 2,
      item: 'Identify',
      stands: true,
      rule: 'L7a',
      reason: null,
    });
  });

  test('a former id leads to the person it became part of', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [{ type: 'track', name: 'Viewed', ids: { device: 'phone' } }]);
    const { body: visitor } = await person(server, 'device', 'phone');
    await batch(server.url, shop.publicKey, [{ type: 'login', ids: { device: 'phone', user: 'cid' } }]);
    const { body: cid } = await person(server, 'user', 'cid');
    expect(cid.formerIds).toEqual([visitor.id]);
    expect((await ask(server, `/v1/people/${visitor.id}`, personShape)).body).toEqual(cid);
    expect((await ask(server, `/v1/people/${cid.id}`, personShape)).body).toEqual(cid);
  });

  test('a question that is not as it must be is refused by the name of its field', async () => {
    const server = await running();
    const misasked: readonly (readonly [path: string, message: string])[] = [
      ['/v1/people?kind=user', 'value: is missing'],
      ['/v1/people?kind=user&value=', 'value: expected text of 1 to 2048 characters'],
      ['/v1/people?kind=user&value=a&value=b', 'value: expected text of 1 to 2048 characters'],
      ['/v1/people?kind=user&value=a&at=soon', 'at: expected ISO 8601 or milliseconds since 1970'],
      ['/v1/people?kind=user&value=a&asOf=-1', 'asOf: expected a whole number from 0'],
      ['/v1/people/search?limit=101', 'limit: expected a whole number from 1 to 100'],
      ['/v1/explain?a=ann&b=user:bob', 'a: expected kind:value'],
    ];
    for (const [path, message] of misasked) {
      const { status, body } = await ask(server, path);
      expect([path, status]).toEqual([path, 400]);
      expect(v.parse(errorShape, body).error.message).toContain(message);
    }
  });
});

test('GET /v1/people/search finds by the beginning of identifiers and names, each person once', async () => {
  const server = await running();
  await batch(server.url, shop.serverKey, [
    { type: 'login', ids: { user: 'ann-1', device: 'ann-device' } },
    { type: 'traits', ids: { user: 'ann-1' }, traits: { name: 'Annette' } },
    { type: 'login', ids: { user: 'bob' } },
  ]);
  const search = async (q: string) => (await ask(server, `/v1/people/search?q=${q}`, searchShape)).body.people;
  expect((await search('ANN')).map(({ name, known }) => [name, known])).toEqual([['Annette', true]]);
  expect(await search('annette')).toHaveLength(1);
  expect(await search('nobody')).toEqual([]);
  expect(await search('')).toHaveLength(2);
});

describe('GET /v1/explain', () => {
  const explain = (server: TestServer, a: string, b: string, more = '') =>
    ask(server, `/v1/explain?a=${a}&b=${b}${more}`, explainShape);

  test('shows the chain from one to the other', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [{ type: 'login', ids: { device: 'd', user: 'ann' }, time: at(0) }]);
    expect((await explain(server, 'device:d', 'user:ann')).body).toEqual({
      same: true,
      chain: [
        expect.objectContaining({
          rule: 'L6',
          source: 'native',
          trust: 0,
          from: 'device:d',
          to: 'user:ann',
          time: at(0),
          item: { type: 'identify' },
        }),
      ],
      policy: { preset: 'selfsame', version: 1 },
    });
    expect((await explain(server, 'device:d', 'user:ann', '&asOf=0')).body).toMatchObject({ same: false });
  });

  test('names the rule that keeps two apart', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, sharedTablet);
    expect((await explain(server, 'user:ann', 'user:bob')).body).toMatchObject({
      same: false,
      refusal: { rule: 'S11' },
    });
    expect((await explain(server, 'user:ann', 'user:nobody')).body).toMatchObject({
      same: false,
      refusal: { rule: 'P1' },
    });
  });

  const why = async (server: TestServer, query: string) =>
    (await ask(server, `/v1/explain?${query}`, explainShape)).body;

  test('one identifier alone: the chain to its person, now, at a moment and as it was known', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, sharedTablet);
    const [ann, bob] = [(await person(server, 'user', 'ann')).body, (await person(server, 'user', 'bob')).body];
    expect(await why(server, 'a=device:tablet')).toMatchObject({
      same: true,
      person: { id: bob.id, identifier: 'user:bob' },
      chain: [{ from: 'device:tablet', to: 'user:bob', rule: 'L7a', time: at(30) }],
    });
    expect(await why(server, `a=device:tablet&at=${at(12)}`)).toMatchObject({
      same: true,
      person: { id: ann.id },
      chain: [{ from: 'device:tablet', to: 'user:ann', because: 'theirs, because they logged in two minutes before' }],
      because: { rule: 'L7a', says: 'theirs, because they logged in two minutes before' },
    });
    expect(await why(server, 'a=device:tablet&asOf=2')).toMatchObject({ same: true, person: { id: ann.id } });
    expect(await why(server, 'a=device:tablet&asOf=1')).toMatchObject({
      same: true,
      person: { identifier: 'device:tablet' },
      chain: [],
      because: { rule: 'P1', claim: null, says: 'theirs, because nothing links it to anybody else' },
      would: { says: expect.stringContaining('a pin by an operator') },
    });
    expect(await why(server, `a=device:tablet&at=${at(500)}`)).toMatchObject({
      same: false,
      refusal: { rule: 'L7c', reason: 'nobody’s: more than half an hour from any login' },
    });
    for (const unseen of ['a=user:nobody', 'a=user:bob&asOf=2'])
      expect(await why(server, unseen)).toMatchObject({ same: false, refusal: { rule: 'P1', unseen: ['a'] } });
  });

  test('an event and a person: why it is theirs, or why not', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [
      ...sharedTablet,
      { type: 'track', name: 'Read', ids: { device: 'tablet' }, time: at(14), insertId: 'i1' },
      { type: 'track', name: 'Alone', ids: { device: 'tablet' }, time: at(500), insertId: 'i2' },
      { type: 'track', name: 'Nobody', ids: {}, time: at(5), insertId: 'i3' },
    ]);
    const ann = (await person(server, 'user', 'ann')).body.id;
    const byInsertId = async (id: string) =>
      ((await ask(server, `/v1/events?insertId=${id}`)).body as { events: readonly object[] }).events[0];
    const theirs = await why(server, 'event=i1&a=user:ann');
    expect(theirs).toMatchObject({
      same: true,
      chain: [{ from: 'device:tablet', to: 'user:ann', rule: 'L7a' }],
      event: { name: 'Read', personId: ann, because: { says: 'theirs, because they logged in four minutes before' } },
    });
    expect(theirs.event).toEqual(await byInsertId('i1'));
    expect(await why(server, 'event=i1&a=user:bob')).toMatchObject({
      same: false,
      refusal: {
        rule: 'L7a',
        reason: 'at that moment the device was somebody else’s, because they logged in four minutes before',
      },
      event: { personId: ann },
    });
    for (const a of ['user:bob', 'device:tablet'])
      expect(await why(server, `event=i2&a=${a}`)).toMatchObject({
        same: false,
        refusal: { rule: 'L7c', reason: expect.stringMatching(/nobody’s: more than half an hour from any login$/) },
      });
    expect(await why(server, 'event=i3&a=user:bob')).toMatchObject({ same: false, refusal: { rule: 'A3' } });
    expect((await why(server, 'event=i1&a=user:nobody')).refusal?.unseen).toEqual(['a']);
    expect((await why(server, 'event=none&a=user:bob')).refusal?.unseen).toEqual(['event']);
    expect((await why(server, 'event=i1&a=user:bob&asOf=6')).refusal?.unseen).toEqual(['event']);
    expect(await why(server, 'event=i1&a=user:ann&asOf=7')).toMatchObject({ same: true, event: { personId: ann } });
    const misasked = await ask(server, '/v1/explain?event=i1&a=user:ann&b=user:bob');
    expect(misasked.status).toBe(400);
    expect(v.parse(errorShape, misasked.body).error.message).toMatch(/^event: goes with a alone/);
  });
});

describe('GET /v1/claims', () => {
  test('a refused merge is a claim that does not stand', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [
      { type: 'login', ids: { user: 'ann' } },
      { type: 'login', ids: { user: 'bob' } },
      { type: 'merge', ids: [{ user: 'ann' }, { user: 'bob' }] },
    ]);
    expect((await ask(server, '/v1/claims/c3', claimShape)).body).toMatchObject({
      type: 'merge',
      stands: false,
      rule: 'S11',
      trust: 0,
      item: 'Merge',
    });
  });

  test('what names no claim is not found', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, [{ type: 'login', ids: { user: 'ann' } }]);
    for (const id of ['c1', 'c999', 'c1.999', 'x', 'c1.', '__proto__'])
      expect([id, (await ask(server, `/v1/claims/${id}`)).status]).toEqual([id, 404]);
  });
});

test('GET /v1/log streams the project’s own log, oldest first, a line an item', async () => {
  const server = await running();
  await batch(server.url, shop.publicKey, [{ type: 'track', name: 'one' }, { type: 'nonsense' }]);
  await batch(server.url, other.publicKey, [{ type: 'track', name: 'theirs' }]);
  await batch(server.url, shop.publicKey, [
    { type: 'track', name: 'two' },
    { type: 'track', name: 'three' },
  ]);
  const lines = async (query: string) => {
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    const response = await fetch(`${server.url}/v1/log${query}`, { headers });
    expect(response.headers.get('content-type')).toMatch('application/x-ndjson');
    return (await response.text())
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { position: number; command: { name: string }; verdict: { status: string } });
  };
  const all = await lines('');
  expect(all.map((line) => line.command.name)).toEqual(['one', 'two', 'three']);
  expect(all.map((line) => line.verdict.status)).toEqual(['applied', 'applied', 'applied']);
  expect((await lines(`?after=${all[0]?.position}&limit=1`)).map((line) => line.command.name)).toEqual(['two']);
});

test('GET /v1/policy shows every rule, also those the preset brought', async () => {
  const server = await running({
    projects: [{ ...shop, policy: { preset: 'mixpanel-simplified', sharedDevice: 'last-login' } }],
  });
  expect((await ask(server, '/v1/policy')).body).toMatchObject({
    preset: 'mixpanel-simplified',
    sharedDevice: 'last-login',
    order: 'arrival',
    caps: { perPerson: 1_000_000 },
  });
});

describe('the project wall (S2)', () => {
  test('ids of another project look exactly like ids that do not exist', async () => {
    const server = await running();
    await batch(server.url, other.serverKey, [
      { type: 'login', ids: { user: 'ann', device: 'd' } },
      { type: 'merge', ids: [{ user: 'ann' }, { user: 'ann2' }] },
      { type: 'track', name: 'Seen', ids: { user: 'ann' }, insertId: 'theirs' },
    ]);
    const theirs = (await ask(server, '/v1/people?kind=user&value=ann', personShape, other.serverKey)).body;
    const claim = theirs.identifiers.find((one) => one.claim !== null)?.claim;
    for (const [real, none] of [
      ['/v1/people?kind=user&value=ann', '/v1/people?kind=user&value=nobody'],
      [`/v1/people/${theirs.id}`, '/v1/people/nobody'],
      [`/v1/people/${theirs.id}/events`, '/v1/people/nobody/events'],
      [`/v1/claims/${claim}`, '/v1/claims/c99.99'],
      ['/v1/claims/c2', '/v1/claims/c99'],
      ['/v1/people/search?q=ann', '/v1/people/search?q=nobody'],
      ['/v1/explain?a=user:ann&b=device:d', '/v1/explain?a=user:nobody&b=device:no'],
      ['/v1/explain?a=user:ann', '/v1/explain?a=user:nobody'],
      ['/v1/explain?event=theirs&a=user:ann', '/v1/explain?event=none&a=user:nobody'],
    ] as const) {
      const [a, b] = [await ask(server, real), await ask(server, none)];
      const withoutRequest = (body: unknown) => JSON.stringify(body, (key, one) => (key === 'requestId' ? '' : one));
      expect([real, a.status, withoutRequest(a.body)]).toEqual([real, b.status, withoutRequest(b.body)]);
    }
  });
});

test('a person’s consent is shown by purpose, in words', async () => {
  const server = await running();
  const said = (consented: boolean) => ({ consented, timestamp_unixtime_ms: start, document: 'terms' });
  const sent = await fetch(`${server.url}/mparticle/v3/JS/${shop.publicKey}/events`, {
    method: 'POST',
    body: JSON.stringify({ mpid: '5', events: [], consent_state: { gdpr: { b: said(false), a: said(true) } } }),
  });
  expect(sent.status).toBe(202);
  expect((await person(server, 'mpid', '5')).body).toMatchObject({
    purposes: { 'gdpr.a': said(true), 'gdpr.b': said(false) },
    consentByPurpose: [
      { purpose: 'gdpr.a', said: 'granted', since: at(0), source: 'terms' },
      { purpose: 'gdpr.b', said: 'refused', since: at(0), source: 'terms' },
    ],
  });
});

describe('keys (S1)', () => {
  test('every route of /v1 is in the table, or is known to be open', async () => {
    const server = await running();
    const budget = createByteBudget(1);
    const app = await buildApp({
      context: server.context,
      budget,
      bodies: budget.share(1),
      rates: createRateLimits(undefined, new Map()),
      health: {
        metrics: createMetrics({
          store: () => server.context.store,
          queued: () => 0,
          bodyBytes: () => 0,
          admitted: () => 0,
          refused: async () => [],
          conflicts: async () => [],
        }),
        trouble: () => undefined,
      },
      log: pino({ level: 'silent' }),
      times: limits,
      certificate: undefined,
      trustedProxies: [],
      find: () => undefined,
      handleWire: async () => undefined,
      peer: () => ({ ip: '', origin: '' }),
    });
    const open = ['GET /v1/limits', 'GET /v1/session', 'POST /v1/session', 'DELETE /v1/session'];
    const known = [...open, ...routeTable.map(({ method, path }) => `${method} ${path}`)];
    const served = routesIn(app.printRoutes({ commonPrefix: false })).filter((route) => route.includes(' /v1/'));
    expect(served.sort()).toEqual(known.sort());
  });

  test('no key and unknown keys are 401, the public key 403, on every route', async () => {
    const server = await running();
    const keys: readonly (readonly [headers: Record<string, string>, statuses: readonly number[]])[] = [
      [{}, [401]],
      [{ authorization: 'Bearer nonsense' }, [401]],
      [{ authorization: `Basic ${btoa(`${shop.serverKey}:`)}` }, [401]],
      [{ authorization: `Bearer ${shop.publicKey}` }, [403]],
      [{ authorization: `Bearer ${shop.serverKey}` }, [200, 400, 404]],
    ];
    let asked = 0;
    let wronglyOpened = 0;
    for (const { method, path } of routeTable) {
      for (const [headers, statuses] of keys) {
        const response = await fetch(`${server.url}${path.replace(':id', 'x')}`, {
          method,
          headers: { 'content-type': 'application/json', ...headers },
          ...(method === 'POST' ? { body: '{}' } : {}),
        });
        asked += 1;
        if (response.ok && !statuses.includes(200)) wronglyOpened += 1;
        expect(statuses, `${method} ${path} with ${Object.keys(headers)}`).toContain(response.status);
        if (response.ok) await response.body?.cancel();
        else v.parse(errorShape, await response.json());
      }
    }
    expect(asked).toBe(routeTable.length * keys.length);
    console.log(
      `S1: ${routeTable.length} routes × ${keys.length} kinds of key: ${asked} asked, ${wronglyOpened} wrongly opened`,
    );
  });
});

/** `GET /v1/people` … of fastify's drawing of its routes as a tree. */
function routesIn(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^([│ ]*)[├└]── (\S+) \((.+)\)$/.exec(line) ?? [];
    above.splice(indent.length / 4, Number.POSITIVE_INFINITY, part);
    return methods
      .split(', ')
      .filter((method) => method !== '' && method !== 'HEAD')
      .map((method) => `${method} ${above.join('')}`);
  });
}
