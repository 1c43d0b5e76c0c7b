import { createHmac } from 'node:crypto';
import type { Json } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import type { WireReply } from '../../src/protocol.ts';
import { SERVER_KEY, WRITE_KEY } from '../world.ts';
import { clientToken, REDIRECT, userToken } from './oauth-world.ts';
import { CLIENT, createPlatform, type Platform } from './platform-world.ts';

const json = (reply: WireReply) => JSON.parse(String(reply.body));
const GET = 'GET user/{userId}/traits';
const POST = 'POST user/{userId}/traits';
const DELETE = 'DELETE user/{userId}/trait/{trait}';

/** A token of ours, made by hand. */
function forged(said: object): string {
  const payload = Buffer.from(JSON.stringify(said)).toString('base64url');
  return `${payload}.${createHmac('sha256', SERVER_KEY).update(`spid-token\n${payload}`).digest('base64url')}`;
}

/** What can be wrong with a request, in the order in which it counts, and how it is answered. */
const ladder = [
  ['the endpoint is unknown', 404, undefined],
  ['there is no token', 401, 'invalid_request'],
  ['the token is none', 401, 'invalid_token'],
  ['the token has expired', 401, 'expired_token'],
  ['the token lacks the scope', 401, 'insufficient_scope'],
  ['the address is not allowed', 403, 'The requesting IP address is not allowed.'],
  ['there were too many requests', 420, 'The request rate limit is exceeded.'],
  ['the context is another client’s', 401, 'unauthorized_client'],
  ['the endpoint is not granted', 403, 'The client is not granted this endpoint.'],
  ['the user is unknown', 404, 'There is no such user.'],
  ['the user is not connected to the client', 403, 'The user is not connected to the client.'],
  ['the token is another user’s', 403, 'The token is another user’s.'],
  ['the traits are none', 400, 'The parameter traits must be a JSON object.'],
  ['nothing', 200, undefined],
] as const;
const names: readonly string[] = ladder.map(([name]) => name);

/** Sends a POST with which everything from one rung of the ladder on is wrong. */
async function wrongFrom(rung: string): Promise<{ readonly platform: Platform; readonly reply: WireReply }> {
  const isWrong = (name: (typeof ladder)[number][0]) => names.indexOf(name) >= names.indexOf(rung);
  const settings: Record<string, Json> = {
    redirectUris: [REDIRECT],
    scopes: { write: [POST] },
    ...(isWrong('there were too many requests') ? { requestsPerHour: 1 } : {}),
  };
  const platform = createPlatform({ settings });
  // Before the request: the users, the one of whom only a page has spoken, and a request that uses the hour up.
  const whole = await userToken(platform, '42', 'write');
  const small = await userToken(platform, '42');
  await platform.batch([{ type: 'login', ids: { user: '44' } }]);
  await platform.batch([{ type: 'track', name: 'Seen', ids: { user: '77' } }], WRITE_KEY);
  await platform.send('GET', `/api/2/user/42/traits?oauth_token=${whole}`);

  Object.assign(settings, {
    connectedUsersOnly: true,
    addresses: isWrong('the address is not allowed') ? ['192.0.2.7'] : ['127.0.0.1'],
    endpoints: isWrong('the endpoint is not granted') ? [GET] : [POST],
  });
  const token = isWrong('there is no token')
    ? ''
    : isWrong('the token is none')
      ? 'noise'
      : isWrong('the token has expired')
        ? forged({ c: CLIENT, u: 'access', e: 1, n: '42' })
        : isWrong('the token lacks the scope')
          ? small
          : whole;
  const user = isWrong('the user is unknown')
    ? '43'
    : isWrong('the user is not connected to the client')
      ? '77'
      : isWrong('the token is another user’s')
        ? '44'
        : '42';
  const query = new URLSearchParams({
    oauth_token: token,
    contextClientId: isWrong('the context is another client’s') ? 'other' : CLIENT,
  });
  const path = `/api/2/user/${user}/${isWrong('the endpoint is unknown') ? 'nothing' : 'traits'}`;
  const body = `traits=${isWrong('the traits are none') ? '[]' : '{"a":1}'}`;
  return { platform, reply: await platform.send('POST', `${path}?${query}`, body) };
}

describe('the error ladder, everything from one rung on being wrong', () => {
  it.each(ladder)('%s', async (rung, code, said) => {
    const { platform, reply } = await wrongFrom(rung);
    expect(reply.status).toBe(code);
    const body = json(reply);
    if (code === 401) {
      expect(body).toEqual({
        error: said,
        error_code: 401,
        type: 'OAuthException',
        error_description: `401 Unauthorized access! Reason: "${said}" (OAuth realm: "Service", Scope: "${said === 'insufficient_scope' ? 'write' : ''}")`,
      });
    } else {
      expect(body).toMatchObject({ name: 'SPP Container', code, data: code === 200 ? { a: 1 } : null });
      expect(body.error?.code).toBe(code === 200 ? undefined : code);
      if (said !== undefined) expect(body.error.description).toBe(said);
    }
    // Nothing is saved by what is refused, whoever it was for.
    for (const user of ['42', '43', '44', '77'])
      expect([...(platform.world.person('user', user)?.traits ?? [])]).toEqual(
        code === 200 && user === '42' ? [['a', 1]] : [],
      );
  });
});

