import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { WireReply } from '../../src/protocol.ts';
import { spid } from '../../src/spid/index.ts';
import { request } from '../world.ts';
import { type Circumstances, CLIENT, createPlatform, type Platform, secondsOf, signed } from './platform-world.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = (reply: WireReply) => JSON.parse(String(reply.body));
const credentials = `client_id=${CLIENT}&client_secret=server-key&redirect_uri=http%3A%2F%2Fa.test&grant_type=client_credentials&scope=&state=`;

async function tokenOf(platform: Platform): Promise<string> {
  return json(await platform.send('POST', '/oauth/token?method=POST', credentials, form)).access_token;
}

/** A platform with one user, 42, and a token. */
async function client(circumstances: Circumstances = {}) {
  const platform = createPlatform(circumstances);
  await platform.batch([{ type: 'login', ids: { user: '42' } }]);
  const T = await tokenOf(platform);
  const call = (method: string, path: string, body = '', headers: Readonly<Record<string, string>> = {}) =>
    platform.send(method, path.replace('$T', T), body, { ...(body === '' ? {} : form), ...headers });
  return { platform, T, call };
}
const traits = (value: unknown) => `traits=${encodeURIComponent(JSON.stringify(value))}`;

describe('tokens', () => {
  it('the PHP SDK’s request, and what it is answered', async () => {
    const platform = createPlatform();
    const reply = await platform.send('POST', '/oauth/token?method=POST', credentials, form);
    expect(reply.status).toBe(200);
    expect(json(reply)).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]{43}$/),
      expires_in: 604800,
      scope: null,
      user_id: false,
      is_admin: false,
      refresh_token: expect.any(String),
      server_time: secondsOf(platform),
    });
  });

  it('credentials in a Basic header', async () => {
    const authorization = `Basic ${btoa(`${CLIENT}:server-key`)}`;
    const reply = await createPlatform().send('POST', '/oauth/token', 'grant_type=client_credentials', {
      ...form,
      authorization,
    });
    expect(reply.status).toBe(200);
  });

  it('a refresh token gives a new one to its own client, and nothing else does', async () => {
    const platform = createPlatform();
    const first = json(await platform.send('POST', '/oauth/token', credentials, form));
    const refresh = (token: string, more: string = credentials) =>
      platform.send(
        'POST',
        '/oauth/token',
        `${more.replace('client_credentials', 'refresh_token')}&refresh_token=${token}`,
        form,
      );
    const again = await refresh(first.refresh_token);
    expect(again.status).toBe(200);
    await platform.batch([{ type: 'login', ids: { user: '42' } }]);
    const { access_token } = json(again);
    expect((await platform.send('GET', `/api/2/user/42/traits?oauth_token=${access_token}`)).status).toBe(200);
    for (const token of ['', 'no', first.access_token, `${first.refresh_token}x`]) {
      const reply = await refresh(token);
      expect([reply.status, json(reply).error]).toEqual([400, 'invalid_grant']);
    }
    const without = await refresh(first.refresh_token, credentials.replace('server-key', 'wrong'));
    expect(json(without).error).toBe('invalid_client_credentials');
  });

  it.each([
    ['invalid_request', ''],
    ['unsupported_grant_type', credentials.replace('client_credentials', 'password')],
    ['invalid_client_id', credentials.replace(CLIENT, 'nobody')],
    ['invalid_client_credentials', credentials.replace('server-key', 'wrong')],
    ['invalid_client_credentials', credentials.replace('server-key', '')],
    ['invalid_client_credentials', credentials.replace('server-key', 'e2e-public-key')],
  ])('%s', async (error, body) => {
    const reply = await createPlatform().send('POST', '/oauth/token', body, form);
    expect(reply.status).toBe(400);
    expect(json(reply)).toMatchObject({ error, error_code: 400, type: 'OAuthException' });
  });
});

