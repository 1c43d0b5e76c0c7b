import * as v from 'valibot';
import { expect, test, vi } from 'vitest';
import { statsShape } from '../src/api/shapes/counts.ts';
import { batch, running, shop, track } from './running.ts';

const bearer = `Bearer ${shop.serverKey}`;
const basic = (pair: string) => `Basic ${btoa(pair)}`;
const mparticle = basic(`${shop.publicKey}:${shop.serverKey}`);
const platform = { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2.0' };
const sdk = { client_sdk: platform, environment: 'production', request_timestamp_ms: 1_760_000_000_000, context: null };

/** An item on each wire whose insert id, used again, has no effect; `what` is the part that a conflict changes. */
const wires: readonly (readonly [wire: string, path: string, authorization: string, body: (what: string) => object])[] =
  [
    [
      'native',
      '/v1/batch',
      bearer,
      (what) => ({
        items: [{ type: 'track', name: 'Bought', ids: { user: 'ann' }, insertId: 'order-1', properties: { what } }],
      }),
    ],
    [
      'segment',
      '/segment/v1/track',
      basic(`${shop.serverKey}:`),
      (what) => ({ event: 'Bought', userId: 'ann', messageId: 'order-1', properties: { what }, sentAt: new Date() }),
    ],
    [
      'mparticle',
      '/mparticle/v2/events',
      mparticle,
      (what) => ({
        source_request_id: 'order-1',
        environment: 'production',
        user_identities: { customer_id: 'ann' },
        events: [{ event_type: 'custom_event', data: { event_name: what, custom_event_type: 'other' } }],
      }),
    ],
    [
      'mparticle',
      '/mparticle/v1/identify',
      mparticle,
      (what) => ({ ...sdk, request_id: 'ask-1', known_identities: { customerid: what } }),
    ],
  ];

test('a retry that says something else than the item whose insert id it carries is counted, a retry is not (G4)', async () => {
  const server = await running();
  const stats = async () =>
    v.parse(statsShape, await (await fetch(`${server.url}/v1/stats`, { headers: { authorization: bearer } })).json());
  const send = async (body: (what: string) => object, what: string, path: string, authorization: string) => {
    const answer = await fetch(server.url + path, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body(what)),
    });
    expect(answer.status, path).toBeLessThan(300);
  };
  // The first, three retries, and one that says something else.
  for (const [, path, authorization, body] of wires)
    for (const what of ['cup', 'cup', 'cup', 'cup', 'plate']) await send(body, what, path, authorization);
  await expect.poll(async () => (await stats()).conflicts).toBe(wires.length);
  const { applied, duplicate } = await stats();
  expect({ applied, duplicate }).toEqual({ applied: wires.length, duplicate: 4 * wires.length });
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  for (const [line] of [['native"} 1'], ['segment"} 1'], ['mparticle"} 2']])
    expect(metrics).toContain(`selfsame_insert_id_conflicts_total{wire="${line}`);
  console.log(
    `G4: ${3 * wires.length} retries, ${wires.length} other items under a used insert id: ${wires.length} conflicts counted`,
  );
});