describe('scopes', () => {
  const settings = { scopes: { read: [GET], write: [GET, POST, DELETE] } };
  const calls = [
    ['GET', '/api/2/user/42/traits', ''],
    ['POST', '/api/2/user/42/traits', 'traits={"a":1}'],
    ['DELETE', '/api/2/user/42/trait/a', ''],
  ] as const;
  it.each([
    ['', [401, 401, 401]],
    ['read', [200, 401, 401]],
    ['write', [200, 200, 202]],
    ['write read', [200, 200, 202]],
  ])('a token of the scopes “%s”', async (scope, statuses) => {
    const platform = createPlatform({ settings });
    await platform.batch([{ type: 'login', ids: { user: '42' } }]);
    const token = await clientToken(platform, scope);
    const got: number[] = [];
    for (const [method, path, body] of calls)
      got.push((await platform.send(method, `${path}?oauth_token=${token}`, body)).status);
    expect(got).toEqual(statuses);
  });

  it('those that would do are named, also for a question', async () => {
    const platform = createPlatform({ settings });
    const token = await clientToken(platform);
    const reply = await platform.send('GET', `/api/2/user/42/traits?oauth_token=${token}`);
    expect(json(reply).error_description).toContain(
      '"insufficient_scope" (OAuth realm: "Service", Scope: "read write")',
    );
  });
});

describe('a rate', () => {
  const ask = async (platform: Platform, token: string, user = '42') => {
    const reply = await platform.send('GET', `/api/2/user/${user}/traits?oauth_token=${token}`);
    return [reply.status, json(reply).request];
  };

  it('is told by every container, and starts anew with the hour', async () => {
    const platform = createPlatform({ settings: { requestsPerHour: 2 } });
    await platform.batch([{ type: 'login', ids: { user: '42' } }]);
    const token = await clientToken(platform);
    // The world's clock goes on by a second with every request.
    const left = 3600 - (Math.floor(platform.world.host.now / 1000) % 3600);
    expect(await ask(platform, token)).toEqual([200, { reset: left - 1, limit: 2, remaining: 1 }]);
    expect(await ask(platform, token, '43')).toEqual([404, { reset: left - 2, limit: 2, remaining: 0 }]);
    expect(await ask(platform, token)).toEqual([420, { reset: left - 3, limit: 2, remaining: 0 }]);
    while (platform.world.host.now % 3_600_000 > 5_000) await platform.send('GET', '/');
    expect((await ask(platform, token))[1]).toMatchObject({ limit: 2, remaining: 1 });
  });

  it('says by Retry-After when one may come again, and the operator sees who was told to wait, of a question too', async () => {
    const platform = createPlatform({ settings: { requestsPerHour: 1 } });
    const token = await clientToken(platform);
    const get = () => platform.send('GET', `/api/2/user/42/traits?oauth_token=${token}`);
    const [allowed, before] = [await get(), platform.world.counts.get('rejected') ?? 0];
    const late = await get();
    expect([allowed.headers['retry-after'], late.headers['retry-after']]).toEqual([
      undefined,
      String(json(late).request.reset),
    ]);
    expect(platform.world.counts.get('rejected')).toBe(before + 1);
  });

  it('is not there unless it is set', async () => {
    const platform = createPlatform();
    await platform.batch([{ type: 'login', ids: { user: '42' } }]);
    const token = await clientToken(platform);
    for (let i = 0; i < 3; i += 1)
      expect((await ask(platform, token))[1]).toMatchObject({ limit: 10_000, remaining: 10_000 });
  });

  it('counts nobody who is not the client', async () => {
    const platform = createPlatform({ settings: { requestsPerHour: 1 } });
    await platform.batch([{ type: 'login', ids: { user: '42' } }]);
    const token = await clientToken(platform);
    for (const other of ['', 'noise']) expect((await ask(platform, other))[0]).toBe(401);
    expect((await ask(platform, token))[0]).toBe(200);
  });
});

describe('a connection', () => {
  it.each<[string, number, (platform: Platform) => Promise<unknown>]>([
    ['a page that names a user is none', 403, (one) => one.batch([{ type: 'identify', ids: seen }], WRITE_KEY)],
    ['an event of the server key’s is, since it made the user', 200, (one) => one.batch([event])],
    [
      'a login without a browser is, since it made the user',
      200,
      (one) => one.batch([{ type: 'login', ids: { user: '5' } }]),
    ],
    [
      'a login of somebody a page knew first is',
      200,
      async (one) => {
        await one.batch([{ type: 'track', name: 'Seen', ids: { user: '5' } }], WRITE_KEY);
        await one.batch([{ type: 'login', ids: { user: '5', visitor: 'visitorvisitorvisito' } }]);
      },
    ],
    [
      'profile data of somebody a page knew first is',
      200,
      async (one) => {
        await one.batch([{ type: 'track', name: 'Seen', ids: { user: '5' } }], WRITE_KEY);
        await one.batch([{ type: 'traits', ids: { user: '5' }, traits: { Locale: 'nb_NO' } }]);
      },
    ],
  ])('%s', async (_name, status, make) => {
    for (const connectedUsersOnly of [true, false]) {
      const platform = createPlatform({ settings: { connectedUsersOnly } });
      await make(platform);
      const token = await clientToken(platform);
      const reply = await platform.send('GET', `/api/2/user/5/traits?oauth_token=${token}`);
      expect(reply.status).toBe(connectedUsersOnly ? status : 200);
    }
  });
});
const seen = { user: '5', visitor: 'visitorvisitorvisito' };
const event = { type: 'track', name: 'Order complete', ids: { user: '5' } };