describe('the error ladder', () => {
  const path = '/api/2/user/42/traits';

  it.each([
    '/',
    '/api/2',
    '/api/2/user',
    '/api/2/user/42',
    '/api/3/user/42/traits',
    '/api/2/user/42/traits/a/b',
    '/js/x.js',
  ])('%s is unknown, with or without a token', async (unknown) => {
    const reply = await createPlatform().send('GET', unknown);
    expect(reply.status).toBe(404);
    expect(json(reply)).toMatchObject({ name: 'SPP Container', code: 404, data: null, error: { code: 404 } });
  });

  it.each([
    ['no token', () => ''],
    ['an empty token', () => '?oauth_token='],
  ])('%s', async (_name, query) => {
    const reply = await createPlatform().send('GET', path + query());
    expect(reply.status).toBe(401);
    expect(json(reply)).toEqual({
      error: 'invalid_request',
      error_code: 401,
      type: 'OAuthException',
      error_description: '401 Unauthorized access! Reason: "invalid_request" (OAuth realm: "Service", Scope: "")',
    });
  });

  const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = (value: unknown) =>
    `${text(value)}.${createHmac('sha256', 'test').update(text(value)).digest('base64url')}`;
  it.each<[string, (token: string, refresh: string) => string]>([
    ['noise', () => 'T'],
    ['one part', (token) => token.split('.')[0] ?? ''],
    ['three parts', (token) => `${token}.x`],
    ['a changed character', (token) => token.replace(/.$/, (one) => (one === 'A' ? 'E' : 'A'))],
    ['a changed expiry', (token) => `${text({ c: CLIENT, u: 'access', e: 9e9 })}.${token.split('.')[1]}`],
    ['one signed with the signing secret', () => forged({ c: CLIENT, u: 'access', e: 9e9 })],
    ['null', () => `${text(null)}.x`],
    ['a number', () => forged(5)],
    ['an array', () => forged([])],
    ['a client that is none', () => forged({ c: 5, u: 'access', e: 9e9 })],
    ['a refresh token', (_token, refresh) => refresh],
    ['a signed blob', () => signed({ c: CLIENT, u: 'access', e: 9e9 })],
  ])('%s is no token', async (_name, make) => {
    const platform = createPlatform();
    const given = json(await platform.send('POST', '/oauth/token', credentials, form));
    const token = make(given.access_token, given.refresh_token);
    const reply = await platform.send('GET', path, '', { authorization: `Bearer ${token}` });
    expect([reply.status, json(reply).error]).toEqual([401, 'invalid_token']);
  });

  it('a token is good for a week', async () => {
    const { platform, T } = await client();
    const later = (ms: number) =>
      Object.create(platform.host, { now: { value: platform.world.host.now + ms } }) as typeof platform.host;
    const ask = async (ms: number) => {
      const reading = await spid.read(request('GET', `${path}?oauth_token=${T}`), later(ms));
      return reading.type === 'answer' ? reading.reply : undefined;
    };
    expect((await ask(604_799_000))?.status).toBe(200);
    const reply = (await ask(604_801_000)) as WireReply;
    expect([reply.status, json(reply).error]).toEqual([401, 'expired_token']);
  });

  it.each([
    ['GET', 'GET', '/api/2/user/43/traits?oauth_token=$T', ''],
    ['POST', 'POST', '/api/2/user/43/traits?oauth_token=$T', traits({ a: 1 })],
    ['DELETE', 'DELETE', '/api/2/user/43/trait/a?oauth_token=$T', ''],
    ['a placeholder', 'GET', '/api/2/user/0/traits?oauth_token=$T', ''],
  ])('a user nobody knows: %s', async (_name, method, url, body) => {
    const { platform, call } = await client();
    const reply = await call(method, url, body);
    expect(reply.status).toBe(404);
    expect(json(reply)).toMatchObject({ code: 404, data: null, error: { code: 404, type: 'ApiException' } });
    expect(platform.world.person('user', '43')).toBeUndefined();
  });

  it.each([
    ['no traits', 'other=1'],
    ['an empty body', ''],
    ['no JSON', 'traits={'],
    ['an array', traits([1])],
    ['text', traits('a')],
    ['null', 'traits=null'],
    ['nothing in it', traits({})],
    ['a null value', traits({ a: 1, b: null })],
    ['an object value', traits({ a: 1, b: {} })],
    ['a name twice', 'traits={"a":1,"a":2}'],
    ['a number that is none', 'traits={"a":1e999}'],
    ['too deep', `traits=${'['.repeat(50)}`],
  ])('400 for %s, and nothing is saved', async (_name, body) => {
    const { platform, call } = await client();
    const reply = await call('POST', '/api/2/user/42/traits?oauth_token=$T', body);
    expect(reply.status).toBe(400);
    expect(json(reply)).toMatchObject({ code: 400, data: null, error: { code: 400 } });
    expect(platform.world.person('user', '42')?.traits.size).toBe(0);
  });

  it.each([
    ['PUT', '/api/2/user/42/traits'],
    ['PATCH', '/api/2/user/42/traits'],
    ['POST', '/api/2/user/42/traits?method=PUT'],
    ['POST', '/api/2/user/42/trait/a'],
    ['DELETE', '/api/2/user/42/traits'],
  ])('%s %s is no endpoint', async (method, url) => {
    const { call } = await client();
    const reply = await call(method, `${url}${url.includes('?') ? '&' : '?'}oauth_token=$T`, traits({ a: 1 }));
    expect([reply.status, json(reply).error.description]).toEqual([404, 'Unknown endpoint.']);
  });
});

