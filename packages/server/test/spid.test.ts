import { describe, expect, it } from 'vitest';
import { batch, other, running, shop } from './running.ts';

const CLIENT = '4f1e2ae59caf7c2f4a058b76';
/** The example of the traits page, secret `test`, signed in 2013. */
const sample =
  'zOJ7x_oA3EnL4CB5AsgONtWfdF2r_N6c-aLZTaGy-z8.eyJTdWJzY3JpYmVkIHNpbmNlIjoiMjAxMi0xMS0yMCIsIk5ld3NsZXR0ZXIgc3Vic2NyaWJlciI6dHJ1ZSwiR29hbHMgcmVhY2hlZCI6MTIsIkFjY291bnQgdHlwZSI6IlBlcnNvbmFsIiwiYWxnb3JpdGhtIjoiSE1BQy1TSEEyNTYiLCJ0IjoxMzcyMTUwMjU3LjExfQ';

const start = () =>
  running({
    projects: [
      {
        ...shop,
        name: 'The Shop',
        keys: { spid: CLIENT },
        policy: { preset: 'spid' },
        wires: { spid: { tMaxAgeSeconds: null } },
      },
      { ...other, keys: { spid: 'other-client' }, policy: { preset: 'spid' } },
      { id: 'plain', publicKey: 'plain-public', serverKey: 'plain-server-key', signingSecret: 'test' },
    ],
    hosts: { 'session.*': 'spid' },
  });

/** A script tag's request; the answer is what the script hands over, with the cookie to send next time. */
async function script(url: string, path: string, query: object, cookie = '') {
  const search = new URLSearchParams({ callback: 'f1', client_id: CLIENT, ...query });
  const reply = await fetch(`${url}/spid${path}?${search}`, { headers: { cookie } });
  expect(reply.status).toBe(200);
  let answer: Record<string, unknown> = {};
  const response = (_id: string, value: typeof answer) => {
    answer = value;
  };
  new Function('window', await reply.text())({ SPiD: { Talk: { response } } });
  const set = reply.headers.get('set-cookie') ?? '';
  return { answer, cookie: set.split(';')[0] ?? '', set };
}
const uidOf = (cookie: string) => cookie.split('=')[1] ?? '';

