import { describe, expect, it } from 'vitest';
import { mparticle } from '../../src/mparticle/index.ts';
import { request } from '../world.ts';
import { basic, bodyOf, clientOf, directory, mpidOf, open } from './workspace.ts';

const T = 1_700_000_000_000 - 60_000;
const custom = (event_name: string, more: object = {}) => ({
  event_type: 'custom_event',
  data: { event_name, custom_event_type: 'other', timestamp_unixtime_ms: T, ...more },
});

describe('web batches', () => {
  const url = '/v3/JS/e2e-public-key/events';
  it.each<[string, string]>([
    ['nothing', ''],
    ['no JSON', '{"events":['],
    ['a list', '[]'],
    ['a number', '5'],
    ['no events', '{"mpid":"5","events":{}}'],
    ['an event that is none', '{"mpid":"5","events":[5,{"event_type":7},{"event_type":"custom_event","data":[]}]}'],
    ['a custom event without a name', '{"mpid":"5","events":[{"event_type":"custom_event","data":{}}]}'],
    ['a key twice', '{"mpid":"5","mpid":"6","events":[]}'],
    ['too deep', `${'['.repeat(40)}${']'.repeat(40)}`],
    ['nobody', '{"events":[]}'],
    ['text that is no UTF-8', '\ud800'],
  ])('D13: 202 and an empty body for %s', async (name, body) => {
    const world = open('mparticle-default');
    const reply = await world.send(request('POST', url, body, { 'content-type': 'text/plain;charset=UTF-8' }));
    expect([reply.status, reply.body]).toEqual([202, '']);
    // What could not be taken is on record, with a reason.
    if (name !== 'no events') expect(world.counts.get('rejected')).toBeGreaterThan(0);
  });

  it('D13: also when the server itself turns it away', () => {
    expect(mparticle.refuse(request('POST', url), 400, 'x')).toMatchObject({ status: 202, body: '' });
    expect(mparticle.refuse(request('POST', '/v1/identify'), 400, 'x').status).toBe(400);
    for (const status of [413, 429, 503])
      expect(mparticle.refuse(request('POST', url), status, 'x').status).toBe(status);
  });

  it('an unknown key is 403 and counted', async () => {
    const world = open('mparticle-default');
    const { post } = clientOf(world);
    const reply = await post('/v3/JS/nobody/events', { events: [] });
    expect([reply.status, reply.body]).toEqual([403, '']);
    expect((await post('/v1/JS/nobody/Forwarding', '')).status).toBe(403);
    expect((await world.send(request('GET', '/JS/v2/nobody/config'))).status).toBe(404);
    expect(world.counts.get('rejected')).toBe(3);
  });

  it('both path families, in either case, lead to the same', async () => {
    for (const path of ['/v3/JS/e2e-public-key/events', '/webevents/v3/js/e2e-public-key/events']) {
      const world = open('mparticle-default');
      const { call, post } = clientOf(world);
      await call('identify', { device_application_stamp: 'D1' });
      await post(path, { mpid: '1', events: [custom('Seen')] });
      expect(world.timeline()).toEqual(['mpid:1 Seen']);
    }
    const world = open('mparticle-default');
    const get = async (path: string) => (await world.send(request('GET', path))).status;
    for (const path of [
      '/tags/JS/v2/e2e-public-key/config?env=1&plan_id=p',
      '/js/v2/e2e-public-key/config',
      '/tags/js/v2/e2e-public-key/mparticle.js?env=0',
      '/nativesdk/v1/e2e-public-key/audience?mpid=1',
      '/v1/e2e-public-key/audience?mpid=1',
      '/v2/e2e-public-key/audience?mpID=1',
      '/nativeevents/v1/e2e-public-key/audience?mpid=1',
      '/config/v4/e2e-public-key/config?av=1.0&sv=9.0.0',
    ])
      expect([path, await get(path)]).toEqual([path, 200]);
    const { post } = clientOf(world);
    for (const path of [
      '/identity/v1/identify',
      '/webevents/v1/identity/e2e-public-key/Alias',
      '/nativeevents/v1/identity/e2e-public-key/alias',
      '/nativeevents/v2/e2e-public-key/events',
      '/webevents/v2/JS/e2e-public-key/Forwarding',
    ])
      expect((await post(path, { environment: 'development' })).status).not.toBe(404);
  });

  it('D14: with an MPID the record is left alone, also when the batch names others', async () => {
    const world = open('mparticle-default');
    const { call, events } = clientOf(world);
    await call('login', { customerid: 'C1' });
    await events({ mpid: '1', user_identities: { customer_id: 'C2', email: 'x@x.se' }, events: [custom('Seen')] });
    expect(world.timeline()).toEqual(['mpid:1 Seen']);
    expect(world.person('email', 'x@x.se')).toBeUndefined();
  });

  it('D14: an MPID we never gave makes a profile without identities, and says so', async () => {
    const world = open('mparticle-default');
    const { events } = clientOf(world);
    await events({ mpid: '-7346244611012968789', mp_deviceid: 'D1', events: [custom('Seen')] });
    expect(world.person('mpid', '-7346244611012968789')).toMatchObject({ known: false });
    expect(world.entries[0]?.verdict.notes).toMatchObject([{ rule: 'R12', effect: 'ignored' }]);
    expect(world.person('device', 'D1')).toBeUndefined();
  });

  it('a batch sent again under its source_request_id has one effect, whichever order its copies come in', async () => {
    const world = open('mparticle-default');
    const { call, events } = clientOf(world);
    await call('identify', { device_application_stamp: 'D1' });
    const batch = {
      source_request_id: 'b-1',
      mpid: '1',
      user_attributes: { a: 1 },
      events: [custom('A'), custom('B')],
    };
    for (let i = 0; i < 3; i++) await events(batch);
    expect(world.timeline()).toEqual(['mpid:1 A', 'mpid:1 B']);
    expect(world.counts.get('duplicate')).toBe(6);
  });

  it('orders by event time, and keeps fields it does not know', async () => {
    const world = open('mparticle-default');
    const { call, events } = clientOf(world);
    await call('identify', { device_application_stamp: 'D1' });
    await events({
      mpid: '1',
      shoe_size: 43,
      events: [
        custom('Late', {
          timestamp_unixtime_ms: T + 5,
          page_url: 'u',
          custom_attributes: { b: '2', num: 5, nil: null },
        }),
      ],
    });
    const { entry } = world.entries.at(-1)!;
    expect(entry.time).toBe(T + 5);
    expect(entry.command).toMatchObject({
      name: 'Late',
      properties: { shoe_size: 43, page_url: 'u', b: '2', num: 5, nil: null, custom_attributes: { num: 5 } },
    });
  });

  it.each([
    ['Cart', 'Cart'],
    [404, '404'],
    ['', 'screen_view'],
    [null, 'screen_view'],
  ])('a screen called %j is the event %s', async (screen_name, name) => {
    const world = open('mparticle-default');
    await clientOf(world).events({ mpid: '1', events: [{ event_type: 'screen_view', data: { screen_name } }] });
    expect(world.timeline()).toEqual([`mpid:1 ${name}`]);
  });

  it('opting out marks the person, goes on keeping, and is taken back', async () => {
    const world = open('mparticle-default');
    const { call, events } = clientOf(world);
    await call('identify', { device_application_stamp: 'D1' });
    const optOut = (is_opted_out: boolean, at: number) =>
      events({ mpid: '1', events: [{ event_type: 'opt_out', data: { is_opted_out, timestamp_unixtime_ms: at } }] });
    await optOut(true, T);
    expect(world.person('mpid', '1')?.consent).toBe('denied');
    await events({ mpid: '1', events: [custom('After')] });
    expect(world.timeline()).toContain('mpid:1 After');
    await optOut(false, T + 1);
    expect(world.person('mpid', '1')?.consent).toBe('granted');
  });

  it.each([
    ['true', 'denied'],
    ['True', 'denied'],
    [1, 'denied'],
    ['false', 'granted'],
    ['perhaps', 'not-asked'],
    [null, 'not-asked'],
  ])('opting out, where %j is the word for it', async (is_opted_out, consent) => {
    const world = open('mparticle-default');
    await clientOf(world).events({ mpid: '1', events: [{ event_type: 'opt_out', data: { is_opted_out } }] });
    expect(world.person('mpid', '1')?.consent).toBe(consent);
  });
});

