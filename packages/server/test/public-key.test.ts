import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import type { BatchAnswer, PersonView, StatsAnswer } from '../src/api.ts';
import { batch, other, running, shop, type TestServer } from './running.ts';

/** What somebody can do to a customer from outside who has nothing but the key that stands in every page. */

const now = Date.UTC(2026, 2, 2, 12);
const clock = { clock: () => now };

interface Keys {
  readonly publicKey: string;
  readonly serverKey: string;
}

const send = async (server: TestServer, key: string, items: readonly object[]): Promise<BatchAnswer['results']> => {
  const answer = await batch(server.url, key, items);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as BatchAnswer).results;
};

const post = (server: TestServer, path: string, body: object, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });

const person = async (server: TestServer, kind: string, value: string, keys: Keys = shop) => {
  const query = new URLSearchParams({ kind, value });
  const answer = await fetch(`${server.url}/v1/people?${query}`, {
    headers: { authorization: `Bearer ${keys.serverKey}` },
  });
  return answer.status === 404 ? undefined : ((await answer.json()) as PersonView);
};

/** A text as a customer's backend signs it. */
function sign(payload: object, secret = shop.signingSecret): string {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${createHmac('sha256', secret).update(text).digest('base64url')}.${text}`;
}
const t = now / 1000;
const identity = (ids: object, more: object = {}) => sign({ use: 'identity', ids, t, ...more });

test('[S6] every edit of one character of a signed text is refused, and so is every other way to write it', async () => {
  const server = await running({ projects: [{ ...shop, policy: { identityMode: 'enforce' } }] }, clock);
  await send(server, shop.serverKey, [{ type: 'track', name: 'Bought', ids: { user: 'ann' } }]);
  const text = identity({ user: 'ann' });
  const edited = [...text].map((one, i) => text.slice(0, i) + (one === 'A' ? 'B' : 'A') + text.slice(i + 1));
  const [signature = '', payload = ''] = text.split('.');
  const forms = [
    `${text}.`,
    `${text}=`,
    ` ${text}`,
    `.${payload}`,
    payload,
    `${signature}.${payload}.${payload}`,
    `${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)}.${payload}`,
    sign({ use: 'identity', ids: { user: 'ann' }, t, algorithm: 'none' }),
  ];
  const tries = [...edited, ...forms].filter((one) => one !== text);
  const answers = await send(
    server,
    shop.publicKey,
    tries.map((signed, i) => ({ type: 'login', ids: { user: 'ann', device: `d${i}` }, signed })),
  );
  expect([...new Set(answers.map(({ status }) => status))]).toEqual(['rejected']);
  expect((await person(server, 'user', 'ann'))?.identifiers.map(({ kind }) => kind)).toEqual(['user']);
  const [mine] = await send(server, shop.publicKey, [
    { type: 'login', ids: { user: 'ann', device: 'd' }, signed: text },
  ]);
  expect(mine?.status).toBe('applied');
  expect((await person(server, 'device', 'd'))?.id).toBe((await person(server, 'user', 'ann'))?.id);
});

test('[S7] [S9] a text is good for whom, where and when it was signed, and one that is not is no item without it', async () => {
  const projects = [shop, other].map((one) => ({ ...one, policy: { identityMode: 'report' } }));
  const server = await running({ projects }, clock);
  const login = (signed: string) => ({ type: 'login', ids: { user: 'ann', device: 'd' }, signed });
  const traits = (plan: string, at: number, sub = 'ann') => ({
    type: 'traits',
    ids: { user: 'ann' },
    signed: sign({ plan, sub, t: t + at }),
  });
  const refused = await send(server, shop.publicKey, [
    login(sign({ use: 'identity', ids: { user: 'ann' }, t: t - 301 })),
    login(sign({ use: 'identity', ids: { user: 'ann' }, t: t + 301 })),
    login(sign({ use: 'identity', ids: { user: 'ann' } })),
    login(identity({ user: 'ann' }, { $audience: other.id })),
    login(sign({ use: 'identity', ids: { user: 'ann' }, t }, 'another secret')),
    // Nothing that is signed for one use is good for another (S8).
    login(sign({ plan: 'pro', sub: 'ann', t })),
    { type: 'traits', ids: { user: 'ann' }, signed: identity({ user: 'ann' }) },
    traits('pro', 0, 'bob'),
    traits('pro', -86_401),
  ]);
  expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 'rejected'));
  expect(await person(server, 'user', 'ann')).toBeUndefined();
  // What was signed earlier does not overwrite what was signed later, in whatever order it comes.
  await send(server, shop.publicKey, [traits('new', -10), traits('old', -20)]);
  expect((await person(server, 'user', 'ann'))?.traits).toEqual({ plan: 'new' });
  // Bound to one effect: whoever copies it has none of it.
  const once = identity({ user: 'ann' }, { $nonce: 'n1' });
  const [first] = await send(server, shop.publicKey, [login(once)]);
  const [copied] = await send(server, shop.publicKey, [{ type: 'login', ids: { device: 'thief' }, signed: once }]);
  expect([first?.status, copied?.status]).toEqual(['applied', 'duplicate']);
  expect(await person(server, 'device', 'thief')).toBeUndefined();
});

/** What a backend said of a customer: who they are, and every identifier and trait that is theirs by its word. */
const toldOf = ({ id, known, consent, segments, identifiers, traits, traitSources }: PersonView, of: Set<string>) => ({
  id,
  known,
  consent,
  segments,
  identifiers: identifiers.filter(({ kind, value }) => of.has(`${kind}:${value}`)),
  traits: Object.entries(traits).filter(([name]) => (traitSources[name]?.trust ?? 0) > 0),
});

test('[S10] [S11] whatever wire it comes by: nothing the backend said of a customer changes, and no two become one', async () => {
  const classic = {
    id: 'classic',
    publicKey: 'classic-public',
    serverKey: 'classic-server',
    policy: { preset: 'mixpanel-original' },
  };
  const phone = {
    id: 'phone',
    publicKey: 'phone-public',
    serverKey: 'phone-server',
    policy: { preset: 'mparticle-default' },
  };
  const projects = [shop, classic, phone].map((one) => ({ ...one, signingSecret: 'test' }));
  const server = await running({ projects }, clock);
  const login = (kind: string, user: string, more: object) => [
    { type: 'login', ids: { [kind]: user, ...more } },
    { type: 'traits', ids: { [kind]: user }, traits: { plan: `${user}-pro` } },
    { type: 'consent', ids: { [kind]: user }, consent: 'granted' },
  ];
  const both = (kind: string, more: (user: string) => object = () => ({})) =>
    ['ann', 'bob'].flatMap((user) => login(kind, user, more(user)));
  const own = (user: string) => ({ device: `${user}s`, email: `${user}@example.com`, session: `${user}-s` });
  await send(server, shop.serverKey, both('user', own));
  await send(server, classic.serverKey, both('distinct_id'));
  // mParticle's own directory gives its people their profiles, by the server key.
  const mpids: string[] = [];
  for (const user of ['ann', 'bob']) {
    const body = {
      environment: 'production',
      known_identities: { customerid: user, email: `${user}@example.com`, device_application_stamp: `${user}s` },
    };
    const auth = { authorization: `Basic ${btoa(`${phone.publicKey}:${phone.serverKey}`)}` };
    mpids.push(((await (await post(server, '/mparticle/v1/login', body, auth)).json()) as { mpid: string }).mpid);
    await send(server, phone.serverKey, login('user', user, {}).slice(1));
  }
  const picture = async () =>
    Promise.all(
      (
        [
          ['user', shop],
          ['distinct_id', classic],
          ['user', phone],
        ] as const
      ).flatMap(([kind, keys]) =>
        ['ann', 'bob'].map(async (user) => {
          const found = (await person(server, kind, user, keys)) as PersonView;
          const theirs = Object.entries(own(user)).map(([one, value]) => `${one}:${value}`);
          return toldOf(found, new Set([`${kind}:${user}`, ...theirs, ...mpids.map((mpid) => `mpid:${mpid}`)]));
        }),
      ),
    );
  const before = await picture();

  const answered: (readonly [string, number])[] = [];
  const attack: typeof post = async (...request) => {
    const answer = await post(...request);
    answered.push([request[1].split('/')[1] ?? '', answer.status]);
    return answer;
  };
  // Segment: every call that names somebody, and the alias of one to the other.
  const segment = { authorization: `Basic ${btoa(`${shop.publicKey}:`)}` };
  await attack(
    server,
    '/segment/v1/batch',
    {
      batch: [
        { type: 'alias', previousId: 'ann', userId: 'bob', messageId: 'm1' },
        {
          type: 'identify',
          userId: 'bob',
          anonymousId: 'anns',
          traits: { plan: 'none', email: 'ann@example.com' },
          messageId: 'm2',
        },
        { type: 'identify', userId: 'ann', traits: { plan: 'none' }, messageId: 'm3' },
        { type: 'track', userId: 'bob', anonymousId: 'anns', event: 'Seen', messageId: 'm4' },
        { type: 'group', userId: 'ann', groupId: 'bob', traits: { plan: 'none' }, messageId: 'm5' },
      ],
    },
    segment,
  );
  // Mixpanel: events and updates of the simplified merge; identify, alias and merge of the original one.
  const event = (token: string, name: string, properties: object) => ({
    event: name,
    properties: { token, ...properties },
  });
  await attack(server, '/mixpanel/track/', [
    event(shop.publicKey, 'Seen', { $user_id: 'bob', $device_id: 'anns', distinct_id: 'bob' }),
    event(shop.publicKey, '$identify', {
      $user_id: 'bob',
      $device_id: 'anns',
      distinct_id: 'bob',
      $anon_distinct_id: 'ann',
    }),
    event(shop.publicKey, '$create_alias', { distinct_id: 'ann', alias: 'bob' }),
    event(shop.publicKey, '$merge', { $distinct_ids: ['ann', 'bob'] }),
    event(classic.publicKey, '$identify', { $identified_id: 'bob', $anon_id: 'ann', distinct_id: 'bob' }),
    event(classic.publicKey, '$create_alias', { distinct_id: 'ann', alias: 'bob' }),
    event(classic.publicKey, '$merge', { $distinct_ids: ['ann', 'bob'] }),
  ]);
  for (const { publicKey: $token } of [shop, classic])
    await attack(server, '/mixpanel/engage/', [
      { $token, $distinct_id: 'ann', $set: { plan: 'none' } },
      { $token, $distinct_id: 'ann', $unset: ['plan'] },
      { $token, $distinct_id: 'ann', $delete: '' },
    ]);
  // XO: his e-commerce id in her session, with her traits.
  await attack(server, `/xo/${shop.publicKey}`, [
    {
      action: 'view',
      target: { product: '1' },
      user: {
        identities: { sessionid: 'ann-s', ecommerceId: 'bob', email: 'ann@example.com' },
        segments: [],
        traits: { plan: 'none' },
      },
    },
  ]);
  // mParticle: his login on her device, her address and customer id to his profile, her profile emptied, her events his.
  const [hers = '', his = ''] = mpids;
  const key = { 'x-mp-key': phone.publicKey };
  const ask = (path: string, body: object) =>
    attack(server, `/mparticle${path}`, { environment: 'production', ...body }, key);
  await ask('/v1/login', {
    known_identities: { customerid: 'bob', email: 'ann@example.com', device_application_stamp: 'anns' },
  });
  await ask('/v1/identify', { known_identities: { customerid: 'ann', email: 'bob@example.com' }, previous_mpid: his });
  await ask(`/v1/${his}/modify`, {
    identity_changes: [{ identity_type: 'email', old_value: null, new_value: 'ann@example.com' }],
  });
  await ask(`/v1/${his}/modify`, {
    identity_changes: [{ identity_type: 'customerid', old_value: 'bob', new_value: 'ann' }],
  });
  await ask(`/v1/${hers}/modify`, {
    identity_changes: [{ identity_type: 'customerid', old_value: 'ann', new_value: null }],
  });
  await attack(server, `/mparticle/v3/JS/${phone.publicKey}/events`, {
    mpid: hers,
    environment: 'production',
    user_attributes: { plan: 'none' },
    events: [],
  });
  // All of it was read; three changes of records are refused aloud, as mParticle does.
  expect(answered.map(([wire, status]) => `${wire} ${status}`)).toEqual([
    'segment 200',
    ...['mixpanel 200', 'mixpanel 200', 'mixpanel 200'],
    'xo 200',
    ...['mparticle 200', 'mparticle 200', 'mparticle 400', 'mparticle 400', 'mparticle 400', 'mparticle 202'],
  ]);
  expect(await picture()).toEqual(before);
});

test('[S12] [S16] [S17] it learns of nobody, burns no name of an item, and speaks for nobody’s consent', async () => {
  const strict = { ...shop, policy: { identityMode: 'enforce' } };
  const server = await running({ projects: [strict] }, clock);
  const customers = Array.from({ length: 200 }, (_, i) => `c${i}`);
  await send(
    server,
    shop.serverKey,
    customers.flatMap((user) => [
      { type: 'login', ids: { user, email: `${user}@example.com` } },
      { type: 'traits', ids: { user }, traits: { plan: 'pro' } },
    ]),
  );
  const basic = { authorization: `Basic ${btoa(`${shop.publicKey}:`)}` };
  /** What one page hears on every wire about one user, without what is its own. */
  const heard = async (user: string, device: string) => {
    const answers = await Promise.all([
      batch(server.url, shop.publicKey, [
        { type: 'login', ids: { user, device } },
        { type: 'traits', ids: { user }, traits: { plan: 'none' } },
        { type: 'merge', ids: [{ user }, { user: 'somebody' }] },
        { type: 'consent', ids: { user, device }, consent: 'denied' },
      ]),
      post(server, '/mixpanel/track/?verbose=1', [
        { event: 'Seen', properties: { token: shop.publicKey, distinct_id: user, $user_id: user, $device_id: device } },
      ]),
      post(server, '/mixpanel/engage/?verbose=1', [
        { $token: shop.publicKey, $distinct_id: user, $set: { plan: 'none' } },
      ]),
      post(server, '/segment/v1/identify', { userId: user, anonymousId: device, traits: { plan: 'none' } }, basic),
      post(server, `/xo/${shop.publicKey}`, [
        {
          action: 'view',
          target: {},
          user: { identities: { sessionid: device, ecommerceId: user }, segments: [], traits: {} },
        },
      ]),
    ]);
    const own = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
    return JSON.stringify(
      await Promise.all(
        answers.map(async (answer) => [
          answer.status,
          [...answer.headers].filter(([name]) => name !== 'date'),
          await answer.text(),
        ]),
      ),
    ).replaceAll(own, 'id');
  };
  const answers = new Set<string>();
  for (const [i, user] of customers.slice(0, 20).entries())
    answers.add(await heard(user, `a${i}`)).add(await heard(`x${i}`, `b${i}`));
  expect([...answers]).toHaveLength(1);

  // The names of tomorrow's orders, guessed and sent first: the backend's own are taken all the same.
  const tomorrow = Math.floor(t) - 60;
  const mixpanel = (token: string) => ({
    event: 'Paid',
    properties: {
      ...(token === '' ? {} : { token }),
      distinct_id: 'c1',
      $user_id: 'c1',
      $insert_id: 'order-1',
      time: tomorrow,
    },
  });
  const paid = (user: string) => ({ type: 'track', event: 'Paid', userId: user, messageId: 'order-2' });
  await post(server, '/mixpanel/track/', [mixpanel(shop.publicKey)]);
  await post(server, '/segment/v1/track', paid('c2'), basic);
  const backend = `Basic ${btoa(`${shop.serverKey}:`)}`;
  await post(server, '/mixpanel/import?strict=1', [mixpanel('')], { authorization: backend });
  await post(server, '/segment/v1/track', paid('c2'), { authorization: backend });
  for (const user of ['c1', 'c2']) {
    const { id } = (await person(server, 'user', user)) as PersonView;
    const answer = await fetch(`${server.url}/v1/people/${id}/events`, {
      headers: { authorization: `Bearer ${shop.serverKey}` },
    });
    const { events } = (await answer.json()) as { events: readonly { name: string }[] };
    expect([user, events.map(({ name }) => name)]).toEqual([user, ['Paid']]);
  }

  // Who said no through the backend stays so, whatever a page says; and nobody says no for a customer.
  await send(server, shop.serverKey, [{ type: 'consent', ids: { user: 'c3' }, consent: 'denied' }]);
  const spoken = await send(server, shop.publicKey, [
    { type: 'consent', ids: { user: 'c3' }, consent: 'granted' },
    { type: 'consent', ids: { user: 'c4' }, consent: 'denied' },
    { type: 'consent', ids: { device: 'mine', user: 'c4' }, consent: 'denied' },
  ]);
  expect(spoken.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'applied']);
  const words = await Promise.all(['c3', 'c4'].map(async (user) => (await person(server, 'user', user))?.consent));
  expect(words).toEqual(['denied', 'not-asked']);
  for (const path of ['/v1/privacy/requests', '/mparticle/v3/requests'])
    expect((await post(server, path, {}, { authorization: `Bearer ${shop.publicKey}` })).status).toBeGreaterThan(400);
  const stats = await fetch(`${server.url}/v1/stats`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
  const { received, applied, duplicate, rejected, quarantined, suppressed } = (await stats.json()) as StatsAnswer;
  expect(received).toBe(applied + duplicate + rejected + quarantined + suppressed);
});
