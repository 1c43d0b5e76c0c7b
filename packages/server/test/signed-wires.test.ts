import { createHmac, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { explainShape, unsignedShape } from '../src/routes/answers.ts';
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

const under = async (identityMode: string) => {
  const server = await running({ projects: [{ ...shop, policy: { identityMode } }] }, { clock: () => now });
  // The backend knows Ann, so no page may name her by itself.
  await batch(server.url, shop.serverKey, [{ type: 'track', name: 'Bought', ids: { user: 'ann' } }]);
  return server;
};

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
    const rows = async () => v.parse(unsignedShape, JSON.parse(await ask(server, '/v1/unsigned'))).rows;
    await sends(server, token(signed({ user: 'ann' })));
    expect(await rows()).toEqual([]);
    await sends(server, {});
    expect((await rows()).map(({ wire }) => wire)).toEqual([name]);
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
