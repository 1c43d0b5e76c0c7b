import { describe, expect, it } from 'vitest';
import type { Host, WireReply } from '../../src/protocol.ts';
import { sign } from '../../src/signed-blob.ts';
import { spid } from '../../src/spid/index.ts';
import { request, WRITE_KEY } from '../world.ts';
import { askToken, authorize, browserOf, clientToken, codeOf, REDIRECT, tokenIn, userToken } from './oauth-world.ts';
import { CLIENT, createPlatform, type Platform } from './platform-world.ts';

const json = (reply: WireReply) => JSON.parse(String(reply.body));
const GET = 'GET user/{userId}/traits';
const POST = 'POST user/{userId}/traits';
const settings = { redirectUris: ['https://shop.test/', REDIRECT] };
const exchange = (platform: Platform, code: string, more: Readonly<Record<string, string>> = {}) =>
  askToken(platform, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT, ...more });

describe('/oauth/authorize', () => {
  it('sends who is logged in back with a code and the state', async () => {
    const platform = createPlatform({ settings });
    await platform.batch([{ type: 'login', ids: { visitor: browserOf('42'), user: '42' } }]);
    const { reply, back } = await authorize(platform, {}, browserOf('42'));
    expect(reply.status).toBe(302);
    expect(reply.headers).toMatchObject({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(reply.headers['set-cookie']).toEqual([expect.stringContaining(browserOf('42'))]);
    expect(String(back)).toMatch(/^https:\/\/shop\.test\/back\?from=login&code=[\w.-]+&state=s%20%26%20t$/);
    expect(back?.searchParams.get('state')).toBe('s & t');
    const plain = await authorize(platform, { redirect_uri: 'https://shop.test/' }, browserOf('42'));
    expect(String(plain.back)).toMatch(/^https:\/\/shop\.test\/\?code=/);
  });

  it.each<[string, string, Readonly<Record<string, string>>, string?]>([
    ['a browser nobody is logged in on', 'login_required', {}, '9'],
    ['another answer than a code', 'unsupported_response_type', { response_type: 'token' }],
    ['a scope that is not the client’s', 'invalid_scope', { scope: 'read admin' }],
  ])('tells the client of %s', async (_name, error, fields, browser = '42') => {
    const platform = createPlatform({ settings: { ...settings, scopes: { read: [GET] } } });
    await platform.batch([{ type: 'login', ids: { visitor: browserOf('42'), user: '42' } }]);
    const { reply, back } = await authorize(platform, fields, browserOf(browser));
    expect(reply.status).toBe(302);
    expect(Object.fromEntries(back?.searchParams ?? [])).toEqual({ from: 'login', error, state: 's & t' });
  });

  it('a login that is over is none', async () => {
    const platform = createPlatform({ settings: { ...settings, sessionSeconds: 1 } });
    const code = await codeOf(platform, '42');
    expect(code).toBe('');
  });

  it.each([
    ['redirect_uri_mismatch', { redirect_uri: 'https://evil.test/' }],
    ['redirect_uri_mismatch', { redirect_uri: `${REDIRECT}&x=1` }],
    ['redirect_uri_mismatch', { redirect_uri: '' }],
    ['invalid_client_id', { client_id: 'nobody' }],
    ['invalid_client_id', { client_id: WRITE_KEY }],
  ])('sends nobody anywhere: %s %j', async (error, fields) => {
    const platform = createPlatform({ settings });
    await platform.batch([{ type: 'login', ids: { visitor: browserOf('42'), user: '42' } }]);
    const { reply, back } = await authorize(platform, fields, browserOf('42'));
    expect([reply.status, json(reply).error, back]).toEqual([400, error, undefined]);
  });

  it('is off without addresses in the settings', async () => {
    const { reply } = await authorize(createPlatform(), {}, browserOf('42'));
    expect([reply.status, json(reply).error]).toEqual([400, 'redirect_uri_mismatch']);
  });
});

describe('a code', () => {
  it('is changed for a token of that user, once', async () => {
    const platform = createPlatform({ settings });
    const code = await codeOf(platform, '42');
    const first = await exchange(platform, code);
    expect(first.status).toBe(200);
    expect(json(first)).toMatchObject({ user_id: '42', scope: null, is_admin: false, expires_in: 604_800 });
    const again = await exchange(platform, code);
    expect([again.status, json(again).error]).toEqual([400, 'invalid_grant']);
    // Its use is kept for diagnosis and is nothing the user did.
    expect(platform.events('42')).toEqual(['spid Login']);
  });

  it.each<[string, (code: string) => Readonly<Record<string, string>>, string]>([
    ['for another address', () => ({ redirect_uri: 'https://shop.test/' }), 'invalid_grant'],
    ['for no address', () => ({ redirect_uri: '' }), 'invalid_grant'],
    ['changed', (code) => ({ code: code.replace(/.$/, (one) => (one === 'A' ? 'E' : 'A')) }), 'invalid_grant'],
    ['missing', () => ({ code: '' }), 'invalid_grant'],
    ['with a wrong secret', () => ({ client_secret: 'wrong' }), 'invalid_client_credentials'],
    ['by another client', () => ({ client_id: 'nobody' }), 'invalid_client_id'],
  ])('is no good %s', async (_name, change, error) => {
    const platform = createPlatform({ settings });
    const code = await codeOf(platform, '42');
    const reply = await exchange(platform, code, change(code));
    expect([reply.status, json(reply).error]).toEqual([400, error]);
    // Nothing of it used the code up.
    expect((await exchange(platform, code)).status).toBe(200);
  });

  it('is good for a minute', async () => {
    const platform = createPlatform({ settings });
    const code = await codeOf(platform, '42');
    const body = `grant_type=authorization_code&client_id=${CLIENT}&client_secret=server-key&code=${code}&redirect_uri=${encodeURIComponent(REDIRECT)}`;
    const at = (ms: number) => {
      const host = Object.create(platform.host, { now: { value: platform.world.host.now + ms } }) as Host;
      return spid.read(request('POST', '/oauth/token', body), host);
    };
    expect((await at(59_000)).type).toBe('items');
    const late = await at(61_000);
    expect(late.type === 'answer' && json(late.reply).error).toBe('invalid_grant');
  });

  it('is no access and no refresh token, nor are those codes', async () => {
    const platform = createPlatform({ settings });
    const code = await codeOf(platform, '42');
    expect((await platform.send('GET', `/api/2/user/42/traits?oauth_token=${code}`)).status).toBe(401);
    const refreshed = await askToken(platform, { grant_type: 'refresh_token', refresh_token: code });
    expect(json(refreshed).error).toBe('invalid_grant');
    for (const token of [await clientToken(platform), await userToken(platform, '42')])
      expect(json(await exchange(platform, token)).error).toBe('invalid_grant');
  });

  it('gives no token for a user of whom nothing may be kept: that it was used could not be either', async () => {
    const platform = createPlatform({ settings });
    const code = await codeOf(platform, '42');
    await platform.batch([{ type: 'consent', ids: { user: '42' }, consent: 'denied' }]);
    expect(json(await exchange(platform, code)).error).toBe('invalid_grant');
  });
});

it('nothing that is signed here for one use is good for another (S8)', async () => {
  const platform = createPlatform({ settings: { ...settings, signedResponses: true } });
  const access = await userToken(platform, '42');
  const answered = json(await exchange(platform, await codeOf(platform, '42')));
  const code = await codeOf(platform, '42');
  const cookie = `selfsame_visitor=${browserOf('42')}`;
  const session = (await platform.script('/rpc/hasSession.js', {}, cookie)).answer?.sig ?? '';
  const { data, sig } = json(await platform.send('GET', `/api/2/user/42/traits?oauth_token=${access}`));
  const notice = sign({ object: 'user', entry: [{ userId: 42 }], algorithm: 'HMAC-SHA256' }, 'shop', platform.host);
  const signed: readonly string[] = [
    access,
    answered.access_token,
    answered.refresh_token,
    code,
    session,
    `${sig}.${data}`,
    notice,
  ];
  const bothWays = signed.flatMap((one) => [one, one.split('.').toReversed().join('.')]);

  const opens: string[] = [];
  for (const one of bothWays) {
    if ((await platform.send('GET', `/api/2/user/42/traits?oauth_token=${one}`)).status === 200) opens.push(one);
    const refreshed = await askToken(platform, { grant_type: 'refresh_token', refresh_token: one });
    if (refreshed.status === 200) opens.push(one);
    if ((await exchange(platform, one)).status === 200) opens.push(one);
    if ((await platform.script('/ajax/traits.js', { t: one }, cookie)).answer?.result === true) opens.push(one);
  }
  // Each for its own use alone. An empty answer of the API is no traits either.
  expect(opens).toEqual([access, answered.access_token, answered.refresh_token, code]);
});

describe('a user token', () => {
  const calls = [
    ['GET', 'traits', '', 200],
    ['POST', 'traits', 'traits={"a":1}', 200],
    ['DELETE', 'trait/a', '', 202],
  ] as const;

  it.each(calls)('%s of its own user’s traits and of nobody else’s', async (method, path, body, status) => {
    const platform = createPlatform({ settings });
    const token = await userToken(platform, '42');
    await platform.batch([
      { type: 'traits', ids: { user: '42' }, traits: { a: 0 } },
      { type: 'traits', ids: { user: '43' }, traits: { a: 0 } },
    ]);
    const ask = (user: string) => platform.send(method, `/api/2/user/${user}/${path}?oauth_token=${token}`, body);
    expect((await ask('42')).status).toBe(status);
    const other = await ask('43');
    expect(other.status).toBe(403);
    expect(json(other)).toMatchObject({ name: 'SPP Container', code: 403, data: null, error: { code: 403 } });
    expect(platform.world.person('user', '43')?.traits.get('a')).toBe(0);
  });

  it('is refreshed into one of the same user', async () => {
    const platform = createPlatform({ settings });
    const first = json(await exchange(platform, await codeOf(platform, '42')));
    await platform.batch([{ type: 'login', ids: { user: '43' } }]);
    const reply = await askToken(platform, { grant_type: 'refresh_token', refresh_token: first.refresh_token });
    expect(json(reply)).toMatchObject({ user_id: '42' });
    const status = async (user: string) =>
      (await platform.send('GET', `/api/2/user/${user}/traits?oauth_token=${tokenIn(reply)}`)).status;
    expect([await status('42'), await status('43')]).toEqual([200, 403]);
  });
});

describe('scopes of tokens', () => {
  const scopes = { read: [GET], write: [POST] };

  it('are those that were asked for, and through a refresh no others', async () => {
    const platform = createPlatform({ settings: { ...settings, scopes } });
    const ask = (fields: Readonly<Record<string, string>>) => askToken(platform, fields);
    const own = json(await ask({ grant_type: 'client_credentials', scope: 'read read write' }));
    expect(own.scope).toBe('read write');
    const user = json(await exchange(platform, await codeOf(platform, '42', 'read')));
    expect(user.scope).toBe('read');
    const refresh = { grant_type: 'refresh_token', refresh_token: user.refresh_token };
    expect(json(await ask(refresh)).scope).toBe('read');
    expect(json(await ask({ ...refresh, scope: 'read' })).scope).toBe('read');
    expect(json(await ask({ ...refresh, scope: 'write' })).error).toBe('invalid_scope');
    expect(json(await ask({ ...refresh, refresh_token: own.refresh_token, scope: 'write' })).scope).toBe('write');
  });

  it.each(['admin', 'read admin', '__proto__', 'toString'])('%s is not the client’s', async (scope) => {
    const platform = createPlatform({ settings: { ...settings, scopes } });
    const reply = await askToken(platform, { grant_type: 'client_credentials', scope });
    expect([reply.status, json(reply)]).toMatchObject([400, { error: 'invalid_scope', type: 'OAuthException' }]);
  });

  it('are none of a client that has none in its settings, whatever it asks for', async () => {
    const reply = await askToken(createPlatform(), { grant_type: 'client_credentials', scope: 'admin' });
    expect(json(reply)).toMatchObject({ scope: null });
  });
});
