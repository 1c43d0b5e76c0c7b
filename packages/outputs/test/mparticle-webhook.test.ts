import { describe, expect, it } from 'vitest';
import { type Connection, connect, mparticleWebhook } from '../src/index.ts';
import { type Answer, createWorld, ok, run, type World } from './world.ts';

const url = 'https://receiver.test/mparticle';
const started = Date.UTC(2026, 0, 1);
const output = (more: object = {}) => mparticleWebhook({ url, includeDeviceId: false, ...more });

const connection = (more: Partial<Connection> = {}): Connection => ({
  id: 'c',
  input: 'all',
  output: 'out',
  active: true,
  settings: {},
  filters: {},
  rules: [],
  ...more,
});

async function over(world: World, more: Partial<Connection> = {}, settings: object = {}) {
  return await run(world, output(settings), ok, { connect: (message) => connect([connection(more)], message) }, 0, {
    profiles: true,
  });
}

const mpid = { kind: 'mpid', value: '7346244611012968789' };
/** A custom event as our mParticle wire reads one from a page's batch. */
const event = {
  wire: 'mparticle',
  trust: 0,
  insertId: '8f62e88f',
  time: started,
  command: {
    type: 'Track',
    ids: [mpid],
    name: 'Known Event',
    properties: {
      b: '2',
      secret: 'x',
      source_request_id: 'cc8351e6',
      environment: 'development',
      mp_deviceid: '38582f12',
      application_info: {},
      device_info: { platform: 'web' },
      user_identities: { customer_id: 'C1', email: 'ann@example.com' },
      custom_event_type: 'other',
      session_uuid: '3BDD33DD',
      location: { latitude: 59 },
      custom_attributes: { b: '2', secret: 'x' },
      event_type: 'custom_event',
    },
  },
} as const;

async function withAnn(world: World) {
  await world.say(
    { trust: 2, command: { type: 'Identify', ids: [mpid, { kind: 'user', value: 'C1' }] } },
    { trust: 2, command: { type: 'Identify', ids: [mpid, { kind: 'email', value: 'ann@example.com' }] } },
    { trust: 2, command: { type: 'Describe', ids: [mpid], changes: [{ op: 'set', name: 'plan', value: 'pro' }] } },
  );
}

