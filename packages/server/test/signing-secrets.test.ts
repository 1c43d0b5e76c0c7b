import { createHmac, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { withdrawSigningSecret } from '../src/index.ts';
import { batch, running, shop, type TestServer } from './running.ts';

/** What a backend signed under the secret in force, the one before, and others, over every wire that verifies. */

const [CURRENT, PREVIOUS] = ['signing-secret-in-force', 'signing-secret-before'];
const start = Date.UTC(2026, 2, 2, 12);

const json = { 'content-type': 'application/json' };

function sign(payload: object, secret: string, at: number): string {
  const text = Buffer.from(JSON.stringify({ ...payload, t: at / 1000 })).toString('base64url');
  return `${createHmac('sha256', secret).update(text).digest('base64url')}.${text}`;
}

/** A page's own identifier, whom it names, and what its backend signed. */
interface Page {
  readonly id: string;
  readonly user: string;
  readonly signed: string;
}

const post = async (server: TestServer, path: string, body: object, headers: Record<string, string> = {}) => {
  const answer = await fetch(server.url + path, {
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify(body),
  });
  expect([path, answer.status]).toEqual([path, 200]);
};

/** What a page sends with its text, and the kind of its own identifier. */
const wires: Readonly<
  Record<string, readonly [kind: string, send: (server: TestServer, page: Page) => Promise<void>]>
> = {
  native: [
    'device',
    (server, { id, signed }) =>
      post(server, '/v1/batch', { key: shop.publicKey, items: [{ type: 'login', ids: { device: id }, signed }] }),
  ],
  mixpanel: [
    'device',
    (server, { id, user, signed }) =>
      post(server, '/mixpanel/track/', [
        {
          event: 'Signed in',
          properties: {
            ...{ token: shop.publicKey, distinct_id: user, $device_id: id, $user_id: user },
            $selfsame_signed: signed,
          },
        },
      ]),
  ],
  segment: [
    'device',
    (server, { id, user, signed }) =>
      post(
        server,
        '/segment/v1/i',
        {
          ...{ type: 'identify', userId: user, anonymousId: id, messageId: randomUUID() },
          traits: { $selfsame_signed: signed },
        },
        { authorization: `Basic ${btoa(`${shop.publicKey}:`)}` },
      ),
  ],
  xo: [
    'session',
    (server, { id, user, signed }) =>
      post(server, `/xo/${shop.publicKey}`, [
        {
          ...{ action: 'view', target: { product: '123' } },
          user: {
            identities: { sessionid: id, ecommerceId: user },
            ...{ segments: [], traits: { $selfsame_signed: signed } },
          },
        },
      ]),
  ],
  mparticle: [
    'device',
    (server, { id, user, signed }) =>
      post(
        server,
        '/mparticle/v1/login',
        {
          environment: 'production',
          known_identities: {
            ...{ device_application_stamp: id, customerid: user },
            other10: `$selfsame_signed:${signed}`,
          },
        },
        { 'x-mp-key': shop.publicKey },
      ),
  ],
};

const headers = { authorization: `Bearer ${shop.serverKey}` };

/** Did the text join the page's device with whom it names, whom a backend has named before? */
async function isBelieved(server: TestServer, wire: string, secret: string, at: number): Promise<boolean> {
  const [kind, send] = wires[wire] as (typeof wires)[string];
  const [id, user] = [randomUUID(), randomUUID()];
  await batch(server.url, shop.serverKey, [{ type: 'track', name: 'Bought', ids: { user } }]);
  await send(server, { id, user, signed: sign({ use: 'identity', ids: { user } }, secret, at) });
  const answer = await fetch(`${server.url}/v1/explain?a=${kind}:${id}&b=user:${user}`, { headers });
  return ((await answer.json()) as { same: boolean }).same;
}

/** Does a page of SPiD's set a visitor's traits with this text? */
async function isSet(server: TestServer, secret: string, at: number): Promise<boolean> {
  const ask = (path: string, cookie = '') =>
    fetch(`${server.url}/spid/ajax/${path}callback=f1&client_id=client`, { headers: { cookie } });
  const cookie = (await ask('hasSession.js?')).headers.get('set-cookie')?.split(';')[0] ?? '';
  const text = sign({ 'Favourite colour': 'red', sub: cookie.split('=')[1] }, secret, at);
  const answer = await ask(`traits.js?t=${text}&`, cookie);
  return !(await answer.text()).includes('"error"');
}

test('two signing secrets are good while one takes the other’s place, on every wire, and one that is revoked is good for nothing a second later (S3)', async () => {
  let now = start;
  const project = { ...shop, keys: { spid: 'client' }, signingSecret: CURRENT, previousSigningSecret: PREVIOUS };
  const server = await running(
    { projects: [{ ...project, policy: { identityMode: 'enforce' }, wires: { spid: { tMaxAgeSeconds: null } } }] },
    { clock: () => now },
  );
  const names = [...Object.keys(wires), 'spid'];
  /** The wires that believe it. */
  const believing = async (secret: string) => {
    const believed = await Promise.all(
      names.map((wire) => (wire === 'spid' ? isSet(server, secret, now) : isBelieved(server, wire, secret, now))),
    );
    return names.filter((_, i) => believed[i]);
  };
  expect(await believing(CURRENT)).toEqual(names);
  expect(await believing(PREVIOUS)).toEqual(names);
  expect(await believing('another')).toEqual([]);

  withdrawSigningSecret(server.data, 'shop', PREVIOUS);
  now += 1_000;
  const before = await believing(PREVIOUS);
  expect(await believing(CURRENT)).toEqual(names);
  withdrawSigningSecret(server.data, 'shop', CURRENT);
  now += 1_000;
  const both = [...(await believing(CURRENT)), ...(await believing(PREVIOUS))];
  console.log(
    `S3: signing secrets: a second after they were revoked ${before.length + both.length} of ${3 * names.length} signatures believed`,
  );
  expect([before, both]).toEqual([[], []]);
});