describe('traits', () => {
  it('the pairs of the original sample run', async () => {
    const { call } = await client();
    await call('POST', '/api/2/user/42/traits?method=POST&oauth_token=$T', traits({ trait: 'OK' }));
    const added = await call('POST', '/api/2/user/42/traits?method=POST&oauth_token=$T', traits({ key: 'some-data' }));
    expect(added.status).toBe(200);
    expect(json(added).data).toEqual({ key: 'some-data', trait: 'OK' });
    const removed = await call('DELETE', '/api/2/user/42/trait/key?method=DELETE&oauth_token=$T');
    expect(removed.status).toBe(202);
    expect(json(removed)).toMatchObject({ code: 202, data: { trait: 'OK' } });
    const listed = await call('GET', '/api/2/user/42/traits?method=GET&oauth_token=$T');
    expect(json(listed)).toEqual({
      name: 'SPP Container',
      version: '0.2',
      api: 2,
      object: 'User',
      type: 'element',
      code: 200,
      request: { reset: expect.any(Number), limit: expect.any(Number), remaining: expect.any(Number) },
      debug: {
        route: { name: expect.any(String), url: '/api/2/user/42/traits', controller: expect.any(String) },
        params: { options: [], where: [] },
      },
      meta: null,
      error: null,
      data: { trait: 'OK' },
    });
  });

  it('the calls of the PHP SDK with a name that has a space', async () => {
    const { call } = await client();
    const all = await call(
      'POST',
      '/api/2/user/42/traits?method=POST&oauth_token=$T',
      'traits=%7B%22Goals+reached%22%3A13%7D',
    );
    expect(json(all).data).toEqual({ 'Goals reached': 13 });
    const one = await call('GET', '/api/2/user/42/traits?method=GET&oauth_token=$T&key=Goals+reached');
    expect(json(one).data).toEqual({ 'Goals reached': 13 });
    const none = await call('GET', '/api/2/user/42/traits?oauth_token=$T&key=other');
    expect(json(none).data).toEqual({});
    const gone = await call('DELETE', '/api/2/user/42/trait/Goals%20reached?method=DELETE&oauth_token=$T');
    expect([gone.status, json(gone).data]).toEqual([202, {}]);
  });

  it.each(['a.b', 'a/b', 'å', '100%', 'a.json.x', '__proto__', 'toString'])('a trait named %s', async (name) => {
    const { platform, call } = await client();
    const body = `traits=${encodeURIComponent(`{${JSON.stringify(name)}:"x"}`)}`;
    const added = await call('POST', '/api/2/user/42/traits?oauth_token=$T', body);
    expect(Object.entries(json(added).data)).toEqual([[name, 'x']]);
    await call('DELETE', `/api/2/user/42/traits/${encodeURIComponent(name)}?oauth_token=$T`);
    expect(platform.world.person('user', '42')?.traits.size).toBe(0);
  });

  it('both spellings of the paths, with and without a version and a suffix', async () => {
    const { call } = await client();
    for (const url of [
      '/api/2/user/42/traits',
      '/api/2/user/42/traits.json',
      '/api/user/42/traits',
      '/api/2/user/42/traits/',
    ])
      expect((await call('GET', `${url}?oauth_token=$T`)).status).toBe(200);
    for (const url of ['/api/2/user/42/trait/x', '/api/2/user/42/traits/x', '/api/user/42/trait/x.json'])
      expect((await call('DELETE', `${url}?oauth_token=$T`)).status).toBe(202);
  });

  it('the token as Bearer and in the body; `method` overrides a POST and nothing else', async () => {
    const { T, call } = await client();
    const bearer = { authorization: `Bearer ${T}` };
    expect((await call('GET', '/api/2/user/42/traits?method=DELETE', '', bearer)).status).toBe(200);
    expect((await call('POST', '/api/2/user/42/traits', `oauth_token=${T}&${traits({ a: 1 })}`)).status).toBe(200);
    expect(json(await call('POST', '/api/2/user/42/trait/a?method=delete', '', bearer))).toMatchObject({
      code: 202,
      data: {},
    });
  });

  it('never shows or sets the platform’s own names', async () => {
    const { platform, call } = await client();
    await platform.batch([{ type: 'traits', ids: { user: '42' }, traits: { Birthday: '1980-01-01', Gender: 'x' } }]);
    const reply = await call(
      'POST',
      '/api/2/user/42/traits?oauth_token=$T',
      traits({ Birthday: 'no', Client: 'x', a: 1 }),
    );
    expect([reply.status, json(reply).data]).toEqual([200, { a: 1 }]);
    await call('DELETE', '/api/2/user/42/trait/Birthday?oauth_token=$T');
    expect(platform.world.person('user', '42')?.traits.get('Birthday')).toBe('1980-01-01');
  });

  it('what is signed and what is sent overrule each other by time', async () => {
    const { platform, call } = await client();
    await call('POST', '/api/2/user/42/traits?oauth_token=$T', traits({ a: 'api', b: 'api' }));
    await platform.batch([{ type: 'login', ids: { user: '42', visitor: 'visitorvisitorvisito' } }]);
    const cookie = 'selfsame_visitor=visitorvisitorvisito';
    await platform.script('/ajax/traits.js', { t: signed({ a: 'signed', t: secondsOf(platform) }) }, cookie);
    expect(json(await call('GET', '/api/2/user/42/traits?oauth_token=$T')).data).toEqual({ a: 'signed', b: 'api' });
    await call('DELETE', '/api/2/user/42/trait/a?oauth_token=$T');
    expect(json(await call('GET', '/api/2/user/42/traits?oauth_token=$T')).data).toEqual({ b: 'api' });
  });

  it('that are set are an event of the user, without a browser’s properties; a deleted one is none', async () => {
    const { platform, call } = await client();
    await call('POST', '/api/2/user/42/traits?oauth_token=$T', traits({ b: 'old', c: 1 }));
    await call(
      'POST',
      '/api/2/user/42/traits?oauth_token=$T',
      traits({ a: true, b: 'new', url: 'http://a.test/?tag=x' }),
    );
    expect(platform.lastEvent()).toEqual({
      name: 'Traits set',
      ids: [{ kind: 'user', value: '42' }],
      properties: [
        ...Object.entries({ b: 'new', c: 1, a: true, url: 'http://a.test/?tag=x' }),
        ...Object.entries({
          Version: '1',
          Revision: '0.1.0',
          'SPiD ID': '42',
          Client: 'Shop',
          'User status': 'connected',
        }),
      ],
    });
    await call('DELETE', '/api/2/user/42/trait/a?oauth_token=$T');
    expect(platform.events('42')).toEqual(['spid Traits set', 'spid Traits set']);
  });

  it('a visitor’s traits are the user’s once they log in', async () => {
    const { platform, call } = await client();
    const { cookie } = await platform.script('/ajax/traits.js', { t: signed({ a: 1 }) });
    await platform.batch([{ type: 'login', ids: { user: '42', visitor: cookie.split('=')[1] } }]);
    expect(json(await call('GET', '/api/2/user/42/traits?oauth_token=$T')).data).toEqual({ a: 1 });
  });
});

