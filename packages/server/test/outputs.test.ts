import { Webhook } from 'standardwebhooks';
import { describe, expect, it, vi } from 'vitest';
import { arrived, callApi, type Got, receiver } from './hook-receiver.ts';
import { batch, other, patience, running, shop, type TestServer, track } from './running.ts';

/** What these tests read of a message. */
interface Body {
  readonly person: { readonly identifiers: readonly { readonly value: string }[] };
  readonly sequence: number;
  readonly event: { readonly insertId: string };
}

const secret = `whsec_${Buffer.from('twenty-four bytes and more').toString('base64')}`;
const opened = { allowPrivateOutputs: ['127.0.0.1'] };

const call = (server: TestServer, method: string, path: string, body?: object, key = shop.serverKey) =>
  callApi(server.url, method, `/v1/outputs${path}`, body, key);

describe('an output of the settings file', () => {
  it('gets what happens, signed, a person’s messages in order, and says how it is doing', async () => {
    const hook = await receiver();
    const server = await running({
      projects: [{ ...shop, outputs: [{ id: 'hook', type: 'webhook', url: hook.url, secret }] }, other],
      ...opened,
    });
    await batch(server.url, shop.serverKey, [track('ann', 'i-1'), track('ann', 'i-2'), track('bob')]);
    await batch(server.url, other.serverKey, [track('eve')]);
    await arrived(hook.got, 3);
    const bodies = hook.got.map(({ body, headers }) => new Webhook(secret).verify(body, headers) as Body);
    const ann = bodies.filter((one) => one.person.identifiers[0]?.value === 'ann');
    expect(ann.map((one) => [one.event.insertId, one.sequence])).toEqual([
      ['i-1', 1],
      ['i-2', 2],
    ]);
    await vi.waitFor(
      async () =>
        expect((await call(server, 'GET', '')).body).toEqual({
          outputs: [
            {
              id: 'hook',
              type: 'webhook',
              url: hook.url.replace('?token=hidden', ''),
              state: 'running',
              reason: null,
              lag: { positions: 0, seconds: 0 },
              sent: 3,
              dead: 0,
              held: 0,
              replaying: 0,
              heldBytes: 0,
              connections: [],
              kept: [],
            },
          ],
        }),
      patience,
    );
    expect((await call(server, 'GET', '', undefined, other.serverKey)).body).toEqual({ outputs: [] });
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/selfsame_output_messages_total\{output="hook",outcome="done",status=""\} 3/);
    expect(metrics).toMatch(/selfsame_output_lag_positions\{output="hook"\} 0/);
    expect(server.log.join('')).not.toContain('hidden');
  });
});