describe('mParticle’s webhook form', () => {
  it('posts an event as the vendor’s page shows it: the batch, the event, the profile as it is', async () => {
    const world = createWorld();
    const out = await over(world, {}, { authorization: 'Bearer abc', includeDeviceId: true, uniqueId: 'user' });
    await withAnn(world);
    await world.say(event);
    const arrived = world.now;
    await out.until();
    const post = out.posts.at(-1)!;
    expect(post.headers).toMatchObject({ authorization: 'Bearer abc', 'content-type': 'application/json' });
    // A number with all its digits, which JSON.parse would round.
    expect(post.body).toContain('"mpid":7346244611012968789,');
    const { mpid: _mpid, ...batch } = JSON.parse(post.body);
    expect(batch).toEqual({
      schema_version: 2,
      environment: 'development',
      batch_id: expect.any(Number),
      timestamp_unixtime_ms: arrived,
      source_request_id: 'cc8351e6',
      unique_id: 'C1',
      mp_deviceid: '38582f12',
      source_info: { channel: 'javascript', partner: null },
      events: [
        {
          event_type: 'custom_event',
          data: {
            event_name: 'Known Event',
            custom_event_type: 'other',
            session_uuid: '3BDD33DD',
            session_id: expect.any(Number),
            location: { latitude: 59 },
            custom_attributes: { b: '2', secret: 'x' },
            event_id: expect.any(Number),
            message_id: '8f62e88f',
            message_type: 4,
            source_message_id: '8f62e88f',
            timestamp_unixtime_ms: started,
            event_start_unixtime_ms: started,
          },
        },
      ],
      user_attributes: { plan: 'pro' },
      user_identities: [
        { identity_type: 'customer_id', identity: 'C1', timestamp_unixtime_ms: expect.any(Number) },
        { identity_type: 'email', identity: 'ann@example.com', timestamp_unixtime_ms: expect.any(Number) },
      ],
      device_info: { platform: 'web' },
      application_info: {},
      system_notifications: [],
    });
    for (const id of [batch.batch_id, batch.events[0].data.event_id, batch.events[0].data.session_id])
      expect(Number.isSafeInteger(id) && id > 0).toBe(true);
    await out.stop();
  });

  it('leaves the device and a unique id out, as the vendor’s outputs begin, and says one thing the same twice', async () => {
    const world = createWorld();
    const out = await run(world, output(), (_post, n) => ({ status: n === 1 ? 500 : 200, body: '' }), {}, 0, {
      profiles: true,
    });
    await world.say(event);
    await out.until();
    const [first, second] = out.posts.slice(-2);
    expect(first!.body).toBe(second!.body);
    expect(JSON.parse(first!.body)).not.toHaveProperty('mp_deviceid');
    expect(JSON.parse(first!.body)).not.toHaveProperty('unique_id');
    await out.stop();
  });

  it('tells of a profile that changed in a batch without events; with userAttributeChange on, an event a change', async () => {
    const world = createWorld();
    const quiet = await over(world);
    await world.say({
      command: {
        type: 'Describe',
        ids: [{ kind: 'user', value: 'u' }],
        changes: [{ op: 'set', name: 'plan', value: 'pro' }],
      },
    });
    await quiet.until();
    const [batch] = quiet.bodies();
    expect(batch).toMatchObject({
      environment: 'production',
      events: [],
      user_attributes: { plan: 'pro' },
      user_identities: [{ identity_type: 'customer_id', identity: 'u' }],
      source_info: { channel: 'server_to_server' },
    });
    // Nobody of mParticle has an MPID of ours; it is always the same one.
    expect(Number.isSafeInteger(batch.mpid) && batch.mpid > 0).toBe(true);
    await quiet.stop();

    const world2 = createWorld();
    const loud = await over(world2, { settings: { userAttributeChange: true } });
    await world2.say(
      {
        command: {
          type: 'Describe',
          ids: [{ kind: 'user', value: 'u' }],
          changes: [{ op: 'set', name: 'plan', value: 'pro' }],
        },
      },
      { command: { type: 'Describe', ids: [{ kind: 'user', value: 'u' }], changes: [{ op: 'unset', name: 'plan' }] } },
    );
    await loud.until();
    const told = loud.bodies();
    expect(told.map((one) => one.mpid)).toEqual([batch.mpid, batch.mpid]);
    const byTime = told.toSorted((a, b) => Number(a.events[0].data.deleted) - Number(b.events[0].data.deleted));
    expect(byTime[0].events).toMatchObject([
      {
        event_type: 'user_attribute_change',
        data: { user_attribute_name: 'plan', new: 'pro', deleted: false },
      },
    ]);
    expect(byTime[1]).toMatchObject({
      user_attributes: {},
      deleted_user_attributes: ['plan'],
      events: [{ data: { user_attribute_name: 'plan', new: null, deleted: true } }],
    });
    await loud.stop();
  });

  it('carries the profile’s consent for each purpose, and tells of a word that changed', async () => {
    const world = createWorld();
    const out = await over(world);
    const says = (consented: boolean, at: number) => ({
      trust: 0 as const,
      wire: 'mparticle',
      command: {
        type: 'Describe' as const,
        ids: [mpid],
        changes: [
          {
            op: 'set' as const,
            name: 'gdpr.location_collection',
            value: { consented, timestamp_unixtime_ms: at, hardware_id: 'IDFA:1' },
            on: 'purposes' as const,
          },
        ],
      },
    });
    await world.say(says(true, 1));
    await world.say(says(false, 2));
    await world.say(event);
    await out.until();
    const [granted, refused] = [true, false].map((consented, i) => ({
      consented,
      timestamp_unixtime_ms: i + 1,
      hardware_id: 'IDFA:1',
    }));
    const notice = (old: object | null, current: object | undefined) => ({
      type: 'gdpr_change',
      data: {
        purpose: 'location_collection',
        current: { regulation: 'GDPR', ...current },
        old: old && { regulation: 'GDPR', ...old },
      },
    });
    const told = out.bodies().map((one) => [one.events.length, one.consent_state, one.system_notifications]);
    expect(told).toEqual([
      [0, { gdpr: { location_collection: granted } }, [notice(null, granted)]],
      [0, { gdpr: { location_collection: refused } }, [notice(granted as object, refused)]],
      [1, { gdpr: { location_collection: refused } }, []],
    ]);
    await out.stop();

    // What names a device that is filtered says nothing of it.
    const shy = createWorld();
    const filtered = await over(shy, { filters: { identities: ['device'] } });
    await shy.say({ command: { type: 'Identify', ids: [mpid, { kind: 'device', value: 'IDFA:1' }] } }, says(true, 1));
    await filtered.until();
    expect(filtered.bodies().at(-1).consent_state.gdpr.location_collection.consented).toBe(true);
    expect(filtered.posts.map(({ body }) => body).join()).not.toContain('IDFA:1');
    await filtered.stop();
  });

  it('[O18] gathers what a device does in a batch, the same on every attempt, also after a restart', async () => {
    const world = createWorld();
    world.now = started;
    const gathering = () => output({ batchMs: 600_000 });
    const start = (answer: Answer) => run(world, gathering(), answer, {}, 0, { profiles: true });
    const first = await start(() => ({ status: 500, body: '' }));
    const on = (device: string, name: string) => ({
      ...event,
      insertId: name,
      command: { ...event.command, name, properties: { ...event.command.properties, mp_deviceid: device } },
    });
    await world.say(on('d1', 'a'));
    await world.say(on('d2', 'b'));
    await world.say(on('d1', 'c'));
    await first.until(() => first.posts.length === 2);
    const names = (of: { readonly events: readonly { readonly data: { readonly event_name: string } }[] }) =>
      of.events.map(({ data }) => data.event_name);
    expect(first.bodies().map(names)).toEqual([['a', 'c'], ['b']]);
    // The clock passes a multiple of ten minutes.
    expect(first.posts.map(({ at }) => at % 600_000)).toEqual([0, 0]);
    first.kill();
    const second = await start(ok);
    await second.until();
    const bodies = (out: typeof first) => out.posts.map(({ body }) => body).toSorted();
    expect(bodies(second)).toEqual(bodies(first));
    expect(second.runner.view()).toMatchObject({ held: 0, cursor: 3 });
    // What comes later is another batch, with the profile as it is by then.
    await world.say({ trust: 2, command: { type: 'Identify', ids: [mpid, { kind: 'user', value: 'C1' }] } });
    await world.say(on('d1', 'd'), on('d1', 'e'));
    await second.until();
    expect(names(second.bodies().at(-1))).toEqual(['d', 'e']);
    expect(second.bodies().at(-1).user_identities).toMatchObject([{ identity_type: 'customer_id' }]);
    await second.stop();
  });

  it('takes an event of another wire as a custom event, a page view as a screen view', async () => {
    const world = createWorld();
    const out = await over(world);
    const ids = [{ kind: 'device', value: 'd' }];
    await world.say(
      { trust: 0, command: { type: 'Track', ids, name: 'Bought', properties: { price: 9 } } },
      { trust: 0, command: { type: 'Track', ids, name: 'page', properties: { path: '/' } } },
    );
    await out.until();
    const events = out.bodies().map((one) => one.events[0]);
    expect(events.find((one) => one.event_type === 'custom_event').data).toMatchObject({
      event_name: 'Bought',
      custom_event_type: 'other',
      custom_attributes: { price: 9 },
    });
    expect(events.find((one) => one.event_type === 'screen_view').data).toMatchObject({
      screen_name: 'page',
      custom_attributes: { path: '/' },
    });
    await out.stop();
  });

  it('[O14] a filter counts for the profile and for attributes said twice; batchLocation for the batch', async () => {
    const world = createWorld();
    const out = await over(world, {
      settings: { batchLocation: true },
      filters: { properties: ['secret'], traits: ['plan'], identities: ['email'] },
    });
    await withAnn(world);
    await world.say(event);
    await out.until();
    const batch = out.bodies().at(-1);
    expect(batch.events[0].data.custom_attributes).toEqual({ b: '2' });
    expect(batch.user_attributes).toEqual({});
    expect(batch.location).toEqual({ latitude: 59 });
    expect(out.posts.map((one) => one.body).join()).not.toMatch(/ann@example|secret|"pro"/);
    await out.stop();
  });
});
