import { expect, test } from 'vitest';
import { shop } from '../running.ts';
import { ago, site } from './site.ts';

const orders = ['oan', 'ona', 'aon', 'ano', 'noa', 'nao'] as const;

test.each(['selfsame', 'segment'])(
  'a backend’s alias joins in every order of arrival, apart, in one batch or imported: %s',
  async (preset) => {
    const { segment, names } = await site({ preset });
    for (const call of ['apart', 'batch', 'import'])
      for (const order of orders) {
        const [old, now] = [`${call}-${order}-old`, `${call}-${order}-new`];
        const track = { type: 'track' as const, timestamp: ago(5) };
        const said = {
          o: { ...track, userId: old, event: 'Old', messageId: `${old}-1` },
          a: { type: 'alias', previousId: old, userId: now, messageId: `${old}-2`, timestamp: ago(4) },
          n: { ...track, userId: now, event: 'New', messageId: `${now}-3` },
        };
        const batch = [...order].map((one) => said[one as keyof typeof said]);
        if (call === 'apart') for (const one of batch) await segment('batch', { batch: [one] }, shop.serverKey);
        else await segment(call, { batch }, shop.serverKey);
        expect([call, order, await names('user', now)]).toEqual([call, order, ['New', 'Old']]);
      }
  },
);

test('two anonymous ids that a page or a picture of a mail joins are followed in every order', async () => {
  const { url, segment, names } = await site();
  const picture = (body: object) =>
    fetch(
      `${url}/segment/v1/pixel/alias?data=${Buffer.from(JSON.stringify({ writeKey: shop.publicKey, ...body })).toString('base64')}`,
    );
  for (const how of ['call', 'picture'])
    for (const order of orders) {
      const [mail, browser, user] = ['mail', 'browser', 'user'].map((one) => `${one}-${how}-${order}`);
      const alias = { previousId: mail, anonymousId: browser };
      const tell = {
        o: () => segment('track', { anonymousId: mail, event: 'Opened' }),
        a: () => (how === 'call' ? segment('a', alias) : picture(alias)),
        n: () => segment('identify', { userId: user, anonymousId: browser }),
      };
      for (const one of order) expect((await tell[one as keyof typeof tell]()).status).toBe(200);
      expect([how, order, await names('user', user as string)]).toEqual([how, order, ['Opened']]);
    }
});

test('a queue that five send at once counts once, on every wire, and again after that', async () => {
  const { segment, native, mixpanel, mparticle, names } = await site({ preset: 'mparticle-default' });
  const all = [1, 2, 3, 4, 5, 6, 7, 8];
  const time = Math.floor(Date.now() / 1000) - 60;
  const ids = { token: shop.publicKey, $device_id: 'm', distinct_id: '$device:m', time };
  const data = { custom_event_type: 'other' };
  const wires = {
    'device s': () =>
      segment('batch', {
        batch: all.map((i) => ({ type: 'track', anonymousId: 's', event: `Q${i}`, messageId: `s${i}` })),
      }),
    'device n': () =>
      native(
        { items: all.map((i) => ({ type: 'track', ids: { device: 'n' }, name: `Q${i}`, insertId: `n${i}` })) },
        shop.publicKey,
      ),
    'device m': () =>
      mixpanel(
        'track',
        all.map((i) => ({ event: `Q${i}`, properties: { ...ids, $insert_id: `m${i}` } })),
      ),
    // Its events have no names of their own: the batch has.
    'mpid 77': () =>
      mparticle({
        ...{ source_request_id: 'r', mpid: '77', environment: 'production' },
        events: all.map((i) => ({ event_type: 'custom_event', data: { ...data, event_name: `Q${i}` } })),
      }),
  };
  for (const [who, send] of Object.entries(wires)) {
    await Promise.all([1, 2, 3, 4, 5].map(send));
    await send();
    const [kind, value] = who.split(' ') as [string, string];
    expect([who, await names(kind, value)]).toEqual([who, all.map((i) => `Q${i}`)]);
  }
});

test('nothing of somebody who said no comes back, by whichever wire a queue or a backup is sent again', async () => {
  const { segment, native, mixpanel, import: load, xo, bulk, names, person } = await site();
  const gone = { user: 'gone' };
  await native({
    items: [
      { type: 'track', name: 'Before', ids: gone },
      { type: 'consent', ids: gone, consent: 'denied' },
    ],
  });
  const event = (event_name: string) => ({
    event_type: 'custom_event',
    data: { event_name, custom_event_type: 'other' },
  });
  const backup = (user: string) => ({
    event: 'After',
    properties: { distinct_id: user, time: 1_700_000_000, $insert_id: user },
  });
  for (let round = 0; round < 2; round++) {
    await load([backup('gone'), backup('stays')]);
    await mixpanel('engage', [{ $token: shop.publicKey, $distinct_id: 'gone', $append: { city: 'Bergen' } }]);
    await segment(
      'import',
      {
        batch: [
          { type: 'identify', userId: 'gone', anonymousId: 'd', traits: { city: 'Bergen' } },
          { type: 'alias', userId: 'gone', previousId: 'before' },
          { type: 'alias', userId: 'after', previousId: 'gone' },
        ],
      },
      shop.serverKey,
    );
    await xo([
      { action: 'After', target: {}, user: { identities: { ecommerceId: 'gone', sessionId: 's' }, segments: ['x'] } },
    ]);
    await bulk([
      {
        environment: 'production',
        user_identities: { customer_id: 'gone' },
        user_attributes: { city: 'Bergen' },
        events: [event('After')],
      },
    ]);
    await native({
      items: [
        { type: 'merge', ids: [gone, { user: 'other' }] },
        { type: 'track', name: 'Fine', ids: { user: 'other' } },
      ],
    });
  }
  expect(await names('user', 'gone')).toEqual(['Before']);
  expect(await person('user', 'gone')).toMatchObject({
    consent: 'denied',
    traits: {},
    segments: [],
    identifierCount: 1,
  });
  expect(await names('user', 'stays')).toEqual(['After']);
  expect(await names('user', 'other')).toEqual(['Fine', 'Fine']);
});