async function token(url: string, client: string, secret: string): Promise<string> {
  const reply = await fetch(`${url}/spid/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: client, client_secret: secret, grant_type: 'client_credentials' }),
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}

describe('SPiD on a server', () => {
  it('from a stranger’s traits to a user’s event', async () => {
    const { url } = await start();
    const { cookie, set } = await script(url, '/ajax/traits.js', { t: sample });
    expect(set).toMatch(/HttpOnly; Secure; SameSite=None$/);
    const visitor = uidOf(cookie);
    const authorization = { headers: { authorization: `Bearer ${shop.serverKey}` } };
    const get = async (path: string) => (await fetch(url + path, authorization)).json();
    const traits = {
      'Subscribed since': '2012-11-20',
      'Newsletter subscriber': true,
      'Goals reached': 12,
      'Account type': 'Personal',
    };
    expect(await get(`/v1/people?kind=visitor&value=${visitor}`)).toMatchObject({ known: false, traits });

    await batch(url, shop.serverKey, [{ type: 'login', ids: { visitor, user: '123' }, insertId: 'l1' }]);
    await batch(url, shop.serverKey, [{ type: 'login', ids: { visitor, user: '123' }, insertId: 'l1' }]);
    await batch(url, shop.serverKey, [
      { type: 'track', name: 'Order complete', ids: { user: '123' }, properties: { total: 5 } },
    ]);
    const { answer } = await script(url, '/rpc/hasSession.js', {}, cookie);
    expect(answer).toMatchObject({ result: true, userId: 123, visitor: { uid: visitor, user_id: '123' } });

    await script(url, '/ajax/logout.js', {}, cookie);
    const after = await script(url, '/rpc/hasSession.js', { autologin: 1 }, cookie);
    expect(after.answer).toMatchObject({ error: { type: 'UserException' }, response: { visitor: { user_id: '123' } } });

    const person = (await get('/v1/people?kind=user&value=123')) as { id: string };
    expect(person).toMatchObject({ known: true, traits });
    const { events } = (await get(`/v1/people/${person.id}/events?limit=10`)) as {
      events: { name: string; wire: string; properties: object }[];
    };
    expect(events.map(({ name, wire }) => `${wire} ${name}`)).toEqual([
      'spid Logout',
      'native Order complete',
      'spid Login',
      'spid Traits set',
    ]);
    expect(events[3]?.properties).toMatchObject({ ...traits, Client: 'The Shop', 'User status': 'visitor' });
    expect(events[1]?.properties).toMatchObject({ ...traits, total: 5, Client: 'The Shop', 'SPiD ID': '123' });

    const stats = (await get('/v1/stats')) as Record<string, number>;
    const fates = ['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed'].map((fate) => stats[fate] ?? 0);
    expect(stats['received']).toBe(fates.reduce((sum, one) => sum + one, 0));
  });

  it('the log keeps which form traits were signed in, the timeline does not (S5)', async () => {
    const { url } = await start();
    const steps =
      'TBwB_MONesMKDAQh7glVXXDBBjFl7GfwCsgw5l_Z2uM.eyJTdWJzY3JpYmVkIHNpbmNlIjoiMjAxMi0xMS0yMCIsIk5ld3NsZXR0ZXIgc3Vic2NyaWJlciI6dHJ1ZSwiR29hbHMgcmVhY2hlZCI6MTIsIkFjY291bnQgdHlwZSI6IlBlcnNvbmFsIn0';
    for (const t of [sample, steps]) await script(url, '/ajax/traits.js', { t });
    const reply = await fetch(`${url}/v1/log`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
    const log = (await reply.text()).trimEnd().split('\n');
    const over = log
      .filter((line) => line.includes('Signature verified'))
      .map((line) => /"over":"([^"]+)"/.exec(line)?.[1]);
    expect(over).toEqual(['payload-text', 'json']);
    const stats = await fetch(`${url}/v1/stats`, { headers: { authorization: `Bearer ${shop.serverKey}` } });
    expect(await stats.json()).toMatchObject({ applied: 6, events: 2 });
  });

  it('is off where a project has no client id (S33)', async () => {
    const { url } = await start();
    for (const client_id of ['plain-public', shop.publicKey, ''])
      expect((await script(url, '/rpc/hasSession.js', { client_id })).answer).toMatchObject({ error: { code: 401 } });
  });

  it('one client knows nothing of another’s users (S2)', async () => {
    const { url } = await start();
    const { cookie } = await script(url, '/ajax/traits.js', { t: sample });
    await batch(url, shop.serverKey, [{ type: 'login', ids: { visitor: uidOf(cookie), user: '123' } }]);
    const there = await script(url, '/rpc/hasSession.js', { client_id: 'other-client' }, cookie);
    expect(there.answer).toMatchObject({ response: { visitor: { uid: uidOf(cookie) } } });
    expect(JSON.stringify(there.answer)).not.toContain('123"');

    const traits = async (T: string) => fetch(`${url}/spid/api/2/user/123/traits?oauth_token=${T}`);
    expect((await traits(await token(url, CLIENT, shop.serverKey))).status).toBe(200);
    const theirs = await token(url, 'other-client', other.serverKey);
    expect((await traits(theirs)).status).toBe(404);
    // The same user at both: what one client set, the other neither reads nor sends along.
    const items = [
      { type: 'login', ids: { user: '123' } },
      { type: 'track', name: 'Order complete', ids: { user: '123' } },
    ];
    await batch(url, other.serverKey, items);
    expect(await (await traits(theirs)).json()).toMatchObject({ data: {} });
    const find = await fetch(`${url}/v1/people?kind=user&value=123`, {
      headers: { authorization: `Bearer ${other.serverKey}` },
    });
    const { id } = (await find.json()) as { id: string };
    const events = await fetch(`${url}/v1/people/${id}/events`, {
      headers: { authorization: `Bearer ${other.serverKey}` },
    });
    expect(await events.text()).not.toContain('Goals reached');
    expect(await token(url, CLIENT, other.serverKey)).toBeUndefined();
  });

  it('answers at the root of mapped hosts', async () => {
    const { url } = await start();
    const { request } = await import('undici');
    const reply = await request(`${url}/rpc/hasSession.js?callback=f1&client_id=${CLIENT}`, {
      headers: { host: 'session.id.shop.test' },
    });
    expect(await reply.body.text()).toContain('"UserException"');
  });

  it('refuses a body that is too large in its own words', async () => {
    const { url } = await start();
    const T = await token(url, CLIENT, shop.serverKey);
    const reply = await fetch(`${url}/spid/api/2/user/123/traits?oauth_token=${T}`, {
      method: 'POST',
      body: `traits=${'x'.repeat(300_000)}`,
    });
    expect(reply.status).toBe(413);
    expect(await reply.json()).toMatchObject({ error: { code: 413, type: 'ApiException' } });
  });

  it('serves the script under any version', async () => {
    const { url } = await start();
    for (const name of ['spid-sdk-1.7.9.min.js', 'spid-sdk-2.2.0.js', 'spid-sdk-no-1.4.js']) {
      const reply = await fetch(`${url}/spid/js/${name}`);
      expect(reply.headers.get('content-type')).toContain('application/javascript');
      expect(await reply.text()).toContain('window.VGS');
    }
    expect((await fetch(`${url}/spid/js/other.js`)).status).toBe(404);
  });
});
