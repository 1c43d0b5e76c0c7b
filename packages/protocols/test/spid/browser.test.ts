import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openSigned, sign } from '../../src/signed-blob.ts';
import { spid } from '../../src/spid/index.ts';
import { request } from '../world.ts';
import { CLIENT, createPlatform, type Platform, secondsOf, signed } from './platform-world.ts';
import { sample, sampleTraits, vectors } from './vectors.ts';

const login = (visitor: string, user = '1844813') => ({ type: 'login', ids: { visitor, user } });
const logout = (visitor: string) => ({ type: 'logout', ids: { visitor } });
const uidOf = (cookie: string) => cookie.split('=')[1] ?? '';

/** A browser that has asked once. */
async function visit(platform: Platform) {
  const { cookie, answer } = await platform.script('/rpc/hasSession.js');
  return { cookie, uid: answer?.response?.visitor?.uid ?? '' };
}
const traitsOf = (platform: Platform, kind: string, value: string) =>
  Object.fromEntries(platform.world.person(kind, value)?.traits ?? []);

describe('the answer script', () => {
  it('serves both generations at once and is never stored', async () => {
    const platform = createPlatform();
    const { reply, answer, talked, received } = await platform.script('/rpc/hasSession.js');
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'no-store',
    });
    expect(talked).toEqual([answer]);
    expect(received).toBe(1);
  });

  it.each(['', 'alert(1)', '1a', 'a-b', 'a b', `a${'b'.repeat(64)}`, 'a\u2028', '<script>', '../x'])(
    'a callback named %j is not called, and 1.x goes on',
    async (callback) => {
      const script = await createPlatform().script('/ajax/logout.js', { callback });
      expect(script).toMatchObject({ answer: undefined, talked: [], received: 1 });
      expect(script.reply.status).toBe(200);
    },
  );

  it.each(['f171705ac9f4832', '$', '_a.b$1', `a${'b'.repeat(63)}`])('a callback named %s is', async (callback) => {
    expect((await createPlatform().script('/ajax/hasSession.js', { callback })).answer).toBeDefined();
  });

  it.each(['/rpc/hasSession.js', '/ajax/traits.js', '/ajax/logout.js', '/ajax/hasproduct.js'])(
    'an unknown client is told so by %s, with status 200',
    async (path) => {
      const { reply, answer } = await createPlatform().script(path, { client_id: 'nobody', t: sample.blob });
      expect(reply.status).toBe(200);
      expect(answer?.error).toMatchObject({ code: 401, type: 'ApiException' });
    },
  );

  it.each(['/ajax/nothing.js', '/rpc/traits.js', '/AJAX/hasSession2.js'])(
    '%s is unknown, which its script says with status 200',
    async (path) => {
      const platform = createPlatform();
      const { reply, answer } = await platform.script(path, { client_id: 'nobody' });
      expect(reply.status).toBe(200);
      expect(answer).toEqual({
        error: { code: 404, type: 'ApiException', description: 'Unknown endpoint.' },
        response: { result: false, serverTime: secondsOf(platform) },
      });
      expect(await platform.script(path, { callback: 'alert(1)' })).toMatchObject({ answer: undefined, received: 1 });
      expect((await platform.send('GET', path)).status).toBe(404);
    },
  );

  it('so does the server’s own refusal, of calls there are and of others', () => {
    for (const path of ['/ajax/traits.js', '/ajax/nothing.js']) {
      const reply = spid.refuse(request('GET', `${path}?callback=f1`), 503, 'too much');
      expect(reply.status).toBe(200);
      expect(reply.body).toContain('{"error":{"code":503,"type":"ApiException","description":"too much"},"response"');
    }
    expect(spid.refuse(request('GET', '/ajax/nothing.js'), 503, 'too much').status).toBe(503);
  });

  it('what a profile holds cannot end the script', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([
      login(uid),
      { type: 'traits', ids: { user: '1844813' }, traits: { displayName: '</script>\u2028\u2029<!--' } },
    ]);
    const { reply, answer } = await platform.script('/rpc/hasSession.js', {}, cookie);
    expect(String(reply.body)).not.toMatch(/[<\u2028\u2029]/);
    expect(answer?.['displayName']).toBe('</script>\u2028\u2029<!--');
  });

  it('a request that is no GET gets its error as a script', async () => {
    const reply = await createPlatform().send('POST', '/ajax/traits.js?callback=f1');
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('"code":405');
  });
});