describe('/v1/outputs', () => {
  it('makes, tests, pauses, resumes, changes and takes out an output; shows its secret once', async () => {
    const hook = await receiver();
    const server = await running(opened);
    const made = await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^whsec_/);
    expect((await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url })).status).toBe(409);
    expect(JSON.stringify((await call(server, 'GET', '')).body)).not.toMatch(/whsec_|hidden/);
    expect((await call(server, 'GET', '/hook')).body.secret).toBeUndefined();

    expect((await call(server, 'POST', '/hook/test')).body).toEqual({ ok: true, reason: null });
    expect(JSON.parse(hook.got[0]!.body)).toMatchObject({ test: true, type: 'event', person: null });
    new Webhook(made.body.secret).verify(hook.got[0]!.body, hook.got[0]!.headers);

    expect((await call(server, 'POST', '/hook/pause')).body.state).toBe('paused');
    await batch(server.url, shop.serverKey, [track('ann')]);
    expect((await call(server, 'GET', '/hook')).body.lag.positions).toBe(1);
    expect((await call(server, 'POST', '/hook/resume')).body.state).toBe('running');
    await arrived(hook.got, 2);

    const rotated = (await call(server, 'POST', '/hook/rotate')).body.secret;
    await batch(server.url, shop.serverKey, [track('ann')]);
    await arrived(hook.got, 3);
    for (const one of [rotated, made.body.secret]) new Webhook(one).verify(hook.got[2]!.body, hook.got[2]!.headers);
    const again = (await call(server, 'POST', '/hook/rotate')).body.secret;
    expect((await call(server, 'POST', '/hook/test')).body.ok).toBe(true);
    const test = hook.got.pop()!;
    for (const one of [again, rotated]) new Webhook(one).verify(test.body, test.headers);
    expect(() => new Webhook(made.body.secret).verify(test.body, test.headers)).toThrow();

    const changed = await call(server, 'PUT', '/hook', { type: 'webhook', url: hook.url, takes: ['person'] });
    expect(changed.status).toBe(200);
    await batch(server.url, shop.serverKey, [
      track('ann'),
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } },
    ]);
    await arrived(hook.got, 4);
    expect(JSON.parse(hook.got[3]!.body)).toMatchObject({
      type: 'person',
      sequence: 3,
      traits: { set: { plan: 'pro' } },
    });
    new Webhook(rotated).verify(hook.got[3]!.body, hook.got[3]!.headers);

    expect((await call(server, 'DELETE', '/hook')).status).toBe(204);
    expect((await call(server, 'GET', '/hook')).status).toBe(404);
    for (const path of ['/hook/test', '/hook/pause', '/hook/resume'])
      expect((await call(server, 'POST', path)).status).toBe(404);
  });

  it('Mixpanel: says whether its receiver stitches by itself; letting it settle goes with our person alone', async () => {
    const there = await receiver();
    let now = Date.now();
    const server = await running(opened, { clock: () => now });
    const mixpanel = { id: 'mp', type: 'mixpanel', url: there.url, token: 'TOKEN' };
    const refused = await call(server, 'POST', '', { ...mixpanel, settleSeconds: 60 });
    expect([refused.status, refused.body.error.message]).toEqual([400, expect.stringContaining('settleSeconds')]);
    expect((await call(server, 'POST', '', mixpanel)).body.stitches).toBe(true);
    const settling = { ...mixpanel, identity: 'person', settleSeconds: 3_600 };
    const changed = await call(server, 'PUT', '/mp', settling);
    expect([changed.status, changed.body.stitches]).toEqual([200, undefined]);
    await batch(server.url, shop.serverKey, [track('ann')]);
    // It has read all there is, and waits for an hour to pass.
    await vi.waitFor(async () => expect((await call(server, 'GET', '/mp')).body.lag.positions).toBe(1), patience);
    expect((await call(server, 'GET', '/mp')).body).toMatchObject({ state: 'running', held: 0, sent: 0 });
    expect(there.got).toEqual([]);
    now += 2 * 3_600_000;
    // A word of something new wakes it.
    await batch(server.url, shop.serverKey, [track('bob')]);
    await arrived(there.got, 1);
    const [event, ...more] = JSON.parse(there.got[0]!.body);
    expect(more).toEqual([]);
    const ann = await callApi(server.url, 'GET', '/v1/people?kind=user&value=ann', undefined, shop.serverKey);
    expect(event.properties.distinct_id).toBe(ann.body.id);
  });

  it('O20: sends no more messages a second than it may, with its replays, and says that this is why it is behind', async () => {
    const hook = await receiver();
    const server = await running(opened);
    for (const perSecond of [0, 1.5, '10', 1_000_001]) {
      const { status, body } = await call(server, 'POST', '', {
        id: 'hook',
        type: 'webhook',
        url: hook.url,
        perSecond,
      });
      expect([status, body.error.message]).toEqual([400, expect.stringContaining('perSecond')]);
    }
    expect((await call(server, 'POST', '', { id: 'lake', type: 'files', perSecond: 10 })).status).toBe(400);
    const limited = { id: 'hook', type: 'webhook', url: hook.url, perSecond: 20 };
    const made = await call(server, 'POST', '', limited);
    expect([made.status, made.body.perSecond, made.body.limited]).toEqual([201, 20, undefined]);
    const began = Date.now();
    await batch(
      server.url,
      shop.serverKey,
      Array.from({ length: 40 }, (_, i) => track(`user-${i}`)),
    );
    await call(server, 'POST', '/hook/replay', { from: 0 });
    await arrived(hook.got, 10);
    expect((await call(server, 'GET', '/hook')).body).toMatchObject({ state: 'running', reason: null, limited: true });
    expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(/selfsame_output_limited\{output="hook"\} 1/);
    await arrived(hook.got, 60);
    // Two at once to begin with.
    expect(Date.now() - began).toBeGreaterThanOrEqual((58 / 20) * 1_000);
    const changed = await call(server, 'PUT', '/hook', { ...limited, perSecond: undefined });
    expect([changed.body.perSecond, changed.body.limited]).toEqual([undefined, undefined]);
  });

  it('S2: an output of another project looks like one that does not exist', async () => {
    const hook = await receiver();
    const server = await running(opened);
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url });
    for (const [method, path, body] of [
      ['GET', '/hook'],
      ['PUT', '/hook', { type: 'webhook', url: hook.url }],
      ['DELETE', '/hook'],
      ['POST', '/hook/test'],
      ['POST', '/hook/rotate'],
      ['POST', '/hook/replay', { dead: true }],
      ['GET', '/hook/dead'],
    ] as const)
      expect((await call(server, method, path, body, other.serverKey)).status).toBe(404);
    expect((await call(server, 'GET', '', undefined, shop.publicKey)).status).toBe(403);
  });

  it('replays what came since a position, marked, with the ids it had', async () => {
    const hook = await receiver();
    const server = await running(opened);
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url });
    await batch(server.url, shop.serverKey, [track('ann', 'a'), track('bob', 'b'), track('ann', 'c')]);
    await arrived(hook.got, 3);
    expect(await call(server, 'POST', '/hook/replay', { from: 1 })).toMatchObject({
      status: 202,
      body: { replaying: null },
    });
    await arrived(hook.got, 5);
    const [first, again] = [hook.got.slice(0, 3), hook.got.slice(3)];
    const bodyOf = (insertId: string, of: readonly Got[]) =>
      of.find((one) => one.body.includes(`"insertId":"${insertId}"`));
    expect(again.map((one) => one.headers['selfsame-replay'])).toEqual(['true', 'true']);
    for (const id of ['b', 'c']) expect(bodyOf(id, again)?.body).toBe(bodyOf(id, first)?.body);
    // What was sent again was sent.
    await vi.waitFor(
      async () => expect((await call(server, 'GET', '/hook')).body).toMatchObject({ sent: 5 }),
      patience,
    );
    expect((await call(server, 'POST', '/hook/replay', {})).status).toBe(400);
  });

  it('replays what came since a time, also from before it was made: with sequence 0', async () => {
    const hook = await receiver();
    let now = Date.UTC(2026, 0, 1);
    const server = await running(opened, { clock: () => now });
    for (const name of ['a', 'b', 'c']) {
      now += 60_000;
      await batch(server.url, shop.serverKey, [track('ann', name)]);
    }
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url });
    expect((await call(server, 'POST', '/hook/replay', { from: 'yesterday' })).body.error.message).toContain(
      'from: expected a position of the log, or a time',
    );
    await call(server, 'POST', '/hook/replay', { from: '2026-01-01T00:02:00Z' });
    await arrived(hook.got, 2);
    await batch(server.url, shop.serverKey, [track('ann', 'd')]);
    await arrived(hook.got, 3);
    const told = hook.got.map(({ body, headers }) => [
      JSON.parse(body).event.insertId,
      headers['selfsame-sequence'],
      headers['selfsame-replay'],
    ]);
    expect(told).toEqual([
      ['b', '0', 'true'],
      ['c', '0', 'true'],
      ['d', '1', undefined],
    ]);
  });

  it('a correction names a claim that can be looked up', async () => {
    const hook = await receiver();
    const server = await running(opened);
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url, takes: ['moved'] });
    await batch(server.url, shop.serverKey, [
      { type: 'track', name: 'Seen', ids: { device: 'd1' } },
      { type: 'login', ids: { device: 'd1', user: 'ann' } },
    ]);
    await arrived(hook.got, 1);
    const { anchor, because } = JSON.parse(hook.got[0]!.body);
    expect(anchor).toEqual({ kind: 'device', value: 'd1' });
    const claim = await callApi(server.url, 'GET', `/v1/claims/${because.claim}`, undefined, shop.serverKey);
    expect(claim).toMatchObject({ status: 200, body: { id: because.claim } });
  });

  it('no address that is not open, at create and at change, and no control characters (S27, S30)', async () => {
    const hook = await receiver();
    const closed = await running();
    for (const url of [
      hook.url,
      'http://localhost/',
      'http://[::1]/',
      'http://0x7f.1/',
      'http://169.254.169.254/latest',
    ]) {
      const refused = await call(closed, 'POST', '', { id: 'hook', type: 'webhook', url });
      expect([url, refused.status, refused.body?.error?.code]).toEqual([url, 400, 'bad_address']);
    }
    for (const url of ['ftp://a.test/', 'http://a.test/\r\nx: y', 'http://a.test/\u0000', 'nothing'])
      expect((await call(closed, 'POST', '', { id: 'hook', type: 'webhook', url })).body.error.code).toBe('bad_body');
    expect((await call(closed, 'GET', '')).body.outputs).toEqual([]);
    const open = await running(opened);
    await call(open, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url });
    expect((await call(open, 'PUT', '/hook', { type: 'webhook', url: 'http://10.0.0.1/' })).status).toBe(400);
    expect((await call(open, 'GET', '/hook')).body.url).toContain('127.0.0.1');
    for (const bad of ['whsec_short', 'whsec_!!!', 'plain'])
      expect((await call(open, 'PUT', '/hook', { type: 'webhook', url: hook.url, secret: bad })).status).toBe(400);
    const bare = await call(open, 'POST', '', { id: 'm', type: 'mixpanel', url: hook.url });
    expect([bare.status, bare.body.error.message]).toEqual([400, 'token: is missing.']);
  });

  it('S27: an address the operator has closed since gets nothing, at test and at send', async () => {
    const hook = await receiver();
    const server = await running({
      projects: [{ ...shop, outputs: [{ id: 'hook', type: 'webhook', url: hook.url, secret }] }, other],
    });
    expect((await call(server, 'POST', '/hook/test')).body.ok).toBe(false);
    await batch(server.url, shop.serverKey, [track('ann')]);
    await vi.waitFor(async () => expect((await call(server, 'GET', '/hook')).body.held).toBe(1), patience);
    expect((await call(server, 'POST', '/hook/replay', { from: 0 })).status).toBe(202);
    expect((await call(server, 'DELETE', '/hook')).status).toBe(409);
    expect(hook.got).toEqual([]);
  });

  it('G20: who said no is told nothing more of', async () => {
    const hook = await receiver();
    const server = await running(opened);
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url });
    await call(server, 'POST', '/hook/pause');
    await batch(server.url, shop.serverKey, [track('ann'), track('bob')]);
    await batch(server.url, shop.serverKey, [{ type: 'consent', ids: { user: 'ann' }, consent: 'denied' }]);
    await call(server, 'POST', '/hook/resume');
    await arrived(hook.got, 1);
    await vi.waitFor(async () => expect((await call(server, 'GET', '/hook')).body.lag.positions).toBe(0), patience);
    expect(hook.got.filter((one) => one.body.includes('ann'))).toEqual([]);
  });

  it('G20: a page that says no at a device of its own keeps back what came by that, and nothing else of a customer', async () => {
    const hook = await receiver();
    const server = await running(opened);
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url, takes: ['event'] });
    await call(server, 'POST', '/hook/pause');
    const seen = (name: string, ids: object) => ({ type: 'track', name, ids });
    await batch(server.url, shop.serverKey, [{ type: 'consent', ids: { user: 'ann' }, consent: 'granted' }]);
    await batch(server.url, shop.publicKey, [
      { type: 'login', ids: { user: 'ann', device: 'd9' } },
      seen('page with her', { user: 'ann', device: 'd9' }),
      seen('page', { device: 'd9' }),
    ]);
    await batch(server.url, shop.serverKey, [
      seen('order', { user: 'ann' }),
      seen('till', { user: 'ann', device: 'd9' }),
    ]);
    await batch(server.url, shop.publicKey, [{ type: 'consent', ids: { device: 'd9' }, consent: 'denied' }]);
    await batch(server.url, shop.serverKey, [seen('device', { device: 'd9' }), seen('last', { user: 'ann' })]);
    await call(server, 'POST', '/hook/resume');
    await vi.waitFor(async () => expect((await call(server, 'GET', '/hook')).body.lag.positions).toBe(0), patience);
    expect(hook.got.map(({ body }) => JSON.parse(body).event.name)).toEqual(['order', 'till', 'last']);
  });

  it('G20: mParticle’s opt-out in the app of a customer whom a backend named keeps back what came by that device', async () => {
    const hook = await receiver();
    const server = await running({
      ...opened,
      projects: [{ ...shop, policy: { preset: 'mparticle-default' } }, other],
    });
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url, takes: ['event'] });
    await batch(server.url, shop.serverKey, [
      { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } },
      { type: 'consent', ids: { user: 'ann' }, consent: 'granted' },
    ]);
    const post = async (path: string, body: object, key?: string) => {
      const answer = await fetch(`${server.url}/mparticle${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'x-mp-key': shop.publicKey,
          ...(key === undefined
            ? {}
            : { authorization: `Basic ${Buffer.from(`${shop.publicKey}:${key}`).toString('base64')}` }),
        },
        body: JSON.stringify(body),
      });
      expect([200, 202]).toContain(answer.status);
      return (answer.status === 200 ? await answer.json() : {}) as { readonly mpid?: string };
    };
    const { mpid } = await post('/v1/login', {
      client_sdk: { platform: 'web', sdk_vendor: 'mparticle', sdk_version: '2' },
      environment: 'production',
      request_id: 'r1',
      request_timestamp_ms: Date.now(),
      known_identities: { device_application_stamp: 'das-9', customerid: 'ann' },
    });
    const event = (event_name: string) => ({
      event_type: 'custom_event',
      data: { event_name, custom_event_type: 'other', timestamp_unixtime_ms: Date.now() },
    });
    const optOut = { event_type: 'opt_out', data: { is_opted_out: true, timestamp_unixtime_ms: Date.now() } };
    const app = (...events: readonly object[]) =>
      post(`/v3/JS/${shop.publicKey}/events`, { environment: 'production', mpid, mp_deviceid: 'das-9', events });
    await app(event('before'));
    await arrived(hook.got, 1);
    await app(optOut, event('after'));
    await post(
      '/v2/events',
      { environment: 'production', user_identities: { customer_id: 'ann' }, events: [event('order')] },
      shop.serverKey,
    );
    await vi.waitFor(async () => expect((await call(server, 'GET', '/hook')).body.lag.positions).toBe(0), patience);
    expect(hook.got.map(({ body }) => JSON.parse(body).event.name)).toEqual(['before', 'order']);
  });

  it('an audience: who enters or leaves a segment, or changes, is told, until they say no to forwarding', async () => {
    const hook = await receiver();
    const server = await running(opened);
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url, takes: ['person'] });
    const segments = (...names: readonly string[]) => ({ type: 'segments', ids: { user: 'ann' }, segments: names });
    const says = async (n: number, ...items: readonly object[]) => {
      await batch(server.url, shop.serverKey, items);
      await arrived(hook.got, n);
      return JSON.parse(hook.got[n - 1]!.body);
    };
    expect(await says(1, segments('vip'))).toMatchObject({
      type: 'person',
      sequence: 1,
      person: { known: true, identifiers: [{ kind: 'user', value: 'ann' }] },
      segments: { entered: ['vip'], left: [] },
    });
    expect(await says(2, { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } })).toMatchObject({
      traits: { set: { plan: 'pro' }, unset: [] },
      segments: { entered: [], left: [] },
    });
    // A device that becomes hers brings what was said of it.
    expect(
      await says(
        3,
        { type: 'traits', ids: { device: 'd' }, traits: { colour: 'red' } },
        { type: 'login', ids: { user: 'ann', device: 'd' } },
      ),
    ).toMatchObject({ traits: { set: { colour: 'red' } }, person: { known: false } });
    await arrived(hook.got, 4);
    expect(JSON.parse(hook.got[3]!.body)).toMatchObject({
      traits: { set: { colour: 'red' } },
      person: { known: true },
    });
    expect(await says(5, segments())).toMatchObject({ segments: { entered: [], left: ['vip'] } });

    // mParticle's opt-out speaks of forwarding alone: all is kept, and nothing leaves.
    const optOut = { event_type: 'opt_out', data: { is_opted_out: true, timestamp_unixtime_ms: Date.now() } };
    const sent = await fetch(`${server.url}/mparticle/v2/events`, {
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${shop.publicKey}:${shop.serverKey}`).toString('base64')}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({
        environment: 'production',
        user_identities: { customer_id: 'ann' },
        events: [optOut],
      }),
    });
    expect(sent.status).toBe(202);
    await batch(server.url, shop.serverKey, [segments('vip'), { ...segments('vip'), ids: { user: 'bob' } }]);
    await arrived(hook.got, 6);
    expect(JSON.parse(hook.got[5]!.body).person.identifiers).toEqual([{ kind: 'user', value: 'bob' }]);
    await vi.waitFor(async () => expect((await call(server, 'GET', '/hook')).body.lag.positions).toBe(0), patience);
    const { kept } = (await call(server, 'GET', '/hook')).body;
    expect(kept.map((one: { readonly step: string }) => one.step)).toEqual(['consent']);
    expect(hook.got).toHaveLength(6);
  });

  it('an event that is taken back is told of to who asks for it, and put back again', async () => {
    const [asks, others] = [await receiver(), await receiver()];
    const server = await running(opened);
    const takes = ['event', 'retracted'];
    await call(server, 'POST', '', { id: 'asks', type: 'webhook', url: asks.url, takes });
    await call(server, 'POST', '', { id: 'others', type: 'webhook', url: others.url });
    await batch(server.url, shop.serverKey, [track('ann', 'i-1'), track('ann', 'i-2')]);
    await arrived(asks.got, 2);
    const told = JSON.parse(asks.got[0]!.body);
    const undo = (what: 'retract' | 'restore') =>
      callApi(server.url, 'POST', '/v1/retractions', { what, entry: told.position, reason: 'twice' }, shop.serverKey);
    expect((await undo('retract')).status).toBe(200);
    await arrived(asks.got, 3);
    const { event, person } = told;
    const { properties, ...named } = event;
    expect(JSON.parse(asks.got[2]!.body)).toMatchObject({
      type: 'retracted',
      stands: false,
      position: told.position,
      person: { id: person.id },
      event: named,
      sequence: 3,
    });
    await undo('restore');
    await arrived(asks.got, 4);
    expect(JSON.parse(asks.got[3]!.body)).toMatchObject({
      type: 'retracted',
      stands: true,
      event: { ...named, properties },
    });
    await vi.waitFor(async () => expect((await call(server, 'GET', '/others')).body.lag.positions).toBe(0), patience);
    expect(others.got.map((one) => JSON.parse(one.body).type)).not.toContain('retracted');
  });

  it('with expand, a receiver that keeps whose each event is needs nothing but events', async () => {
    const hook = await receiver(200, 200, 503, 200);
    const server = await running({
      projects: [{ ...shop, policy: { preset: 'mixpanel-simplified' } }, other],
      ...opened,
    });
    await call(server, 'POST', '', { id: 'hook', type: 'webhook', url: hook.url, expand: true, takes: ['event'] });
    const seen = (insertId: string) => ({ type: 'track', name: 'Seen', ids: { device: 'd' }, insertId });
    await batch(server.url, shop.serverKey, [seen('a'), seen('b')]);
    await arrived(hook.got, 2);
    await batch(server.url, shop.serverKey, [{ type: 'login', ids: { device: 'd', user: 'ann' } }]);
    const told = () => hook.got.map(({ body }) => JSON.parse(body));
    await arrived(hook.got, 4);
    const owners = new Map(told().map(({ position, person }) => [position, person.identifiers[0]]));
    expect([...owners.values()]).toEqual([
      { kind: 'user', value: 'ann' },
      { kind: 'user', value: 'ann' },
    ]);
    expect(
      told()
        .slice(2)
        .map(({ type, replaces, sequence }) => [type, replaces, sequence]),
    ).toEqual(
      told()
        .slice(2)
        .map(({ position }) => ['event', position, 0]),
    );
    expect((await call(server, 'PUT', '/hook', { type: 'webhook', url: hook.url, expand: 'yes' })).status).toBe(400);
  });

  it('tells the project’s own address that an output halted and that it goes on, signed', async () => {
    const [hook, alerts] = [await receiver(410, 200), await receiver()];
    const outputs = [{ id: 'hook', type: 'webhook', url: hook.url, secret }];
    const server = await running({
      projects: [{ ...shop, outputs, alerts: { url: alerts.url, secret } }, other],
      ...opened,
    });
    await batch(server.url, shop.serverKey, [track('ann')]);
    await arrived(alerts.got, 1);
    await batch(server.url, shop.serverKey, [track('bob')]);
    const halted = await call(server, 'GET', '/hook');
    expect(halted.body).toMatchObject({ state: 'halted', lag: { positions: 1 } });
    expect(halted.body.heldBytes).toBeGreaterThan(0);
    await call(server, 'POST', '/hook/resume');
    await arrived(alerts.got, 2);
    const told = alerts.got.map(({ body, headers }) => new Webhook(secret).verify(body, headers));
    expect(told).toMatchObject([
      {
        type: 'output.halted',
        project: 'shop',
        output: 'hook',
        reason: 'the receiver answered 410: it wants nothing more',
      },
      { type: 'output.running', project: 'shop', output: 'hook', reason: null },
    ]);
    expect(JSON.stringify(told)).not.toContain('ann');
    await arrived(hook.got, 3);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(metrics).toMatch(/selfsame_output_failures_total\{output="hook",reason="410"\} 1/);
    expect(metrics).toMatch(/selfsame_output_held_bytes\{output="hook"\} \d/);
  });

  it('says why nobody could be reached in words, with the code that it is counted by', async () => {
    // Nobody but root may listen there, and nobody does.
    const server = await running({
      projects: [{ ...shop, outputs: [{ id: 'hook', type: 'webhook', url: 'http://127.0.0.1:1/', secret }] }],
      ...opened,
    });
    const reason =
      'nothing listens at its address: start the receiver, or correct the host and port of the URL (ECONNREFUSED)';
    expect((await call(server, 'POST', '/hook/test')).body).toEqual({ ok: false, reason });
    await batch(server.url, shop.serverKey, [track('ann')]);
    await vi.waitFor(
      async () => expect((await call(server, 'GET', '/hook')).body).toMatchObject({ state: 'running', reason }),
      patience,
    );
    const counted = /selfsame_output_failures_total\{output="hook",reason="ECONNREFUSED"\} \d/;
    await vi.waitFor(
      async () => expect(await (await fetch(`${server.url}/metrics`)).text()).toMatch(counted),
      patience,
    );
  });
});
