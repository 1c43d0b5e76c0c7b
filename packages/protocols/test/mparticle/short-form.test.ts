import { describe, expect, it } from 'vitest';
import { request, WRITE_KEY } from '../world.ts';
import { open } from './workspace.ts';

const NOW = 1_795_170_030_000;
const web = `/webevents/v2/JS/${WRITE_KEY}/Events`;
const app = `/v2/${WRITE_KEY}/events`;

/** What came of some requests: the events of the profile with their properties, its traits, and the refusals. */
async function told(path: string, ...bodies: readonly (object | string)[]) {
  const world = open('mparticle-default', { start: NOW });
  for (const body of bodies) {
    const reply = await world.send(request('POST', path, body, { 'content-type': 'text/plain;charset=UTF-8' }));
    expect([reply.status, reply.body]).toEqual([202, '{}']);
  }
  const events = world.entries.flatMap(({ entry, verdict }) =>
    entry.command.type === 'Track' && verdict.status === 'applied'
      ? [{ time: entry.time, name: entry.command.name, ...entry.command.properties }]
      : [],
  );
  return { world, events, refusals: world.refusals() };
}

describe('events before batches', () => {
  it('a custom event of a web SDK, with its profile', async () => {
    const { world, events } = await told(web, {
      ...{
        n: 'Bought',
        et: 4,
        dt: 4,
        attrs: { size: 'L' },
        flags: { f: ['1'] },
        sid: 'S',
        ct: NOW - 5_000,
        dbg: false,
      },
      ...{ ua: { plan: 'pro' }, ui: [{ Type: 1, Identity: 'ann' }], das: 'D1', mpid: '5', sdk: '2.10.0', lc: null },
      con: {
        gdpr: { analytics: { c: true, ts: 1, d: 'doc', l: 'here', h: 'hw' } },
        ccpa: { data_sale_opt_out: { c: false } },
      },
    });
    expect(events).toMatchObject([
      {
        name: 'Bought',
        time: NOW - 5_000,
        size: 'L',
        session_uuid: 'S',
        custom_event_type: 'transaction',
        sdk: '2.10.0',
      },
    ]);
    const person = world.person('mpid', '5');
    expect(person?.traits).toEqual(new Map([['plan', 'pro']]));
    expect([...(person?.purposes ?? [])].sort()).toEqual([
      ['ccpa.data_sale_opt_out', expect.objectContaining({ consented: false })],
      ['gdpr.analytics', expect.objectContaining({ consented: true, document: 'doc', location: 'here' })],
    ]);
  });

  it('views, sessions and purchases, without an MPID by the device', async () => {
    const { world, events } = await told(
      web,
      { dt: 3, n: 'Home', das: 'D1', ct: NOW - 3_000, dbg: true },
      { dt: 1, das: 'D1', ct: NOW - 2_000 },
      {
        ...{ dt: 16, n: 'eCommerce - Purchase', das: 'D1', ct: NOW - 1_000, cu: 'EUR' },
        pd: {
          an: 7,
          ti: 'T1',
          tr: 12.5,
          tt: 1,
          pl: [{ id: 'P1', nm: 'Cup', pr: 12.5, qt: 1, tpa: 12.5, attrs: { c: 'x' } }],
        },
      },
      {
        dt: 16,
        n: 'eCommerce - View',
        das: 'D1',
        ct: NOW - 500,
        pm: { an: 1, pl: [{ id: 'X', nm: 'Sale', cr: 'a' }] },
      },
      { dt: 16, das: 'D1', ct: NOW - 400, pi: [{ pil: 'Top', pl: [{ id: 'P1' }] }] },
    );
    expect(events).toMatchObject([
      { name: 'Home', event_type: 'screen_view', environment: 'development' },
      { name: 'session_start' },
      {
        name: 'eCommerce - Purchase',
        total_amount: 12.5,
        currency_code: 'EUR',
        product_action: {
          action: 'purchase',
          transaction_id: 'T1',
          products: [{ id: 'P1', name: 'Cup', price: 12.5, total_product_amount: 12.5, custom_attributes: { c: 'x' } }],
        },
      },
      { promotion_action: { action: 'view', promotions: [{ id: 'X', name: 'Sale', creative: 'a' }] } },
      { name: 'commerce_event', product_impressions: [{ product_impression_list: 'Top', products: [{ id: 'P1' }] }] },
    ]);
    expect(new Set(world.timeline().map((one) => one.split(' ')[0])).size).toBe(1);
  });

  it('opting out', async () => {
    const { world } = await told(web, { dt: 6, o: true, das: 'D1', mpid: '5' });
    expect(world.entries.map(({ entry }) => entry.command)).toContainEqual(
      expect.objectContaining({ type: 'Consent', consent: 'denied', scope: 'forwarding' }),
    );
  });
});