describe('JSONP', () => {
  it.each([
    ['&callback=show', 'show'],
    ['', 'callback'],
    ['&callback=alert(1)', 'callback'],
  ])('%s', async (query, name) => {
    const { call } = await client();
    const reply = await call('GET', `/api/2/user/42/traits.jsonp?oauth_token=$T${query}`);
    expect(reply.headers['content-type']).toBe('application/javascript; charset=utf-8');
    const got: unknown[] = [];
    new Function(name, String(reply.body))((value: unknown) => got.push(value));
    expect(got).toMatchObject([{ name: 'SPP Container', code: 200, data: {} }]);
  });

  it('says an error inside the script', async () => {
    const { call } = await client();
    const reply = await call('GET', '/api/2/user/43/traits.jsonp?oauth_token=$T&callback=f');
    expect(reply.status).toBe(200);
    expect(reply.body).toContain('"code":404');
  });

  it.each(['/api/2/user/42.jsonp', '/api/2/nothing.jsonp', '/nothing.jsonp'])(
    'says inside the script that %s is unknown',
    async (path) => {
      const platform = createPlatform();
      const reply = await platform.send('GET', `${path}?callback=f`);
      expect(reply.status).toBe(200);
      expect(reply.headers['content-type']).toBe('application/javascript; charset=utf-8');
      const got: unknown[] = [];
      new Function('f', String(reply.body))((value: unknown) => got.push(value));
      const error = { code: 404, type: 'ApiException', description: 'Unknown endpoint.' };
      expect(got).toMatchObject([{ name: 'SPP Container', code: 404, error, data: null }]);
      expect((await platform.send('GET', path)).body).toMatch(/^callback\(/);
    },
  );

  it('says inside the script what the server itself refuses', () => {
    const reply = spid.refuse(request('GET', '/api/2/user/42/traits.jsonp?callback=f'), 503, 'too much');
    expect(reply.status).toBe(200);
    expect(reply.body).toBe('f({"error":{"code":503,"type":"ApiException","description":"too much"}});');
  });

  it('says inside the script, too, what is wrong with the token: a browser runs no script of a 401', async () => {
    const { call } = await client();
    const reply = await call('GET', '/api/2/user/42/traits.jsonp?oauth_token=no&callback=f');
    expect(reply.status).toBe(200);
    expect(reply.body).toMatch(/^f\(\{"error":"invalid_token","error_code":401,.*\}\);$/);
  });
});

it('signed answers: data is text, signed as clients verify it', async () => {
  const { call } = await client({ settings: { signedResponses: true } });
  const reply = json(await call('POST', '/api/2/user/42/traits?oauth_token=$T', traits({ a: 'å/' })));
  expect(reply).toMatchObject({ name: 'SPP Container', code: 200, algorithm: 'HMAC-SHA256' });
  expect(createHmac('sha256', 'test').update(reply.data).digest('base64url')).toBe(reply.sig);
  expect(JSON.parse(Buffer.from(reply.data, 'base64url').toString())).toEqual({ a: 'å/' });
  const failed = json(await call('GET', '/api/2/user/43/traits?oauth_token=$T'));
  expect(failed).toMatchObject({ data: null, error: { code: 404 } });
  expect(failed).not.toHaveProperty('sig');
});