test('[D3] of one insert id from a page and a backend the backend’s copy is the event, on every wire and in both orders (G4, S16)', async () => {
  const server = await running();
  const ann = { customer_id: 'ann' };
  const mparticleBatch = (by: string, id: string) => ({
    environment: 'production',
    user_identities: ann,
    events: [
      { event_type: 'custom_event', data: { source_message_id: id, event_name: by, custom_event_type: 'other' } },
    ],
  });
  const mixpanelEvents = (by: string, id: string) => [
    {
      event: 'Bought',
      properties: { token: shop.publicKey, distinct_id: 'ann', time: 1_760_000_000, $insert_id: id, by },
    },
  ];
  const nativeBatch = (by: string, id: string) => ({
    items: [{ type: 'track', name: 'Bought', ids: { user: 'ann' }, insertId: id, properties: { by } }],
  });
  const segmentTrack = (by: string, id: string) => ({
    event: 'Bought',
    userId: 'ann',
    messageId: id,
    properties: { by },
  });
  type Sender = readonly [path: string, authorization: string | undefined];
  const rows: readonly (readonly [
    wire: string,
    page: Sender,
    backend: Sender,
    body: (by: string, id: string) => object,
  ])[] = [
    ['native', ['/v1/batch', `Bearer ${shop.publicKey}`], ['/v1/batch', bearer], nativeBatch],
    [
      'segment',
      ['/segment/v1/track', basic(`${shop.publicKey}:`)],
      ['/segment/v1/track', basic(`${shop.serverKey}:`)],
      segmentTrack,
    ],
    [
      'mparticle',
      [`/mparticle/v3/JS/${shop.publicKey}/events`, undefined],
      ['/mparticle/v2/events', mparticle],
      mparticleBatch,
    ],
    [
      'mixpanel',
      ['/mixpanel/track', undefined],
      ['/mixpanel/import?strict=1', basic(`${shop.serverKey}:`)],
      mixpanelEvents,
    ],
  ];
  const orders = [
    ['page', 'backend'],
    ['backend', 'page', 'backend', 'page'],
  ] as const;
  for (const [wire, page, backend, body] of rows)
    for (const [i, order] of orders.entries())
      for (const by of order) {
        const [path, authorization] = by === 'page' ? page : backend;
        const answer = await fetch(server.url + path, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) },
          body: JSON.stringify(body(by, `${wire}-${i}`)),
        });
        expect([wire, order, by, answer.status < 300]).toEqual([wire, order, by, true]);
      }
  const get = async (path: string) =>
    (await fetch(server.url + path, { headers: { authorization: bearer } })).json() as Promise<unknown>;
  expect(await get('/v1/stats')).toMatchObject({ events: rows.length * orders.length });
  const { id } = (await get('/v1/people?kind=user&value=ann')) as { id: string };
  const { events } = (await get(`/v1/people/${id}/events?limit=100`)) as {
    events: { wire: string; name: string; properties: { by?: string } }[];
  };
  const copies = events.map(({ wire, name, properties }) => `${wire} ${properties.by ?? name}`).toSorted();
  expect(copies).toEqual(rows.flatMap(([wire]) => orders.map(() => `${wire} backend`)).toSorted());
  // [D2] A later copy that takes the place of the first, and a page’s beside a backend’s, are no mistakes of a sender; this is.
  await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: bearer },
    body: JSON.stringify(nativeBatch('mistake', 'native-0')),
  });
  await expect.poll(async () => ((await get('/v1/stats')) as { conflicts: number }).conflicts).toBeGreaterThan(0);
  expect(await get('/v1/stats')).toMatchObject({ conflicts: 1 });
});

test('of large retries a few wait to be compared, however many come: each may have a megabyte (G12)', async () => {
  const server = await running();
  const send = (text: string, n: number) =>
    batch(
      server.url,
      shop.publicKey,
      Array.from({ length: n }, () => ({ ...track('ann', 'order-1'), properties: { text } })),
    );
  await send('first', 1);
  const { store } = server.context;
  const { at } = store;
  const go = Promise.withResolvers<void>();
  const looked = vi.fn(async (...asked: Parameters<typeof at>) => {
    await go.promise;
    return at.apply(store, asked);
  });
  Object.assign(store, { at: looked });
  await send('x'.repeat(20_000), 100);
  await send('small', 100);
  go.resolve();
  const stats = async () =>
    v.parse(statsShape, await (await fetch(`${server.url}/v1/stats`, { headers: { authorization: bearer } })).json());
  await expect.poll(async () => (await stats()).conflicts).toBe(120);
  console.log(`of 100 large retries and 100 small ones ${looked.mock.calls.length} waited to be compared`);
});

test('while retries are compared with what is dear to read others have nine tenths of the time (G13)', async () => {
  const server = await running();
  await batch(server.url, shop.publicKey, [track('ann', 'order-1')]);
  const { store } = server.context;
  const { at } = store;
  const DEAR = 5;
  Object.assign(store, {
    at(...asked: Parameters<typeof at>) {
      for (const until = performance.now() + DEAR; performance.now() < until; );
      return at.apply(store, asked);
    },
  });
  const began = performance.now();
  const retries = Array.from({ length: 10 }, () => ({ ...track('ann', 'order-1'), properties: { other: true } }));
  await batch(server.url, shop.publicKey, retries);
  const stats = async () =>
    v.parse(statsShape, await (await fetch(`${server.url}/v1/stats`, { headers: { authorization: bearer } })).json());
  await expect.poll(async () => (await stats()).conflicts).toBe(10);
  // After the last one nobody waits, and a timer may be a little early.
  expect(performance.now() - began).toBeGreaterThan(8 * 10 * DEAR);
});