describe('events of the SDKs for apps', () => {
  const batch = {
    ...{ dt: 'h', id: 'batch-1', ct: NOW - 1_000, sdk: '5.60.0', mpid: '-77', das: 'D1', dbg: true, oo: false },
    ...{
      ua: { plan: 'pro', tag: null },
      uad: ['old'],
      ui: [
        { n: 1, i: 'ann', dfs: 1, f: true },
        { n: 7, i: 'a@x.se' },
      ],
    },
    ...{ ai: { an: 'App' }, di: { dp: 'android', gaid: 'G1' }, cms: {}, ia: {} },
    msgs: [
      { dt: 'ss', id: 'm1', ct: NOW - 9_000, sid: 'S' },
      {
        dt: 'e',
        id: 'm2',
        ct: NOW - 8_000,
        n: 'Tapped',
        et: 'Navigation',
        attrs: { to: 'cart' },
        el: 0,
        cs: { dct: 'wifi' },
      },
      { dt: 'v', id: 'm3', ct: NOW - 7_000, n: 'Cart', t: 'activity_started' },
      { dt: 'cm', id: 'm4', ct: NOW - 6_000, cu: 'EUR', pd: { an: 'purchase', tr: 3, pl: [] } },
      { dt: 'uac', id: 'm5', ct: NOW - 5_000, n: 'old', nv: null, ov: '1', d: true, na: false },
      { dt: 'ast', id: 'm6', ct: NOW - 4_000, t: 'app_init', ifr: true },
    ],
  };

  it('are events of the profile, at their times, each once however often it is sent', async () => {
    const { world, events } = await told(app, batch, batch, { ...batch, id: 'batch-2' });
    expect(events.map(({ name, time }) => [name, (NOW - time) / 1000])).toEqual([
      ['session_start', 9],
      ['Tapped', 8],
      ['Cart', 7],
      ['commerce_event', 6],
      ['user_attribute_change', 5],
      ['application_state_transition', 4],
    ]);
    expect(events[1]).toMatchObject({ to: 'cart', custom_event_type: 'navigation', source_message_id: 'm2' });
    expect(events[3]).toMatchObject({ total_amount: 3, currency_code: 'EUR' });
    expect(world.person('mpid', '-77')?.traits).toEqual(
      new Map<string, unknown>([
        ['plan', 'pro'],
        ['tag', null],
      ]),
    );
    expect(world.refusals()).toEqual([]);
  });

  it.each([
    ['true', 'denied'],
    ['false', 'granted'],
    [true, 'denied'],
  ])('opting out, with %j as the word for it', async (s, consent) => {
    const { world } = await told(app, { ...batch, msgs: [{ dt: 'o', id: 'm1', ct: NOW, s }] });
    expect(world.entries.map(({ entry }) => entry.command)).toContainEqual(
      expect.objectContaining({ type: 'Consent', consent, scope: 'forwarding' }),
    );
  });

  it('types of custom events in two words are the batch’s', async () => {
    const { events } = await told(app, { ...batch, msgs: [{ dt: 'e', id: 'm1', n: 'Rated', et: 'UserContent' }] });
    expect(events).toMatchObject([{ name: 'Rated', custom_event_type: 'user_content' }]);
  });

  it('an identity that changed is told as a batch tells it, and a signed text is none', async () => {
    const ni = { n: 7, i: 'a@x.se', dfs: NOW, f: true };
    const signed = { n: 10, i: '$selfsame_signed:eyJ', dfs: NOW, f: true };
    const change = { dt: 'uic', ct: NOW };
    const { events } = await told(app, {
      ...{ ...batch, ui: [ni, signed] },
      msgs: [
        { ...change, id: 'm1', ni, oi: null, ui: [ni, signed] },
        { ...change, id: 'm2', ni: signed, oi: ni, ui: [ni, signed] },
      ],
    });
    const email = { identity_type: 'email', identity: 'a@x.se', timestamp_unixtime_ms: NOW, created_this_batch: true };
    expect(events).toMatchObject([
      { name: 'user_identity_change', old: null, new: email },
      { name: 'user_identity_change', old: email, new: { identity_type: 'other_id_2', identity: null } },
    ]);
    expect(JSON.stringify(events)).not.toContain('signed');
  });

  it('without an MPID yet they are looked up by what the app knows', async () => {
    const { world } = await told(app, { ...batch, mpid: '0' });
    const [mine] = world.timeline();
    expect(mine).toMatch(/ session_start$/);
    expect(world.person('user', 'ann')?.id).toBe(world.person('email', 'a@x.se')?.id);
  });

  it('one message that cannot be kept is named, its neighbours stay', async () => {
    const bad = JSON.stringify(batch).replace('"to":"cart"', '"to":1e999');
    const { events, refusals } = await told(
      app,
      bad,
      { dt: 'h', msgs: [5, {}, { dt: 'e', ct: NOW }] },
      'nonsense',
      '[]',
    );
    expect(events.map(({ name }) => name)).not.toContain('Tapped');
    expect(events).toHaveLength(5);
    expect(refusals).toEqual([
      'event 1 (m2): a number is too large',
      'event 0: an event is not an object',
      expect.stringContaining('event 1: '),
      'event 2: a custom event has no event_name',
      'the body is not JSON',
      'the body is no event and no batch',
    ]);
  });
});