describe('attributes (D18)', () => {
  const attributes = (world: ReturnType<typeof open>) => Object.fromEntries(world.person('mpid', '1')?.traits ?? []);
  const removal = (name: string, at = T) => ({
    event_type: 'user_attribute_change',
    data: { user_attribute_name: name, new: null, old: '5', deleted: true, timestamp_unixtime_ms: at },
  });

  async function begun() {
    const world = open('mparticle-default');
    const client = clientOf(world);
    await client.call('identify', { device_application_stamp: 'D1' });
    return { world, ...client };
  }

  it('sets what is there, a tag to null, a list whole; absence deletes nothing', async () => {
    const { world, events } = await begun();
    await events({ mpid: '1', user_attributes: { plan: 'pro', vip: null, list: ['x', 'y'] }, events: [custom('a')] });
    await events({
      mpid: '1',
      user_attributes: { plan: 'free' },
      events: [custom('b', { timestamp_unixtime_ms: T + 1 })],
    });
    expect(attributes(world)).toEqual({ plan: 'free', vip: null, list: ['x', 'y'] });
  });

  it('within a batch: the map, then the change events’ deletions, then deleted_user_attributes', async () => {
    const { world, events } = await begun();
    await events({
      mpid: '1',
      user_attributes: { a: 1, b: 2, c: 3 },
      deleted_user_attributes: ['c'],
      events: [removal('a')],
    });
    expect(attributes(world)).toEqual({ b: 2 });
  });

  it('[G6] consent rides on batches, by purpose: null changes nothing, and it is none of the attributes', async () => {
    const world = open('mparticle-default');
    const { events } = clientOf(world);
    const consented = (said: boolean, at: number) => ({ consented: said, timestamp_unixtime_ms: at, document: null });
    const purposes = () => Object.fromEntries(world.person('mpid', '5')?.purposes ?? []);
    const tell = (consent_state: unknown, at: number) =>
      events({ mpid: '5', events: [custom('A', { timestamp_unixtime_ms: at })], consent_state });
    await tell({ gdpr: { analytics: consented(true, T) }, ccpa: { data_sale_opt_out: consented(true, T) } }, T);
    await tell(null, T + 1);
    await tell({ gdpr: null }, T + 2);
    await tell({ gdpr: { analytics: null, ads: consented(false, T) } }, T + 3);
    const said = {
      'gdpr.analytics': consented(true, T),
      'ccpa.data_sale_opt_out': consented(true, T),
      'gdpr.ads': consented(false, T),
    };
    expect(purposes()).toEqual(said);
    // Out of order: what was said earlier does not take back what was said later.
    await tell({ gdpr: { ads: consented(true, T - 9) } }, T - 9);
    expect(purposes()).toEqual(said);
    // Without events too, and without an effect on what is kept.
    await events({ mpid: '5', timestamp_unixtime_ms: T + 9, consent_state: { gdpr: { ads: consented(true, T + 9) } } });
    expect(purposes()).toEqual({ ...said, 'gdpr.ads': consented(true, T + 9) });
    expect(world.person('mpid', '5')).toMatchObject({ consent: 'not-asked', traits: new Map() });
  });

  it('[G6] a purpose in other letters is the same: what a backend takes back is taken back', async () => {
    const world = open('mparticle-default');
    const { events, feed } = clientOf(world);
    const at = (time: number) => [custom('A', { timestamp_unixtime_ms: time, custom_event_type: 'other' })];
    await events({ mpid: '5', events: at(T), consent_state: { gdpr: { analytics: { consented: true } } } });
    await feed({ mpid: '5', events: at(T + 1), consent_state: { gdpr: { ' Analytics': { consented: false } } } });
    expect([...(world.person('mpid', '5')?.purposes ?? [])]).toEqual([['gdpr.analytics', { consented: false }]]);
  });

  it('the latest event time wins across devices, in either order of arrival', async () => {
    const older = {
      mpid: '1',
      user_attributes: { plan: 'free', only: 1 },
      events: [custom('a', { timestamp_unixtime_ms: T + 1 })],
    };
    const newer = {
      mpid: '1',
      user_attributes: { plan: 'pro' },
      events: [custom('b', { timestamp_unixtime_ms: T + 2 })],
    };
    for (const order of [
      [older, newer],
      [newer, older],
    ]) {
      const { world, events } = await begun();
      for (const batch of order) await events({ ...batch, timestamp_unixtime_ms: T + 50 });
      expect(attributes(world)).toEqual({ plan: 'pro', only: 1 });
    }
  });

  it('names of prototypes are attributes like any other (S20)', async () => {
    const { world, events } = await begun();
    await events('{"mpid":"1","user_attributes":{"__proto__":"a","constructor":"b"},"events":[]}');
    expect([...(world.person('mpid', '1')?.traits ?? [])]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('server batches', () => {
  it('D14: without an MPID they are looked up like an identify, and stay on one profile', async () => {
    const world = open('mparticle-conversion');
    const { feed, call } = clientOf(world);
    expect((await feed({ user_identities: { email: 'z@x.se' } })).status).toBe(202);
    expect(mpidOf(await call('identify', { email: 'z@x.se' }))).toBe('1');
    await feed({
      user_identities: { customer_id: 'C1', email: 'y@x.se' },
      mp_deviceid: 'D1',
      device_info: { ios_idfv: 'V1', shoe: 'x' },
      user_attributes: { plan: 'pro' },
      events: [custom('A'), custom('B')],
    });
    const person = world.person('user', 'C1');
    expect(person).toMatchObject({ known: true });
    expect(person?.traits.get('plan')).toBe('pro');
    for (const [kind, value] of [
      ['email', 'y@x.se'],
      ['device', 'D1'],
      ['ios_idfv', 'V1'],
    ] as const)
      expect(world.person(kind, value)?.id).toBe(person?.id);
    expect(new Set(world.timeline().map((line) => line.split(' ')[0])).size).toBe(1);
  });

  it.each([
    ['customer_id', 'user'],
    ['mobile_number', 'phone'],
    ['facebook_custom_audience_id', 'facebookcustomaudienceid'],
    ...Array.from({ length: 9 }, (_, i) => [`other_id_${i + 2}`, `other${i + 2}`]),
    ...[
      'email',
      'other',
      'phone_number_2',
      'phone_number_3',
      'facebook',
      'google',
      'twitter',
      'microsoft',
      'yahoo',
    ].map((name) => [name, name]),
    ['alias', 'alias'],
  ] as [string, string][])('user_identities.%s is our %s', async (name, kind) => {
    const world = open('mparticle-conversion');
    await clientOf(world).feed({ user_identities: { [name]: 'v1', [`${name}x`]: 'v2' } });
    expect(world.person('mpid', '1')?.founder.record.map((one) => one.key)).toEqual([`${kind}:v1`]);
  });

  it.each([
    ['ios_advertising_id', 'ios_idfa'],
    ['ios_idfv', 'ios_idfv'],
    ['android_advertising_id', 'android_aaid'],
    ['android_uuid', 'android_uuid'],
    ['amp_id', 'amp_id'],
    ['push_token', 'push_token'],
    ['roku_advertising_id', 'roku_aid'],
    ['roku_publisher_id', 'roku_publisher_id'],
    ['fire_advertising_id', 'fire_aid'],
    ['microsoft_advertising_id', 'microsoft_aid'],
    ['microsoft_publisher_id', 'microsoft_publisher_id'],
  ])('D14: device_info.%s is the %s that identify knows', async (name, type) => {
    const world = open('mparticle-conversion');
    const { feed, call } = clientOf(world);
    await feed({ device_info: { [name]: 'v1' } });
    expect(mpidOf(await call('identify', { [type]: 'v1' }))).toBe('1');
  });

  it.each(['/v2/events', '/v2/bulkevents'])('%s: an update keeps the customer beside an odd identity', async (path) => {
    const world = open('mparticle-default');
    const update = { environment: 'production', user_identities: { customer_id: 'C1', email: 1.5 } };
    const send = (batch: object) =>
      clientOf(world).post(path, path === '/v2/events' ? batch : [batch], { authorization: basic });
    expect((await send(update)).status).toBe(202);
    expect(world.person('user', 'C1')).toMatchObject({ known: true });
    expect(world.refusals()).toEqual([expect.stringMatching(/a user identity must be text or a whole number$/)]);
    // With nothing beside it there is nothing good in it.
    expect((await send({ ...update, user_identities: { email: 1.5 } })).status).toBe(400);
  });

  it('a batch whose identities nothing is looked up by makes one profile, not one an event', async () => {
    const world = open('mparticle-default', {}, directory('default', { priority: ['user'] }));
    const { feed } = clientOf(world);
    await feed({ user_identities: { email: 'z@x.se' }, events: [custom('A'), custom('B')] });
    expect(new Set(world.timeline().map((line) => line.split(' ')[0])).size).toBe(1);
  });

  it.each<[string, object | string, string]>([
    ['no environment', { environment: null, events: [] }, 'environment must be production or development'],
    ['a strange environment', { environment: 'staging' }, 'environment must be production or development'],
    ['events that are no list', { events: 'A' }, 'events must be a list'],
    ['an event of no type', { events: [{}] }, 'event 0: an event has no event_type'],
    ['a custom event without a name', { events: [custom('')] }, 'event 0: a custom_event has no event_name'],
    [
      'a custom event without its type',
      { events: [custom('A', { custom_event_type: null })] },
      'event 0: a custom_event has no custom_event_type',
    ],
    [
      'a custom event of a type there is not',
      { events: [custom('A', { custom_event_type: 'Navigation' })] },
      'event 0: custom_event_type is none of navigation, location, search, transaction, user_content, user_preference, social, other, media, attribution, unknown',
    ],
    [
      'an attribute change of nothing',
      { events: [{ event_type: 'user_attribute_change', data: {} }] },
      'event 0: a user_attribute_change has no user_attribute_name',
    ],
    [
      'a commerce event of two things',
      { events: [{ event_type: 'commerce_event', data: { product_action: {}, promotion_action: {} } }] },
      'event 0: a commerce_event needs exactly one of product_action, promotion_action, product_impressions',
    ],
    // Bytes count, not characters.
    ['more than 128 KB', { user_attributes: { a: 'é'.repeat(70_000) } }, 'a batch is larger than 128 KB'],
  ])('400: %s', async (_name, batch, message) => {
    const world = open('mparticle-default');
    const reply = await clientOf(world).feed(batch as object);
    expect([reply.status, bodyOf(reply)]).toEqual([400, { errors: [{ code: 'BAD_REQUEST', message }] }]);
    expect(world.counts.get('rejected')).toBe(1);
  });

  it.each(['production', 'development', 'unknown'])('takes a batch whose environment is %s', async (environment) => {
    const world = open('mparticle-default');
    expect((await clientOf(world).feed({ environment, mpid: '5', events: [custom('A')] })).status).toBe(202);
    expect(world.timeline()).toEqual(['mpid:5 A']);
  });

  it.each(['/v2/events', '/v2/bulkevents'])('%s: what is bad in a batch costs itself and is named', async (path) => {
    const world = open('mparticle-default');
    const batch = {
      environment: 'production',
      mpid: '5',
      user_attributes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`a${i}`, 1])),
      deleted_user_attributes: 'old',
      events: [
        custom('A'),
        custom('', { source_message_id: 'm-1' }),
        7,
        custom('B', { custom_attributes: 'x'.repeat(9) }),
      ],
    };
    const reply = await clientOf(world).post(path, path === '/v2/events' ? batch : [{}, batch], {
      authorization: basic,
    });
    expect(reply.status).toBe(202);
    expect(world.timeline()).toEqual(['mpid:5 A', 'mpid:5 B']);
    const reasons = world.refusals().map((reason) => reason.replace(/^batch 1: /, ''));
    expect(reasons.filter((reason) => !reason.includes('environment'))).toEqual([
      'event 1 (m-1): a custom_event has no event_name',
      'event 2: an event is not an object',
      'deleted_user_attributes must be a list',
      'a user has more than 100 attributes',
    ]);
  });

  it('a page’s envelope that cannot be read costs itself and is named', async () => {
    const world = open('mparticle-default');
    const { events } = clientOf(world);
    await events({
      mpid: 'abc',
      user_identities: 'ann',
      user_attributes: 'x',
      consent_state: [],
      events: [custom('A')],
    });
    await events({ mpid: '5', user_attributes: { plan: 'pro' }, events: 'A' });
    expect(world.timeline()).toEqual(['nobody A']);
    expect(world.person('mpid', '5')?.traits.get('plan')).toBe('pro');
    expect(world.refusals()).toEqual([
      'user_attributes must be an object',
      'user_identities must be an object',
      'mpid must be a 64-bit whole number',
      'events must be a list',
    ]);
  });

  it('401 without credentials, 403 with wrong ones', async () => {
    const world = open('mparticle-default');
    const { post } = clientOf(world);
    expect((await post('/v2/events', {}, {})).status).toBe(401);
    expect((await post('/v2/events', {}, { authorization: `Basic ${btoa('e2e-public-key:no')}` })).status).toBe(403);
    expect((await post('/v2/bulkevents', [], { authorization: 'Bearer x' })).status).toBe(403);
    expect(world.counts.get('rejected')).toBe(3);
  });

  it('in bulk some bad batches still give 202; 101 batches, or none that is good, give 400', async () => {
    const world = open('mparticle-default');
    const { post } = clientOf(world);
    const good = { environment: 'production', user_identities: { customer_id: 'C1' }, events: [custom('A')] };
    const bulk = (body: unknown) => post('/v2/bulkevents', body, { authorization: basic });
    expect((await bulk([good, {}, 5])).status).toBe(202);
    expect(world.timeline()).toHaveLength(1);
    expect((await bulk([{}])).status).toBe(400);
    const before = world.counts.get('rejected');
    expect((await bulk([])).status).toBe(400);
    expect(world.counts.get('rejected'), 'the operator sees a request without batches').toBe((before ?? 0) + 1);
    expect((await bulk(good)).status).toBe(400);
    expect((await bulk(Array.from({ length: 101 }, () => good))).status).toBe(400);
    expect((await bulk(Array.from({ length: 100 }, () => good))).status).toBe(202);
  });

  it('historical batches need events that are 72 hours old', async () => {
    const start = 1_700_000_000_000;
    const historical = (...events: object[]) =>
      clientOf(open('mparticle-default', { start })).post(
        '/v2/bulkevents/historical',
        [{ environment: 'production', mpid: '5', events }],
        { authorization: basic },
      );
    // The clock goes on by a second with every request.
    const old = (more = 0) => custom('A', { timestamp_unixtime_ms: start + 1_000 - 72 * 3_600_000 + more });
    expect((await historical(old())).status).toBe(202);
    expect((await historical(old(1))).status).toBe(400);
    expect((await historical(old(), custom('B'))).status).toBe(202);
    expect((await historical(custom('B'), custom('C'))).status).toBe(400);
    expect((await historical(custom('A', { timestamp_unixtime_ms: null }))).status).toBe(400);
    expect((await historical()).status).toBe(400);
  });
});