describe('the calls of the original SDKs, queries as they write them', () => {
  const [one, two] = [
    `connectionId=f2&client_id=${CLIENT}&redirect_uri=http%3A%2F%2Fa.test%2F`,
    `redirect_uri=http%3A%2F%2Fa.test%2F&client_id=${CLIENT}`,
  ];
  const t = signed({ a: 1 });
  it.each([
    ['1.x session check, prod', `/rpc/hasSession.js?callback=f171705ac9f4832&${one}`, 'UserException'],
    ['1.x session check', `/ajax/hasSession.js?callback=f171705ac9f4832&${one}`, 'UserException'],
    ['1.x retry', `/ajax/hasSession.js?callback=f171705ac9f4832&autologin=1&${one}`, 'UserException'],
    ['1.x setTraits', `/ajax/traits.js?t=${t}&callback=f171705ac9f4832&${one}`, true],
    ['1.x logout', `/ajax/logout.js?callback=f171705ac9f4832&${one}`, true],
    ['1.x hasProduct', `/ajax/hasproduct.js?product_id=10&callback=f171705ac9f4832&${one}`, false],
    ['1.x hasSubscription', `/ajax/hassubscription.js?product_id=10&callback=f171705ac9f4832&${one}`, false],
    ['2.x session check, cluster', `/rpc/hasSession.js?autologin=1&callback=f171705ac9f4832&${two}`, 'UserException'],
    ['2.x session check', `/ajax/hasSession.js?autologin=1&v=2&callback=f171705ac9f4832&${two}`, 'UserException'],
    ['2.x setTraits', `/ajax/traits.js?t=${t}&callback=f171705ac9f4832&${two}`, true],
    ['2.x logout', `/ajax/logout.js?callback=f171705ac9f4832&${two}`, true],
    ['2.x acceptAgreement', `/ajax/acceptAgreement.js?callback=f171705ac9f4832&${two}`, true],
  ])('%s', async (_name, call, wanted) => {
    const { reply, answer, talked } = await createPlatform().ask(call);
    expect(reply.status).toBe(200);
    expect(answer?.error?.type ?? answer?.result).toBe(wanted);
    expect(talked).toEqual([answer]);
  });
});

describe('the visitor', () => {
  it('is 20 letters and digits, stays, and is in every session answer', async () => {
    const platform = createPlatform();
    const first = await platform.script('/rpc/hasSession.js');
    expect(first.answer?.response?.visitor).toEqual({ uid: uidOf(first.cookie) });
    expect(uidOf(first.cookie)).toMatch(/^[0-9A-Za-z]{20}$/);
    const again = await platform.script('/ajax/hasSession.js', { callback: 'f2' }, `a=b; ${first.cookie}; c=d`);
    expect(again.answer?.response?.visitor).toEqual({ uid: uidOf(first.cookie) });
    expect(again.cookie).toBe(first.cookie);
  });

  it.each([
    '',
    'selfsame_visitor=short',
    'selfsame_visitor=1kr188Xmrf4wxX7ttrc!',
    'xselfsame_visitor=1kr188Xmrf4wxX7ttrcx',
  ])('the cookie %j is none of ours', async (cookie) => {
    const platform = createPlatform();
    const { answer } = await platform.script('/rpc/hasSession.js', {}, cookie);
    expect(answer?.response?.visitor?.uid).toBe('visitor0000000000001');
  });

  it('the cookie is third-party where the browser allows it', async () => {
    const platform = createPlatform();
    const cookieAt = async (origin: string) => {
      const reading = await platform.world.read({
        method: 'GET',
        path: '/rpc/hasSession.js',
        query: new Map([['client_id', ['4f1e2ae59caf7c2f4a058b76']]]),
        search: '',
        headers: {},
        body: new Uint8Array(),
        origin,
        ip: '127.0.0.1',
      });
      return reading.type === 'answer' ? String(reading.reply.headers['set-cookie']) : '';
    };
    for (const origin of ['https://id.shop.test', 'http://localhost:4400', 'http://127.0.0.1:4400'])
      expect(await cookieAt(origin)).toMatch(/; Max-Age=\d+; HttpOnly; Secure; SameSite=None$/);
    for (const origin of ['http://id.shop.test', 'http://localhost.evil.test', 'http://127.0.0.1.evil.test'])
      expect(await cookieAt(origin)).toMatch(/; HttpOnly; SameSite=Lax$/);
    for (const origin of ['https://id.shop.test', 'https://session.id.shop.test', 'https://SESSION.id.shop.test:4400'])
      expect(await cookieAt(origin)).toContain('; Path=/; Domain=id.shop.test; ');
    for (const host of ['127.0.0.1:4400', '10.0.0.1', '[::1]', 'localhost', 'session.test', 'a;b.test', '-', ''])
      expect(await cookieAt(`https://${host}`)).toContain('; Path=/; Max-Age=');
  });
});

