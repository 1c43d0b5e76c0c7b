import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { errorShape } from '../src/api/shapes/batch.ts';
import { statsShape } from '../src/api/shapes/counts.ts';
import { eventsByInsertIdShape, eventsShape, namesShape } from '../src/api/shapes/events.ts';
import { attributionShape, countsShape, funnelShape, retentionShape } from '../src/api/shapes/insights.ts';
import { personShape } from '../src/api/shapes/people.ts';
import { peopleBehindShape, searchShape } from '../src/api/shapes/people-lists.ts';
import { projectShape, projectsShape } from '../src/api/shapes/project.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

const DAY = 86_400_000;
const start = Date.UTC(2026, 0, 1);
const at = (days: number): string => new Date(start + days * DAY).toISOString();

async function call<S extends v.GenericSchema>(server: TestServer, path: string, shape: S, body?: object) {
  const response = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  expect([path, response.status, answer]).toEqual([path, 200, answer]);
  return v.parse(shape, answer);
}

const get = <S extends v.GenericSchema>(server: TestServer, path: string, shape: S) => call(server, path, shape);
const idOf = async (server: TestServer, kind: string, value: string) =>
  (await get(server, `/v1/people?kind=${kind}&value=${value}`, personShape)).id;

/** Ann looks on her phone, buys on her laptop; Bob only looks. */
const visits = [
  {
    type: 'track',
    name: 'Viewed',
    ids: { device: 'phone' },
    properties: { utm_campaign: 'spring' },
    time: at(0),
    insertId: 'a1',
  },
  { type: 'track', name: 'Viewed', ids: { device: 'tablet' }, time: at(1), insertId: 'b1' },
  { type: 'login', ids: { device: 'phone', user: 'ann' }, time: at(2) },
  { type: 'login', ids: { device: 'laptop', user: 'ann' }, time: at(3) },
  { type: 'track', name: 'Bought', ids: { device: 'laptop' }, properties: { price: 30 }, time: at(3), insertId: 'a2' },
];

