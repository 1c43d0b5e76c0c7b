import { createHmac, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { explainShape } from '../src/api/shapes/explain.ts';
import { unsignedShape } from '../src/api/shapes/policy.ts';
import { batch, running, shop, type TestServer } from './running.ts';

/** The same sign-in over each wire, as its vendor's client sends it, and where a page puts what its backend signed. */

const now = Date.UTC(2026, 2, 2, 12);

interface Signing {
  readonly at?: number;
  readonly secret?: string;
  readonly $nonce?: string;
}

function signed(ids: object, { at = now, secret = shop.signingSecret, ...more }: Signing = {}): string {
  const text = Buffer.from(JSON.stringify({ use: 'identity', ids, t: at / 1000, ...more })).toString('base64url');
  return `${createHmac('sha256', secret).update(text).digest('base64url')}.${text}`;
}

const post = async (server: TestServer, path: string, body: object, headers: Record<string, string> = {}) => {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect([path, answer.status]).toEqual([path, 200]);
  return (await answer.json().catch(() => ({}))) as { mpid?: string };
};

const ask = async (server: TestServer, path: string): Promise<string> =>
  (await fetch(server.url + path, { headers: { authorization: `Bearer ${shop.serverKey}` } })).text();

const basic = { authorization: `Basic ${btoa(`${shop.publicKey}:`)}` };

/** What a page sends when Ann signs in on it; `token` goes where the vendor's own calls can put it. */
const wires: Readonly<Record<string, { own: string; sends: (server: TestServer, token: object) => Promise<unknown> }>> =
  {
    mixpanel: {
      own: 'device:mixpanel-d',
      // mixpanel.identify('ann'); mixpanel.track('Signed in', { $selfsame_signed })
      sends: (server, token) =>
        post(server, '/mixpanel/track/', [
          {
            event: 'Signed in',
            properties: {
              ...{ token: shop.publicKey, distinct_id: 'ann', $device_id: 'mixpanel-d', $user_id: 'ann' },
              ...token,
            },
          },
        ]),
    },
    segment: {
      own: 'device:segment-d',
      // analytics.identify('ann', { $selfsame_signed })
      sends: (server, token) =>
        post(
          server,
          '/segment/v1/i',
          { type: 'identify', userId: 'ann', anonymousId: 'segment-d', traits: { ...token }, messageId: randomUUID() },
          basic,
        ),
    },
    xo: {
      own: 'session:xo-s',
      // xo.activity.sendUserActivity({ …, user: { identities: { ecommerceId: 'ann' }, traits: { $selfsame_signed } } })
      sends: (server, token) =>
        post(server, `/xo/${shop.publicKey}`, [
          {
            action: 'view',
            target: { product: '123' },
            user: { identities: { sessionid: 'xo-s', ecommerceId: 'ann' }, segments: [], traits: { ...token } },
          },
        ]),
    },
  };

const same = async (server: TestServer, a: string, b: string) =>
  v.parse(explainShape, JSON.parse(await ask(server, `/v1/explain?a=${a}&b=${b}`))).same;

const under = async (identityMode: string, { preset = 'selfsame', login = 'user' } = {}) => {
  const server = await running({ projects: [{ ...shop, policy: { preset, identityMode } }] }, { clock: () => now });
  // The backend knows Ann, so no page may name her by itself.
  await batch(server.url, shop.serverKey, [{ type: 'track', name: 'Bought', ids: { [login]: 'ann' } }]);
  return server;
};

const unsigned = async (server: TestServer) =>
  v.parse(unsignedShape, JSON.parse(await ask(server, '/v1/unsigned'))).rows;

describe.each(Object.entries(wires))('what a backend signed, over %s', (name, { own, sends }) => {
  const token = (text: string) => ({ $selfsame_signed: text });

  test('enforce: a page alone signs nobody in; with the token it does, and nothing of the token is kept', async () => {
    const server = await under('enforce');
    await sends(server, {});
    expect(await same(server, own, 'user:ann')).toBe(false);
    for (const wrong of [
      signed({ user: 'ann' }, { secret: 'another' }),
      signed({ user: 'ann' }, { at: now - 600_000 }),
      signed({ user: 'bob' }),
    ]) {
      await sends(server, token(wrong));
      expect(await same(server, own, 'user:ann')).toBe(false);
    }
    const text = signed({ user: 'ann' });
    await sends(server, token(text));
    expect(await same(server, own, 'user:ann')).toBe(true);
    const log = await ask(server, '/v1/log');
    expect(log).not.toContain(text.split('.')[0]);
  });

  test('report: what is signed is not counted among what enforce would refuse', async () => {
    const server = await under('report');
    await sends(server, token(signed({ user: 'ann' })));
    expect(await unsigned(server)).toEqual([]);
    await sends(server, {});
    expect((await unsigned(server)).map(({ wire }) => wire)).toEqual([name]);
  });
});

test('a text that may have one effect signs in one device, whatever carries it', async () => {
  const server = await under('enforce');
  const once = { $selfsame_signed: signed({ user: 'ann' }, { $nonce: 'n1' }) };
  const from = (device: string) =>
    post(server, '/mixpanel/track/', [
      {
        event: 'Signed in',
        properties: { token: shop.publicKey, $device_id: device, $user_id: 'ann', distinct_id: 'ann', ...once },
      },
    ]);
  await from('first');
  await from('copied');
  expect(await same(server, 'device:first', 'user:ann')).toBe(true);
  expect(await same(server, 'device:copied', 'user:ann')).toBe(false);
});

describe('Mixpanel’s original merge', () => {
  const device = '$device:11111111-1111-4111-8111-111111111111';
  const original = { preset: 'mixpanel-original', login: 'distinct_id' };
  const says = (server: TestServer, ...events: readonly (readonly [string, object])[]) =>
    post(
      server,
      '/mixpanel/track/',
      events.map(([event, more]) => ({
        event,
        properties: { token: shop.publicKey, $device_id: device.slice('$device:'.length), ...more },
      })),
    );
  /** mixpanel.identify('ann'); mixpanel.track('Signed in', { $selfsame_signed }), in the one request its client makes of it. */
  const signsIn = (server: TestServer, token: object) =>
    says(
      server,
      ['$identify', { distinct_id: 'ann', $anon_distinct_id: device }],
      ['Signed in', { distinct_id: 'ann', ...token }],
    );
  const owns = (server: TestServer) => same(server, `distinct_id:${device}`, 'distinct_id:ann');

  test('enforce: a visitor stays one, a page alone joins nobody, and with the token it does', async () => {
    const server = await under('enforce', original);
    await says(server, ['Landed', { distinct_id: device }]);
    await says(server, ['Looked', { distinct_id: device }]);
    await signsIn(server, {});
    await signsIn(server, { $selfsame_signed: signed({ user: 'bob' }) });
    expect(await owns(server)).toBe(false);
    await signsIn(server, { $selfsame_signed: signed({ user: 'ann' }) });
    expect(await owns(server)).toBe(true);
    const { events } = JSON.parse(await ask(server, '/v1/people?kind=distinct_id&value=ann').then(eventsOf(server)));
    expect((events as { name: string }[]).map(({ name }) => name).sort()).toEqual([
      'Bought',
      'Landed',
      'Looked',
      'Signed in',
    ]);
    // Its client may send the two in requests of their own.
    const apart = { $device_id: `${device.slice('$device:'.length, -1)}4`, distinct_id: 'ann' };
    await says(server, ['$identify', { ...apart, $anon_distinct_id: `$device:${apart.$device_id}` }]);
    expect(await same(server, `distinct_id:$device:${apart.$device_id}`, 'distinct_id:ann')).toBe(false);
    await says(server, ['Signed in', { ...apart, $selfsame_signed: signed({ user: 'ann' }) }]);
    expect(await same(server, `distinct_id:$device:${apart.$device_id}`, 'distinct_id:ann')).toBe(true);
    // What a page registers stands in the vendor’s own events as well.
    const other = `${device.slice(0, -1)}3`;
    const registered = { $selfsame_signed: signed({ user: 'ann' }) };
    await says(server, ['$identify', { distinct_id: 'ann', $anon_distinct_id: other, ...registered }]);
    expect(await same(server, `distinct_id:${other}`, 'distinct_id:ann')).toBe(true);
    expect(await ask(server, '/v1/log')).not.toContain('$selfsame_signed');
    // She is who that wire calls her, and nobody beside it.
    expect(await ask(server, '/v1/people?kind=user&value=ann')).toContain('error');
  });

  test('report counts the identify that enforce would not believe, and no anonymous visitor', async () => {
    const server = await under('report', original);
    await says(server, ['Landed', { distinct_id: device }]);
    await says(server, ['Looked', { distinct_id: device }]);
    await signsIn(server, { $selfsame_signed: signed({ user: 'ann' }) });
    expect(await unsigned(server)).toEqual([]);
    await says(server, ['$identify', { distinct_id: 'ann', $anon_distinct_id: `${device.slice(0, -1)}2` }]);
    expect((await unsigned(server)).map(({ wire, items }) => [wire, items])).toEqual([['mixpanel', 1]]);
  });
});

const eventsOf = (server: TestServer) => (person: string) =>
  ask(server, `/v1/people/${(JSON.parse(person) as { id: string }).id}/events`);

describe('mParticle’s modify', () => {
  /** mParticle.Identity.modify({ userIdentities: { customerid, other10: `$selfsame_signed:${token}` } }) */
  const modify = async (server: TestServer, mpid: string, changes: readonly object[], token?: string) => {
    const carrier = { identity_type: 'other10', old_value: null, new_value: `$selfsame_signed:${token}` };
    const answer = await fetch(`${server.url}/mparticle/identity/v1/${mpid}/modify`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-mp-key': shop.publicKey },
      body: JSON.stringify({
        environment: 'production',
        identity_changes: token === undefined ? changes : [...changes, carrier],
      }),
    });
    return answer.status;
  };
  const visitor = async (server: TestServer, stamp: string) =>
    String(
      (
        await post(
          server,
          '/mparticle/v1/identify',
          { environment: 'production', known_identities: { device_application_stamp: stamp } },
          { 'x-mp-key': shop.publicKey },
        )
      ).mpid,
    );
  const to = (value: string | null, type = 'customerid', old: string | null = null) => [
    { identity_type: type, old_value: old, new_value: value },
  ];
  const holds = async (server: TestServer, kind: string, value: string) => {
    const text = await ask(server, `/v1/people?kind=${kind}&value=${value}`);
    return text.includes('"error"') ? undefined : text;
  };

  test('enforce: it names a profile as what its backend signed, and takes nothing of another’s', async () => {
    const server = await under('enforce', { preset: 'mparticle-default' });
    const hers = await visitor(server, 'das-1');
    expect(await modify(server, hers, to('cyd'))).toBe(400);
    expect(await modify(server, hers, to('cyd'), signed({ user: 'bob' }))).toBe(400);
    expect(await modify(server, hers, to('cyd'), signed({ user: 'cyd' }, { at: now - 600_000 }))).toBe(400);
    expect(await modify(server, hers, to('cyd'), signed({ user: 'cyd' }))).toBe(200);
    expect(await holds(server, 'user', 'cyd')).toContain(hers);
    // Her e-mail her backend signs as well; an unsigned one is not hers.
    expect(await modify(server, hers, to('x@example.com', 'email'), signed({ user: 'cyd' }))).toBe(400);
    const both = signed({ user: 'cyd', email: 'cyd@example.com' });
    expect(await modify(server, hers, to('cyd@example.com', 'email'), both)).toBe(200);
    // Whoever signs in as himself and knows her MPID changes nothing of her.
    const bob = signed({ user: 'bob' });
    expect(await modify(server, hers, to('bob', 'customerid', 'cyd'), bob)).toBe(400);
    expect(await modify(server, hers, to(null, 'email', 'cyd@example.com'), bob)).toBe(400);
    expect(await modify(server, hers, to(null, 'email', 'cyd@example.com'), signed({ user: 'cyd' }))).toBe(200);
    expect(await ask(server, '/v1/log')).not.toContain('$selfsame_signed');
  });

  test('report counts what it names without a signature', async () => {
    const server = await under('report', { preset: 'mparticle-default' });
    const hers = await visitor(server, 'das-1');
    expect(await modify(server, hers, to('cyd'), signed({ user: 'cyd' }))).toBe(200);
    expect(await modify(server, hers, to('I-1', 'ios_idfa'))).toBe(200);
    expect(await unsigned(server)).toEqual([]);
    expect(await modify(server, hers, to('cyd@example.com', 'email'))).toBe(200);
    expect((await unsigned(server)).map(({ wire, items }) => [wire, items])).toEqual([['mparticle', 1]]);
  });
});

test('what asks mParticle’s directory carries it as an identity: enforce answers with her profile then, and only then', async () => {
  const policy = { preset: 'mparticle-default', identityMode: 'enforce' };
  const server = await running({ projects: [{ ...shop, policy }] }, { clock: () => now });
  // mParticle.Identity.login({ userIdentities: { customerid: 'ann', other10: `$selfsame_signed:${token}` } })
  const login = async (stamp: string, token?: string) => {
    const known_identities = {
      ...{ device_application_stamp: stamp, customerid: 'ann' },
      ...(token === undefined ? {} : { other10: `$selfsame_signed:${token}` }),
    };
    const body = { environment: 'production', known_identities };
    return (await post(server, '/mparticle/v1/login', body, { 'x-mp-key': shop.publicKey })).mpid;
  };
  const hers = await login('das-1', signed({ user: 'ann' }));
  expect(await login('das-2')).not.toBe(hers);
  expect(await login('das-3', signed({ user: 'bob' }))).not.toBe(hers);
  expect(await login('das-4', signed({ user: 'ann' }))).toBe(hers);
  const log = await ask(server, '/v1/log');
  expect(log).not.toContain('$selfsame_signed');
});