describe('sessions', () => {
  it('nobody', async () => {
    const platform = createPlatform({ settings: { domain: 'shop.test' } });
    const { answer, cookie } = await platform.script('/rpc/hasSession.js');
    expect(answer).toEqual({
      error: { code: 401, type: 'UserException', description: 'No session found!' },
      response: {
        result: false,
        serverTime: secondsOf(platform),
        expiresIn: 7200,
        baseDomain: 'shop.test',
        tracking: false,
        visitor: { uid: uidOf(cookie) },
      },
    });
  });

  it('somebody logged in, signed over all members in their order and then the algorithm', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([
      login(uid),
      { type: 'traits', ids: { user: '1844813' }, traits: { displayName: 'Ann', givenName: 'Ann', gender: 'female' } },
    ]);
    const { answer } = await platform.script('/rpc/hasSession.js', {}, cookie);
    const { sig, ...rest } = answer ?? {};
    expect(Object.keys(rest)).toEqual([
      ...['result', 'serverTime', 'expiresIn', 'baseDomain', 'tracking', 'visitor'],
      ...['userStatus', 'userId', 'id', 'displayName', 'givenName', 'gender'],
    ]);
    expect(rest).toMatchObject({
      result: true,
      visitor: { uid, user_id: '1844813' },
      userStatus: 'connected',
      userId: 1844813,
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      expiresIn: 7199,
    });
    const [mac, payload = ''] = (sig ?? '').split('.');
    expect(createHmac('sha256', 'test').update(payload).digest('base64url')).toBe(mac);
    expect(Buffer.from(payload, 'base64url').toString()).toBe(JSON.stringify({ ...rest, algorithm: 'HMAC-SHA256' }));
  });

  it('a user id that is no number stays text', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid, 'ann')]);
    expect((await platform.script('/rpc/hasSession.js', {}, cookie)).answer?.userId).toBe('ann');
  });

  it('the public key signs nobody in or out', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)], 'e2e-public-key');
    expect((await platform.script('/rpc/hasSession.js', {}, cookie)).answer?.error?.type).toBe('UserException');
    await platform.batch([login(uid)]);
    await platform.batch([logout(uid)], 'e2e-public-key');
    expect((await platform.script('/rpc/hasSession.js', {}, cookie)).answer?.result).toBe(true);
  });

  it('an event that names a browser and a user logs nobody in', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([{ type: 'track', name: 'Login failed', ids: { visitor: uid, user: 'ann' } }]);
    expect((await platform.script('/rpc/hasSession.js', {}, cookie)).answer?.response?.visitor).toEqual({ uid });
    expect(platform.events('ann')).toEqual(['native Login failed']);
  });

  it.each(['spid', 'selfsame'])('logout by the page (%s): known, and no longer logged in', async (preset) => {
    const platform = createPlatform({ policy: preset === 'spid' ? {} : { sharedDevice: 'by-interval', preset } });
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)]);
    const { answer } = await platform.script('/ajax/logout.js', {}, cookie);
    expect(answer).toEqual({ result: true, serverTime: secondsOf(platform) });
    const after = await platform.script('/rpc/hasSession.js', { autologin: '1' }, cookie);
    expect(after.answer?.error?.type).toBe('UserException');
    expect(after.answer?.response?.visitor).toEqual({ uid, user_id: '1844813' });
    await platform.script('/ajax/logout.js', {}, cookie);
    expect(platform.events('1844813')).toEqual(['spid Login', 'spid Logout']);
  });

  it('logout by the platform', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)]);
    await platform.batch([logout(uid)]);
    expect((await platform.script('/rpc/hasSession.js', {}, cookie)).answer?.response?.visitor).toEqual({
      uid,
      user_id: '1844813',
    });
    expect(platform.events('1844813')).toEqual(['spid Login', 'spid Logout']);
  });

  it('somebody remembered: an exception, then a login that is told once', async () => {
    const platform = createPlatform({ settings: { sessionSeconds: 3 } });
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)]);
    const { answer: during } = await platform.script('/rpc/hasSession.js', {}, cookie);
    expect(during).toMatchObject({ result: true, expiresIn: 2 });
    await platform.script('/rpc/hasSession.js', {}, cookie);
    const { answer: after } = await platform.script('/rpc/hasSession.js', {}, cookie);
    expect(after?.error?.type).toBe('LoginException');
    expect(after?.response).toMatchObject({ result: false, visitor: { uid, user_id: '1844813' } });
    expect(after).not.toHaveProperty('sig');
    expect(platform.events('1844813')).toEqual(['spid Login']);
    const { answer: again } = await platform.script('/ajax/hasSession.js', { autologin: '1' }, cookie);
    expect(again).toMatchObject({ result: true, userId: 1844813, expiresIn: 3 });
    expect(again?.sig).toBeDefined();
    const { answer: later } = await platform.script('/rpc/hasSession.js', { autologin: '1' }, cookie);
    expect(later).toMatchObject({ result: true, expiresIn: 2 });
    expect(platform.events('1844813')).toEqual(['spid Login', 'spid Autologin']);
  });

  it('renews a login as often as it ends', async () => {
    const platform = createPlatform({ settings: { sessionSeconds: 1 } });
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)]);
    for (let times = 0; times < 5; times++)
      expect((await platform.script('/ajax/hasSession.js', { autologin: '1' }, cookie)).answer?.result).toBe(true);
    expect(platform.events('1844813')).toEqual(['spid Login', ...new Array<string>(5).fill('spid Autologin')]);
  });

  it('an agreement is an event of who is logged in, told once for each login', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    const accept = async () => (await platform.script('/ajax/acceptAgreement.js', {}, cookie)).answer?.result;
    expect(await accept()).toBe(true);
    await platform.batch([login(uid)]);
    expect([await accept(), await accept()]).toEqual([true, true]);
    await platform.batch([logout(uid)]);
    expect(await accept()).toBe(true);
    expect(platform.events('1844813')).toEqual(['spid Login', 'spid Accept agreement', 'spid Logout']);
  });

  it.each(vectors.filter(({ secret }) => secret === 'test'))(
    'say which form they were signed in: $name (S5)',
    async (one) => {
      const platform = createPlatform({ settings: { tMaxAgeSeconds: null } });
      const { cookie } = await platform.script('/ajax/traits.js', { t: one.blob });
      const kept = platform.world.entries.map(({ entry }) => entry.command);
      expect(kept.filter(({ type }) => type === 'Track')).toMatchObject([
        {
          name: 'Signature verified',
          ids: [{ kind: 'visitor', value: uidOf(cookie) }],
          properties: { over: one.over },
          hidden: true,
        },
        { name: 'Traits set' },
      ]);
    },
  );

  it('has no products, and agrees to agreements', async () => {
    const platform = createPlatform();
    const has = async (path: string) => (await platform.script(path, { product_id: '1' })).answer?.result;
    expect(await has('/ajax/hasproduct.js')).toBe(false);
    expect(await has('/ajax/hassubscription.js')).toBe(false);
    expect(await has('/ajax/acceptAgreement.js')).toBe(true);
  });
});