describe('events', () => {
  test('a person’s events come from all their devices, newest first, page by page', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits);
    const ann = await idOf(server, 'user', 'ann');
    const first = await get(server, `/v1/people/${ann}/events?limit=1`, eventsShape);
    expect(first.events).toEqual([
      {
        name: 'Bought',
        time: at(3),
        insertId: 'a2',
        anchor: { kind: 'device', value: 'laptop' },
        device: { kind: 'device', value: 'laptop' },
        wire: 'native',
        properties: { price: 30 },
        because: {
          rule: 'L6',
          claim: expect.any(String),
          says: 'theirs, because nobody else was ever said to use this device',
        },
      },
    ]);
    const second = await get(server, `/v1/people/${ann}/events?limit=1&before=${first.next}`, eventsShape);
    expect(second.events.map((event) => event.insertId)).toEqual(['a1']);
    expect(second.next).toBe(null);
  });

  test('whose an event is follows what is known now', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits.slice(0, 2));
    const owner = async (insertId: string) =>
      (await get(server, `/v1/events?insertId=${insertId}`, eventsByInsertIdShape)).events.map(
        (event) => event.personId,
      );
    const visitor = await idOf(server, 'device', 'phone');
    expect(await owner('a1')).toEqual([visitor]);
    await batch(server.url, shop.publicKey, visits.slice(2));
    expect(await owner('a1')).toEqual([await idOf(server, 'user', 'ann')]);
    await batch(server.url, shop.publicKey, [{ type: 'track', name: 'Nobody’s', insertId: 'n1' }]);
    expect(await owner('n1')).toEqual([null]);
    expect(await owner('none')).toEqual([]);
  });

  test('an answer after an ack includes it, every time (G10)', async () => {
    const server = await running();
    for (let i = 0; i < 25; i++) {
      await batch(server.url, shop.publicKey, [
        { type: 'track', name: 'Seen', ids: { user: `u${i}` }, insertId: `i${i}` },
      ]);
      const { events } = await get(server, `/v1/events?insertId=i${i}`, eventsByInsertIdShape);
      expect(events).toHaveLength(1);
    }
  });

  test('Mixpanel’s events are shown with its own words for who is who', async () => {
    const server = await running();
    const event = (properties: object) => ({ event: 'Viewed', properties: { token: shop.publicKey, ...properties } });
    const response = await fetch(`${server.url}/mixpanel/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        event({
          distinct_id: '$device:d',
          $device_id: 'd',
          $insert_id: 'm1',
          time: Math.trunc(Date.now() / 1000) - 60,
        }),
        event({
          distinct_id: 'ann',
          $device_id: 'd',
          $user_id: 'ann',
          $insert_id: 'm2',
          time: Math.trunc(Date.now() / 1000),
        }),
      ]),
    });
    expect(response.status).toBe(200);
    const [shown] = (await get(server, '/v1/events?insertId=m1', eventsByInsertIdShape)).events;
    expect(shown).toMatchObject({ wire: 'mixpanel', properties: { distinct_id: 'ann' } });
  });

  test('an edit that Mixpanel’s original merge refuses is kept, hidden, with the vendor’s reason', async () => {
    const server = await running({ projects: [{ ...shop, policy: { preset: 'mixpanel-original' } }] });
    const device = '$device:5f1c2b00-1111-4111-8111-0000000000aa';
    const identify = (user: string, anonymous: string, $insert_id: string) => ({
      event: '$identify',
      properties: { token: shop.publicKey, distinct_id: user, $anon_distinct_id: anonymous, $insert_id },
    });
    await fetch(`${server.url}/mixpanel/track`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([
        identify('ann', device, 'i1'),
        identify('bob', device, 'i2'),
        identify('bob', 'bob', 'i3'),
      ]),
    });
    const kept = async (insertId: string) =>
      (await get(server, `/v1/events?insertId=${insertId}`, eventsByInsertIdShape)).events.map((one) => one.properties);
    const [joined] = await kept('i1');
    expect(joined).toEqual({ distinct_id: 'ann', $anon_distinct_id: device, $insert_id: 'i1' });
    expect(await kept('i2')).toMatchObject([
      {
        $failure_reason: 'errAnonDistinctIdAssignedAlready',
        $failure_description: `$anon_distinct_id already identified: ${device}`,
      },
    ]);
    expect(await kept('i3')).toMatchObject([{ $failure_reason: 'errSameIDs' }]);
    expect(await get(server, '/v1/stats', statsShape)).toMatchObject({ applied: 3, events: 0 });
  });

  test('pickers list names of events and of their properties', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits);
    await batch(server.url, other.publicKey, [{ type: 'track', name: 'Theirs', properties: { secret: 1 } }]);
    expect((await get(server, '/v1/events/names', namesShape)).names).toEqual([
      { name: 'Viewed', count: 2 },
      { name: 'Bought', count: 1 },
    ]);
    const names = async (query: string) =>
      (await get(server, `/v1/events/properties${query}`, namesShape)).names.map((one) => one.name).sort();
    expect(await names('')).toEqual(['price', 'utm_campaign']);
    expect(await names('?event=Bought')).toEqual(['price']);
  });
});

test('GET /v1/stats: received is the sum of the fates, by wire and in all (G5)', async () => {
  const server = await running();
  await batch(server.url, shop.publicKey, [...visits, visits[0]!, { type: 'nonsense' }]);
  await batch(server.url, shop.publicKey, [{ type: 'consent', ids: { device: 'tablet' }, consent: 'denied' }]);
  await batch(server.url, shop.publicKey, [{ type: 'track', name: 'Viewed', ids: { device: 'tablet' } }]);
  await batch(server.url, other.publicKey, visits);
  const stats = await get(server, '/v1/stats', statsShape);
  const fates = { received: 9, applied: 6, duplicate: 1, rejected: 1, quarantined: 0, suppressed: 1 };
  expect(stats).toEqual({
    ...fates,
    events: 3,
    people: expect.any(Number),
    behind: 0,
    unknownKey: 0,
    turnedAway: {},
    untimed: 0,
    conflicts: 0,
    wires: { native: fates },
  });
});

describe('projects', () => {
  test('a first-run page learns whether an event has arrived', async () => {
    const clock = start + 9 * DAY;
    const server = await running({}, { clock: () => clock });
    const before = await get(server, '/v1/project', projectShape);
    expect(before).toMatchObject({
      id: 'shop',
      publicKey: 'shop-public',
      preset: 'selfsame',
      firstEvent: null,
      url: server.url,
    });
    expect(JSON.stringify(before)).not.toContain(shop.serverKey);
    await batch(server.url, shop.publicKey, [{ type: 'track', name: 'Hello', ids: { user: 'ann' } }]);
    expect((await get(server, '/v1/project', projectShape)).firstEvent).toBe(new Date(clock).toISOString());
  });

  test('a server key sees its own, an operator all', async () => {
    const server = await running();
    expect((await get(server, '/v1/projects', projectsShape)).projects).toEqual([{ id: 'shop', name: 'shop' }]);
    const login = await fetch(server.loginUrl, { redirect: 'manual' });
    const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
    const ask = (path: string) => fetch(`${server.url}${path}`, { headers: { cookie } });
    expect(await (await ask('/v1/projects')).json()).toEqual({
      projects: [
        { id: 'shop', name: 'shop' },
        { id: 'other', name: 'other' },
      ],
    });
    expect((await ask('/v1/policy')).status).toBe(400);
    expect((await ask('/v1/policy?project=other')).status).toBe(200);
  });
});

describe('GET /v1/people/search', () => {
  test('finds people by any word of a name or an e-mail, by an identifier, kind:value and id', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      {
        type: 'traits',
        ids: { user: 'customer-7' },
        traits: { name: 'Ann Sofie Lee', email: 'ann.lee@mail.example.com' },
      },
      { type: 'track', name: 'Seen', ids: { device: 'phone-1' } },
    ]);
    const ann = await idOf(server, 'user', 'customer-7');
    const phone = await idOf(server, 'device', 'phone-1');
    const found = async (q: string) =>
      (await get(server, `/v1/people/search?q=${encodeURIComponent(q)}`, searchShape)).people.map(({ id }) => id);
    for (const q of ['ann', 'SOFIE', 'lee', 'sofie l', 'lee@mail', 'example.com', 'customer', 'user:customer-7', ann])
      expect([q, await found(q)]).toEqual([q, [ann]]);
    for (const q of ['phone', 'device:phone-1', phone]) expect([q, await found(q)]).toEqual([q, [phone]]);
    for (const q of ['nn', 'user:customer', 'device:phone', 'lee sofie']) expect([q, await found(q)]).toEqual([q, []]);
  });
});

describe('insights', () => {
  test('count people, not devices', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits);
    const steps = [{ event: 'Viewed' }, { event: 'Bought', where: [{ property: 'price', op: 'gt', value: 10 }] }];
    const funnel = await call(server, '/v1/insights/funnel', funnelShape, { steps, from: at(0), to: start + 9 * DAY });
    expect(funnel.steps.map((step) => step.people)).toEqual([2, 1]);

    const attribution = await call(server, '/v1/insights/attribution', attributionShape, {
      conversion: { event: 'Bought' },
      revenueProperty: 'price',
      model: 'first-touch',
    });
    expect(attribution.rows).toEqual([{ touch: 'spring', conversions: 1, revenue: 30, people: 1 }]);

    const retention = await call(server, '/v1/insights/retention', retentionShape, {
      first: { event: 'Viewed' },
      returning: { event: 'Bought' },
      interval: 'day',
      intervals: 4,
    });
    expect(retention.rows[0]).toMatchObject({ cohort: start, people: 1, returned: [0, 0, 0, 1] });

    const counts = await call(server, '/v1/insights/counts', countsShape, {
      events: [{ event: 'Viewed' }],
      interval: 'month',
    });
    expect(counts.rows).toEqual([expect.objectContaining({ start, event: 'Viewed', events: 2, people: 2 })]);
  });

  test('are cut into the days of the project’s time zone', async () => {
    const server = await running({ projects: [{ ...shop, timeZone: 'Asia/Kathmandu' }] });
    const track = (time: string) => ({ type: 'track', name: 'Viewed', ids: { device: 'phone' }, time });
    // A quarter past the midnight between 31 December and 1 January, five and three quarter hours ahead of UTC.
    await batch(server.url, shop.publicKey, [track('2025-12-31T18:30:00Z'), track('2025-12-31T18:00:00Z')]);
    const midnight = Date.parse('2025-12-31T18:15:00Z');
    const counts = await call(server, '/v1/insights/counts', countsShape, {
      events: [{ event: 'Viewed' }],
      interval: 'month',
    });
    expect(counts.rows.map(({ start, events }) => [start, events])).toEqual([
      [Date.parse('2025-11-30T18:15:00Z'), 1],
      [midnight, 1],
    ]);
    expect((await get(server, '/v1/project', projectShape)).timeZone).toBe('Asia/Kathmandu');
  });

  test('say who reached a step, and who went no further', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits);
    const steps = [{ event: 'Viewed' }, { event: 'Bought' }];
    const [ann, bob] = [await idOf(server, 'user', 'ann'), await idOf(server, 'device', 'tablet')];
    const people = async (step: number, part: string) =>
      (await call(server, '/v1/insights/funnel/people', searchShape, { steps, step, part })).people.map(({ id }) => id);
    expect(await people(1, 'reached')).toEqual([bob, ann]);
    expect(await people(1, 'dropped')).toEqual([bob]);
    expect(await people(2, 'reached')).toEqual([ann]);
    expect(await people(2, 'dropped')).toEqual([ann]);
  });

  test('say when those people did it, whatever their backend says of them afterwards', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits);
    await batch(server.url, shop.serverKey, [{ type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } }]);
    const question = { steps: [{ event: 'Viewed' }, { event: 'Bought' }], step: 2, part: 'reached' };
    const { people } = await call(server, '/v1/insights/funnel/people', peopleBehindShape, question);
    const bought = visits.find(({ name }) => name === 'Bought')?.time;
    expect(people.map((one) => one.at)).toEqual([bought]);
  });

  test('say whose every figure is: of a count, a cohort, a campaign, and of one row of a breakdown', async () => {
    const server = await running();
    await batch(server.url, shop.publicKey, visits);
    const [ann, bob] = [await idOf(server, 'user', 'ann'), await idOf(server, 'device', 'tablet')];
    const behind = async (insight: string, question: object) =>
      (await call(server, `/v1/insights/${insight}/people`, searchShape, question)).people.map(({ id }) => id);
    const viewed = { event: 'Viewed' };
    const split = (value: string | null) => ({ split: { by: { property: 'utm_campaign' }, value } });
    expect(await behind('counts', { event: viewed })).toEqual([bob, ann]);
    expect(await behind('counts', { event: viewed, to: at(1) })).toEqual([ann]);
    expect(await behind('counts', { event: viewed, ...split(null) })).toEqual([bob]);
    const returns = { first: viewed, returning: { event: 'Bought' }, interval: 'day', cohort: at(0) };
    expect(await behind('retention', { ...returns, part: 'began' })).toEqual([ann]);
    expect(await behind('retention', { ...returns, part: 'returned', n: 3 })).toEqual([ann]);
    expect(await behind('retention', { ...returns, part: 'dropped', n: 3 })).toEqual([]);
    expect(await behind('retention', { ...returns, cohort: at(1), part: 'dropped', n: 3 })).toEqual([bob]);
    const bought = { conversion: { event: 'Bought' }, touch: 'spring' };
    expect(await behind('attribution', { ...bought, part: 'converted' })).toEqual([ann]);
    expect(await behind('attribution', { ...bought, part: 'dropped' })).toEqual([]);
    expect(await behind('attribution', { ...bought, conversion: { event: 'Left' }, part: 'dropped' })).toEqual([ann]);
    const steps = [viewed, { event: 'Bought' }];
    expect(await behind('funnel', { steps, step: 1, part: 'reached', ...split('spring') })).toEqual([ann]);
  });

  test('are split by a property or a trait, each by its own kind', async () => {
    const server = await running();
    await batch(server.url, shop.serverKey, [
      ...visits,
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'gold' }, time: at(4) },
    ]);
    const breakdown = { trait: 'plan' };
    const cohorts = await call(server, '/v1/insights/retention', retentionShape, {
      ...{ first: { event: 'Viewed' }, returning: { event: 'Bought' }, interval: 'week', intervals: 2, breakdown },
    });
    expect(cohorts.breakdown?.map(({ value, rows }) => [value, rows.map(({ people }) => people)])).toEqual([
      ['gold', [1]],
      [null, [1]],
    ]);
    const earned = await call(server, '/v1/insights/attribution', attributionShape, {
      ...{ conversion: { event: 'Bought' }, revenueProperty: 'price', breakdown },
    });
    const whole = { conversions: 1, revenue: 30, people: 1 };
    expect(earned.breakdown).toEqual([{ value: 'gold', rows: [{ touch: 'spring', ...whole }], total: whole }]);
  });

  test('[H1] can be asked as of a position of the log', async () => {
    const server = await running();
    await batch(server.url, other.publicKey, visits);
    await batch(server.url, shop.publicKey, visits);
    const steps = [{ event: 'Viewed' }, { event: 'Bought' }];
    const people = async (asOf: number) =>
      (await call(server, '/v1/insights/funnel', funnelShape, { steps, asOf })).steps.map((step) => step.people);
    const before = visits.length;
    expect(await people(0)).toEqual([0, 0]);
    expect(await people(before + 2)).toEqual([2, 0]);
    expect(await people(before + 5)).toEqual([2, 1]);
    expect(await people(1_000_000)).toEqual([2, 1]);
  });

  const misasked: readonly (readonly [insight: string, question: object, message: string | RegExp])[] = [
    ['funnel', {}, 'steps: is missing'],
    ['funnel', { steps: [] }, 'steps: expected 1 to 20'],
    ['funnel', { steps: [{ event: 7 }] }, 'steps.0.event: expected text of 1 to 255 characters'],
    ['funnel', { steps: [{ event: 'a' }], since: 1 }, 'since: there is no such field here'],
    ['funnel', { steps: [{ event: 'a' }], from: 'soon' }, 'from: expected ISO 8601 or milliseconds since 1970'],
    [
      'funnel',
      { steps: [{ event: 'a', where: [{ property: 'p', op: 'like', value: 1 }] }] },
      /^steps\.0\.where\.0\.op: expected/,
    ],
    ['funnel', { steps: [{ event: 'a', where: [{ property: 'p', op: 'eq' }] }] }, 'steps.0.where.0.value: is missing'],
    ['attribution', { conversion: { event: 'a' }, model: 'best' }, /^model: expected \("first-touch"/],
    ['retention', { first: { event: 'a' } }, 'returning: is missing'],
    ['counts', { events: [{ event: 'a' }], interval: 'year' }, /^interval: expected \("hour"/],
    ['counts', { events: [{ event: 'a' }], breakdown: { by: 'x' } }, 'breakdown: expected { property } or { trait }'],
  ];
  test('a question that is not as it must be is refused by the name of its field', async () => {
    const server = await running();
    for (const [insight, question, message] of misasked) {
      const response = await fetch(`${server.url}/v1/insights/${insight}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${shop.serverKey}`, 'content-type': 'application/json' },
        body: JSON.stringify(question),
      });
      const { error } = v.parse(errorShape, await response.json());
      expect([question, response.status, error.code]).toEqual([question, 400, 'bad_body']);
      expect(error.message).toMatch(message);
    }
  });
});