describe('signed traits', () => {
  const off = { settings: { tMaxAgeSeconds: null } };
  const fresh = (platform: Platform, traits: object) => signed({ ...traits, t: secondsOf(platform) });

  it.each(['rpc', 'ajax'])('a stranger’s are the visitor’s (%s)', async (folder) => {
    const platform = createPlatform(off);
    const { cookie, answer } = await platform.script('/ajax/traits.js', { t: sample.blob });
    expect(answer).toEqual({ result: true, serverTime: secondsOf(platform) });
    expect(traitsOf(platform, 'visitor', uidOf(cookie))).toEqual(sampleTraits);
    expect((await platform.script(`/${folder}/hasSession.js`, {}, cookie)).answer?.response?.visitor).toEqual({
      uid: uidOf(cookie),
    });
  });

  it('are the user’s while logged in, and after, as long as the browser is known', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)]);
    await platform.script('/ajax/traits.js', { t: fresh(platform, { a: 1 }) }, cookie);
    await platform.script('/ajax/logout.js', {}, cookie);
    await platform.script('/ajax/traits.js', { t: fresh(platform, { b: 2 }) }, cookie);
    expect(
      platform.world.entries.filter(({ entry }) => entry.command.type === 'Describe').map((one) => one.verdict.anchor),
    ).toEqual([
      { kind: 'user', value: '1844813' },
      { kind: 'user', value: '1844813' },
    ]);
    expect(traitsOf(platform, 'user', '1844813')).toEqual({ a: 1, b: 2 });
  });

  it('move to the user who logs in later; the session’s word wins', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.script('/ajax/traits.js', { t: fresh(platform, { plan: 'session', a: false }) }, cookie);
    await platform.batch([{ type: 'traits', ids: { user: '1844813' }, traits: { other: 'kept' } }]);
    await platform.batch([login(uid)]);
    expect(traitsOf(platform, 'user', '1844813')).toEqual({ plan: 'session', a: false, other: 'kept' });
  });

  it.each(['before', 'after'])('move over what the user was given %s they were said', async (when) => {
    const platform = createPlatform();
    await platform.batch([{ type: 'login', ids: { user: '1844813' } }]);
    const { cookie, uid } = await visit(platform);
    const credentials = `client_id=${CLIENT}&client_secret=server-key&grant_type=client_credentials`;
    const { access_token } = JSON.parse(String((await platform.send('POST', '/oauth/token', credentials)).body));
    const give = () =>
      platform.send(
        'POST',
        `/api/2/user/1844813/traits?oauth_token=${access_token}`,
        'traits={"plan":"user","other":"kept"}',
      );
    if (when === 'before') await give();
    await platform.script('/ajax/traits.js', { t: fresh(platform, { plan: 'session' }) }, cookie);
    if (when === 'after') await give();
    await platform.batch([login(uid)]);
    expect(traitsOf(platform, 'user', '1844813')).toEqual({ plan: 'session', other: 'kept' });
    // From then on the later word is the user's last.
    await give();
    expect(traitsOf(platform, 'user', '1844813')).toEqual({ plan: 'user', other: 'kept' });
  });

  it.each([
    ['a project', { $audience: 'shop' }],
    ['one use', { $nonce: 'n1' }],
  ])('that our own wire binds to %s are refused: this one knows no such bond (S8)', async (_, bound) => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    const { answer } = await platform.script('/ajax/traits.js', { t: fresh(platform, { a: 1, ...bound }) }, cookie);
    expect(JSON.stringify(answer)).toContain('signed for another use');
    expect(traitsOf(platform, 'visitor', uid)).toEqual({});
  });

  it('an older t never overwrites what was signed later', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    const now = secondsOf(platform);
    await platform.script('/ajax/traits.js', { t: signed({ a: 'new', t: now - 10 }) }, cookie);
    await platform.script('/ajax/traits.js', { t: signed({ a: 'old', b: 'old', t: now - 20.5 }) }, cookie);
    expect(traitsOf(platform, 'visitor', uid)).toEqual({ a: 'new', b: 'old' });
  });

  it('are told by an event: the traits of before, what was set, the standard properties', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    const set = (blob: string, page = 'http://a.test/') =>
      platform.script('/ajax/traits.js', { t: blob, redirect_uri: page }, cookie);
    await set(fresh(platform, { zebra: 1, plan: 'free', Version: 'x', url: 'http://b.test/?tag=trait' }));
    expect(platform.lastEvent()).toEqual({
      name: 'Traits set',
      ids: [{ kind: 'visitor', value: uid }],
      properties: [
        ...Object.entries({ zebra: 1, plan: 'free', url: 'http://b.test/?tag=trait' }),
        ...Object.entries({
          Version: '1',
          Revision: '0.1.0',
          Client: 'Shop',
          ip: '127.0.0.1',
          'User status': 'visitor',
        }),
      ],
    });
    await platform.batch([
      login(uid),
      { type: 'traits', ids: { user: '1844813' }, traits: { Birthday: '1980-06-15' } },
    ]);
    await set(fresh(platform, { plan: 'gold', album: [] }), 'http://a.test/?tag=spring&tracking_ref=mail');
    expect(platform.lastEvent()).toEqual({
      name: 'Traits set',
      ids: [{ kind: 'user', value: '1844813' }],
      properties: [
        ...Object.entries({ zebra: 1, plan: 'gold', url: 'http://b.test/?tag=trait', album: [] }),
        ...Object.entries({
          Version: '1',
          Revision: '0.1.0',
          'SPiD ID': '1844813',
          Client: 'Shop',
          ip: '127.0.0.1',
          Age: 43,
        }),
        ...Object.entries({ 'User status': 'connected', 'Tracking ref': 'mail', 'Tracking tag': 'spring' }),
      ],
    });
    expect(platform.events('1844813')).toEqual(['spid Login', 'spid Traits set']);
  });

  it('that are all the platform’s own set nothing, which is no event', async () => {
    const platform = createPlatform();
    const { cookie } = await visit(platform);
    const { answer } = await platform.script('/ajax/traits.js', { t: fresh(platform, { Locale: 'nb_NO' }) }, cookie);
    expect(answer?.result).toBe(true);
    expect(platform.lastEvent()).toBeUndefined();
  });

  it('keep metadata and the platform’s names out, and take falsy values', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    const blob = signed({
      ...{ algorithm: 'HMAC-SHA256', sub: uid, t: secondsOf(platform) },
      ...{ Locale: 'nb_NO', Birthday: '1980-01-01', 'Last authenticated': 'x', 'Last login': 'x' },
      ...{ Version: 'x', 'SPiD ID': 'x', Client: 'x', ip: 'x', Age: 5, Flow: 'x', 'Tracking ref': 'x' },
      ...{ no: false, zero: 0, empty: '', none: [], list: ['a', { b: null }] },
    });
    expect((await platform.script('/ajax/traits.js', { t: blob }, cookie)).answer?.result).toBe(true);
    expect(traitsOf(platform, 'visitor', uid)).toEqual({
      ...{ no: false, zero: 0, empty: '', none: [], list: ['a', { b: null }] },
    });
  });

  it('a prototype key is a trait like any other', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.script('/ajax/traits.js', { t: signed('{"__proto__":"a","constructor":"b","toString":1}') }, cookie);
    expect([...(platform.world.person('visitor', uid)?.traits ?? [])]).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
      ['toString', 1],
    ]);
    expect('a' in {}).toBe(false);
  });

  const day = 24 * 3600;
  const refused: readonly [string, (platform: Platform, uid: string) => string][] = [
    ['nothing', () => ''],
    ['no blob', () => 'hello'],
    ['tampered', (platform) => `${fresh(platform, { a: 1 }).slice(0, -1)}_`],
    ['another secret', () => signed({ a: 1 }, 'other')],
    ['the seed’s sample, which is stale', () => sample.blob],
    ['a day and more old', (platform) => signed({ a: 1, t: secondsOf(platform) - day - 5 })],
    ['a day and more ahead', (platform) => signed({ a: 1, t: secondsOf(platform) + day + 5 })],
    ['t as text', (platform) => signed({ a: 1, t: String(secondsOf(platform)) })],
    ['t null', () => signed({ a: 1, t: null })],
    ['another algorithm', () => signed({ a: 1, algorithm: 'HMAC-SHA1' })],
    ['no algorithm at all', () => signed({ a: 1, algorithm: 'none' })],
    ['nothing but metadata', (platform, uid) => signed({ t: secondsOf(platform), sub: uid, algorithm: 'HMAC-SHA256' })],
    ['an empty object', () => signed({})],
    ['a null value', () => signed({ a: 1, b: null })],
    ['an object value', () => signed({ a: 1, b: { c: 1 } })],
    ['an array for an object', () => signed([1, 2])],
    ['somebody else’s', () => signed({ a: 1, sub: 'somebody' })],
    ['sub null', () => signed({ a: 1, sub: null })],
    ['a callback', () => signed({ object: 'user', algorithm: 'HMAC-SHA256', entry: [] })],
    ['a session answer', () => signed({ result: true, serverTime: 1, visitor: 'x' })],
  ];
  it.each(refused)('refuses %s, saves nothing, and answers 200', async (_name, blob) => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    const { reply, answer } = await platform.script('/ajax/traits.js', { t: blob(platform, uid) }, cookie);
    expect(reply.status).toBe(200);
    expect(answer).toMatchObject({ error: { code: 400, type: 'ApiException' }, response: { result: false } });
    expect(platform.world.entries).toEqual([]);
    expect(platform.world.counts).toEqual(new Map([['rejected', 1]]));
  });

  it('refuses every signed thing that we say ourselves (S8)', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([login(uid)]);
    const { answer } = await platform.script('/rpc/hasSession.js', {}, cookie);
    const notice = sign({ object: 'user', algorithm: 'HMAC-SHA256', entry: [{ userId: 1 }] }, 'shop', platform.host);
    for (const blob of [answer?.sig ?? '', notice]) {
      expect(openSigned(blob, 'shop', platform.host)).toHaveProperty('payload');
      expect((await platform.script('/ajax/traits.js', { t: blob }, cookie)).answer?.error?.code).toBe(400);
    }
    expect(traitsOf(platform, 'user', '1844813')).toEqual({});
  });

  it('sub binds them: the visitor’s uid or the user’s id, and enforce asks for one', async () => {
    const platform = createPlatform({ policy: { identityMode: 'enforce' } });
    const { cookie, uid } = await visit(platform);
    const set = async (more: object) =>
      (await platform.script('/ajax/traits.js', { t: signed({ a: 1, ...more }) }, cookie)).answer?.result;
    expect(await set({})).toBe(undefined);
    expect(await set({ sub: '1844813' })).toBe(undefined);
    expect(await set({ sub: uid })).toBe(true);
    await platform.batch([login(uid)]);
    expect(await set({ sub: '1844813' })).toBe(true);
    expect(await set({ sub: 1844813 })).toBe(true);
    expect(await set({ sub: '1844814' })).toBe(undefined);
  });

  it('a client that denied consent gets the same answer, and nothing is kept', async () => {
    const platform = createPlatform();
    const { cookie, uid } = await visit(platform);
    await platform.batch([{ type: 'consent', ids: { visitor: uid }, consent: 'denied' }]);
    expect((await platform.script('/ajax/traits.js', { t: signed({ a: 1 }) }, cookie)).answer?.result).toBe(true);
    expect(traitsOf(platform, 'visitor', uid)).toEqual({});
  });
});
