import { createHmac } from 'node:crypto';
import { eventHoldings, type JsonObject, type Person, spansOf } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { request } from '../world.ts';
import { basic, bodyOf, clientOf, directory, mpidOf, open } from './workspace.ts';

const D = { device_application_stamp: 'D1' };
const vectorKey = { publicKey: 'k1', serverKey: 's3cret', start: Date.UTC(2026, 0, 1) - 1_000 };

describe('answers', () => {
  it.each(['multipart/form-data; boundary=x', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16'])(
    'what calls itself %s is 415 and makes nobody',
    async (type) => {
      const world = open('mparticle-default');
      const headers = { 'x-mp-key': 'e2e-public-key', 'content-type': type };
      const body = { environment: 'development', known_identities: D, identity_changes: [], data: {} };
      for (const path of ['identify', 'login', 'logout', 'search', '1/modify']) {
        const reply = await world.send(request('POST', `/v1/${path}`, body, headers));
        expect([path, reply.status, bodyOf(reply)['ErrorCode']]).toEqual([path, 415, 'BAD_REQUEST']);
      }
      expect((await world.send(request('POST', '/v1/identity/e2e-public-key/Alias', body, headers))).status).toBe(415);
      expect(world.entries).toEqual([]);
    },
  );

  it('an MPID is a text, context is null, and matches are those of before the call', async () => {
    const { call } = clientOf(open('mparticle-default'));
    expect(bodyOf(await call('identify', D))).toEqual({
      context: null,
      mpid: '1',
      matched_identities: {},
      is_ephemeral: true,
      is_logged_in: false,
    });
    expect(bodyOf(await call('login', { ...D, customerid: 'C1', email: 'Ann@x.se' }, { previous_mpid: '1' }))).toEqual({
      context: null,
      mpid: '1',
      matched_identities: D,
      is_ephemeral: false,
      is_logged_in: true,
    });
    // D9: the profile is known, but this request carried no login of it.
    const again = bodyOf(await call('identify', { customerid: 'C1', email: 'ANN@x.se' }));
    expect(again['matched_identities']).toEqual({ customerid: 'C1', email: 'ANN@x.se' });
    expect(bodyOf(await call('logout', { ...D, customerid: 'C1' }, { previous_mpid: '1' }))).toMatchObject({
      is_ephemeral: true,
      is_logged_in: false,
    });
  });

  it.each([
    ...['customerid', 'email', 'other', ...Array.from({ length: 9 }, (_, i) => `other${i + 2}`)],
    ...['mobile_number', 'phone_number_2', 'phone_number_3', 'facebook', 'facebookcustomaudienceid', 'google'],
    ...['twitter', 'microsoft', 'yahoo', 'alias'],
    ...['device_application_stamp', 'ios_idfa', 'ios_idfv', 'android_aaid', 'android_uuid', 'amp_id', 'push_token'],
    ...['roku_aid', 'roku_publisher_id', 'fire_aid', 'microsoft_aid', 'microsoft_publisher_id'],
  ])('%s is looked up, changed and given back under its name', async (type) => {
    const { call, modify } = clientOf(open('mparticle-conversion'));
    const mpid = mpidOf(await call('identify', { [type]: 'v1' }));
    expect(bodyOf(await call('identify', { [type]: 'v1' }))).toMatchObject({
      mpid,
      matched_identities: { [type]: 'v1' },
    });
    const changed = await modify(mpid, [{ identity_type: type, old_value: 'v1', new_value: 'v2' }]);
    expect(bodyOf(changed)['change_results']).toEqual([{ identity_type: type, modified_mpid: mpid }]);
    expect(mpidOf(await call('search', { [type]: 'v2' }))).toBe(mpid);
    expect(mpidOf(await call('search', { [type]: 'v1' }))).toBe('NOT_FOUND_ERROR');
  });

  it('null and empty identities are absent', async () => {
    const { call } = clientOf(open('mparticle-default'));
    const reply = await call('identify', { ...D, email: null, customerid: '' });
    expect(bodyOf(reply)).toMatchObject({ mpid: '1', is_logged_in: false });
  });

  it('big integers come and go whole (D17)', async () => {
    const world = open('mparticle-default');
    const { post, call, modify } = clientOf(world);
    const big = '7346244611012968789';
    await post('/v3/JS/e2e-public-key/events', `{"mpid":${big},"events":[]}`, {});
    expect(world.person('mpid', big)).toBeDefined();
    const text = `{"environment":"development","previous_mpid":${big},"known_identities":{"device_application_stamp":"D9"}}`;
    expect(mpidOf(await post('/v1/identify', text))).toBe(big);
    expect(mpidOf(await modify(big, [{ identity_type: 'email', new_value: 'a@b.se', old_value: null }]))).toBe(big);
    await post('/v3/JS/e2e-public-key/events', '{"mpid":"-9223372036854775808","events":[]}', {});
    expect(mpidOf(await call('identify', { email: 'q@q.se' }, { previous_mpid: '-9223372036854775808' }))).toBe(
      '-9223372036854775808',
    );
  });

  it('D11: a request sent again under its request_id has one effect and the same answer', async () => {
    const world = open('mparticle-conversion');
    const { call } = clientOf(world);
    const one = await call('logout', D, { request_id: 'r-1' });
    const two = await call('logout', D, { request_id: 'r-1' });
    const three = await call('logout', D, { request_id: 'r-2' });
    expect(String(two.body)).toBe(String(one.body));
    expect(mpidOf(three)).not.toBe(mpidOf(one));
    // Another call under the same name is another request.
    expect(mpidOf(await call('identify', D, { request_id: 'r-1' }))).toBe(mpidOf(three));
    expect(world.counts.get('duplicate')).toBe(1);
  });

  it('D12: modify answers the MPID and whether the profile is known, and names who lost a value', async () => {
    const world = open('mparticle-conversion', {}, directory('profile_conversion', { uniqueIds: ['user', 'email'] }));
    const { call, modify } = clientOf(world);
    await call('login', { customerid: '1', email: 'x@x.se' });
    await call('identify', { email: 'z@x.se' });
    const changes = [
      { identity_type: 'email', old_value: 'stale@x.se', new_value: 'z@x.se' },
      { identity_type: 'other', old_value: null, new_value: 'o' },
    ];
    expect(bodyOf(await modify('1', changes))).toEqual({
      change_results: [
        { identity_type: 'email', modified_mpid: '1' },
        { identity_type: 'other', modified_mpid: '1' },
        { identity_type: 'email', modified_mpid: '2' },
      ],
      mpid: '1',
      is_logged_in: true,
    });
    expect(world.person('mpid', '2')?.known).toBe(false);
    expect(mpidOf(await call('identify', { email: 'x@x.se' }))).not.toBe('1');
  });

  it('search looks, never makes, and under immutable types only by one of them (D15)', async () => {
    const world = open('mparticle-default');
    const { call } = clientOf(world);
    await call('login', { customerid: 'C1', email: 'x@x.se' });
    const before = world.entries.length;
    expect(mpidOf(await call('search', { customerid: 'C1' }))).toBe('1');
    expect(mpidOf(await call('search', { email: 'x@x.se' }))).toBe('NOT_FOUND_ERROR');
    expect((await call('search', { customerid: 'C2' })).status).toBe(404);
    expect(world.entries.length).toBe(before);
    expect(world.counts.get('rejected')).toBe(2);
  });

  it('read_only answers and changes nothing', async () => {
    const world = open('mparticle-default');
    const { post, modify } = clientOf(world);
    const ask = (path: string, known_identities: object) =>
      post(`${path}?read_only=true`, { environment: 'development', known_identities });
    expect(bodyOf(await ask('/v1/login', { customerid: 'C1' }))).toMatchObject({ is_logged_in: true });
    expect(world.entries.length).toBe(0);
    expect(world.person('user', 'C1')).toBeUndefined();
    await post('/v1/login', { environment: 'development', known_identities: { customerid: 'C1' } });
    const { mpid } = bodyOf(await ask('/v1/login', { customerid: 'C1' }));
    expect(bodyOf(await ask('/v1/logout', D))['mpid']).not.toBe(mpid);
    const change = { identity_changes: [{ identity_type: 'email', new_value: 'a@b.se' }], environment: 'development' };
    expect((await post(`/v1/${mpid}/modify?read_only=1`, change)).status).toBe(200);
    expect(world.person('email', 'a@b.se')).toBeUndefined();
    expect((await modify(String(mpid), change.identity_changes)).status).toBe(200);
    expect(world.person('email', 'a@b.se')).toBeDefined();
  });

  it('debug=1 explains to the server key, and to nobody else', async () => {
    const { post } = clientOf(open('mparticle-default'));
    const body = { environment: 'development', known_identities: { customerid: 'C1' } };
    expect(bodyOf(await post('/v1/identify?debug=1', body))).not.toHaveProperty('debug');
    await post('/v1/logout', { environment: 'development', known_identities: D });
    const asked = await post(
      '/v1/identify?debug=1',
      { environment: 'development', known_identities: { ...D, customerid: 'C1' } },
      { authorization: basic },
    );
    expect(bodyOf(asked)['debug']).toMatchObject({
      how: 'found',
      known: true,
      candidates: [{ mpid: '1', verdict: 'taken', rule: 'R3' }, expect.objectContaining({ verdict: 'passed' })],
    });
  });
});

describe('names: the caller reads his own, never ours', () => {
  const phone = { mobile_number: '+46701', customerid: 'C2', ...D };

  it('in what the debug form says of candidates and of the record', async () => {
    const { call, post } = clientOf(
      open('mparticle-default', {}, directory('default', { uniqueIds: ['user', 'phone'], deviceIds: [] })),
    );
    await call('login', { ...phone, customerid: 'C1' }, {}, { authorization: basic });
    const answer = await post(
      '/v1/login?debug=1',
      { environment: 'development', known_identities: phone },
      { authorization: basic },
    );
    const { candidates, notes } = bodyOf(answer)['debug'] as Record<string, readonly { reason: string }[]>;
    expect([...(candidates ?? []), ...(notes ?? [])].map((one) => one.reason)).toEqual([
      'it is known, and the request carries none of its login identifiers',
      'customerid joined the profile',
      'this mobile_number is unique and another profile holds it; only a modify moves it',
      'device_application_stamp joined the profile',
    ]);
    const both = { environment: 'development', known_identities: { customerid: 'C3', email: 'e@x.se' } };
    const { post: ask, call: tell } = clientOf(open('mparticle-link'));
    await tell('login', { customerid: 'C1', email: 'e@x.se' });
    const { debug } = bodyOf(await ask('/v1/login?debug=1', both, { authorization: basic }));
    expect(debug).toMatchObject({ candidates: [{ reason: 'its customerid is another than the one in the request' }] });
  });

  it('in refusals', async () => {
    const { call, modify } = clientOf(
      open('mparticle-conversion', {}, directory('profile_conversion', { immutableIds: ['phone'] })),
    );
    const mpid = mpidOf(await call('login', phone, {}, { authorization: basic }));
    const refusal = async (identity_type: string) =>
      (bodyOf(await modify(mpid, [{ identity_type, new_value: 'X' }]))['errors'] as { message: string }[])[0]?.message;
    expect(await refusal('mobile_number')).toBe("the profile's mobile_number is immutable");
    expect(await refusal('customerid')).toBe('a more trusted sender said whose customerid that is');
  });
});

describe('errors', () => {
  const modifyBody = (changes: unknown) => ({ environment: 'development', identity_changes: changes });
  const identities = (known: unknown) => ({ environment: 'development', known_identities: known });
  it.each<[string, string, unknown, number, string, string]>([
    ['nothing known', '/v1/identify', identities({}), 400, 'LOOKUP_ERROR', 'knownIdentities is empty.'],
    ['only nulls', '/v1/login', identities({ email: null }), 400, 'LOOKUP_ERROR', 'knownIdentities is empty.'],
    [
      'only placeholders',
      '/v1/login',
      identities({ customerid: 'null' }),
      400,
      'LOOKUP_ERROR',
      'knownIdentities is empty.',
    ],
    ['absent', '/v1/logout', { environment: 'production' }, 400, 'LOOKUP_ERROR', 'knownIdentities is empty.'],
    ['a list', '/v1/identify', identities(['x']), 400, 'BAD_REQUEST', 'known_identities must be an object'],
    [
      'unknown type',
      '/v1/identify',
      identities({ shoe: '1' }),
      400,
      'BAD_REQUEST',
      'known_identities names an identity type we do not know',
    ],
    [
      'prototype key',
      '/v1/identify',
      '{"environment":"development","known_identities":{"__proto__":"1"}}',
      400,
      'BAD_REQUEST',
      'known_identities names an identity type we do not know',
    ],
    ['a number', '/v1/identify', identities({ email: 5.5 }), 400, 'BAD_REQUEST', 'the value of email must be a string'],
    [
      'too long',
      '/v1/identify',
      identities({ email: 'x'.repeat(513) }),
      400,
      'BAD_REQUEST',
      'an identifier is longer than 512 bytes',
    ],
    [
      'no environment',
      '/v1/identify',
      { known_identities: D },
      400,
      'BAD_REQUEST',
      'environment must be production or development',
    ],
    [
      'a strange platform',
      '/v1/identify',
      { ...identities(D), client_sdk: { platform: 'toaster' } },
      400,
      'BAD_REQUEST',
      'client_sdk.platform is none that we know',
    ],
    ['no JSON', '/v1/identify', '{', 400, 'BAD_REQUEST', 'the body is not JSON'],
    ['no object', '/v1/identify', '[]', 400, 'BAD_REQUEST', 'the body is not an object'],
    [
      'a key twice',
      '/v1/identify',
      '{"environment":"development","environment":"production"}',
      400,
      'BAD_REQUEST',
      'an object holds the same key twice',
    ],
    [
      'nobody',
      '/v1/search',
      identities({ customerid: 'C9' }),
      404,
      'NOT_FOUND_ERROR',
      'no profile matches these identities',
    ],
    [
      'no mpid',
      '/v1/zero/modify',
      modifyBody([{ identity_type: 'email', new_value: 'a' }]),
      400,
      'BAD_REQUEST',
      'the path names no mpid',
    ],
    [
      'mpid 0',
      '/v1/0/modify',
      modifyBody([{ identity_type: 'email', new_value: 'a' }]),
      400,
      'BAD_REQUEST',
      'the path names no mpid',
    ],
    [
      'unknown mpid',
      '/v1/9/modify',
      modifyBody([{ identity_type: 'email', new_value: 'a' }]),
      400,
      'BAD_REQUEST',
      'there is no profile of that mpid',
    ],
    ['no changes', '/v1/1/modify', modifyBody([]), 400, 'BAD_REQUEST', 'identity_changes is empty'],
    ['changes absent', '/v1/1/modify', modifyBody(undefined), 400, 'BAD_REQUEST', 'identity_changes must be a list'],
    [
      'unknown type',
      '/v1/1/modify',
      modifyBody([{ identity_type: 'shoe', new_value: 'a' }]),
      400,
      'BAD_REQUEST',
      'an identity change names a type we do not know',
    ],
    ...[4.5, true, false, [], {}].map((new_value): [string, string, unknown, number, string, string] => [
      `the new value ${JSON.stringify(new_value)}`,
      '/v1/1/modify',
      modifyBody([{ identity_type: 'email', new_value }]),
      400,
      'BAD_REQUEST',
      'old_value and new_value must be strings or null',
    ]),
    [
      'immutable',
      '/v1/1/modify',
      modifyBody([{ identity_type: 'customerid', new_value: 'C2' }]),
      400,
      'BAD_REQUEST',
      "the profile's customerid is immutable",
    ],
    ['no such path', '/v1/forget', identities(D), 404, 'NOT_FOUND_ERROR', 'there is nothing at this path'],
  ])('%s: %s', async (_name, path, body, status, code, message) => {
    const world = open('mparticle-default');
    const { post, call } = clientOf(world);
    await call('login', { customerid: 'C1' });
    const reply = await post(path, body);
    const { RequestId, ...said } = bodyOf(reply);
    expect(reply.status).toBe(status);
    expect(said).toEqual({
      Errors: [{ code, message }],
      errors: [{ code, message }],
      ErrorCode: code,
      StatusCode: status,
    });
    expect(typeof RequestId).toBe('string');
    // Nobody is refused in silence: the project sees it, with the reason.
    if (path !== '/v1/forget') expect(world.counts.get('rejected')).toBe(1);
  });

  it('an error names the request it answers', async () => {
    const { call } = clientOf(open('mparticle-default'));
    expect(bodyOf(await call('identify', {}, { request_id: 'r-77' }))['RequestId']).toBe('r-77');
  });

  it('a path in other letters is the same call', async () => {
    const { call } = clientOf(open('mparticle-default'));
    for (const name of ['Identify', 'LOGIN', 'Logout', 'Search'])
      expect([name, (await call(name, { customerid: 'C1' })).status]).toEqual([name, 200]);
  });

  it('another method is refused', async () => {
    expect((await open('mparticle-default').send(request('GET', '/v1/identify'))).status).toBe(405);
  });

  it('one bad change and none is made', async () => {
    const world = open('mparticle-default');
    const { call, modify } = clientOf(world);
    await call('login', { customerid: 'C1', email: 'a@x.se' });
    const changes = [
      { identity_type: 'email', new_value: 'b@x.se' },
      { identity_type: 'customerid', new_value: 'C2' },
    ];
    expect((await modify('1', changes)).status).toBe(400);
    expect(world.person('email', 'b@x.se')).toBeUndefined();
  });
});

describe('who may ask', () => {
  const sign = (date: string, path: string, body: string) =>
    createHmac('sha256', 's3cret').update(`POST\n${date}\n${path}${body}`).digest('hex');

  it('accepts known vectors, in both forms of date, at T2', async () => {
    const world = open('mparticle-default', vectorKey);
    const signed = (path: string, body: string, date: string, signature: string) =>
      world.send(request('POST', path, body, { 'x-mp-key': 'k1', date, 'x-mp-signature': signature }));
    const identify = '{"environment":"development","known_identities":{"customerid":"C1"}}';
    const first = 'dfa37995fd8400e4863220b346d8c1c9e3e8ae4c18f52bd01d463fd3a8c7f377';
    expect(sign('20260101T000000Z', '/v1/identify', identify)).toBe(first);
    expect((await signed('/v1/identify', identify, '20260101T000000Z', first)).status).toBe(200);
    expect(world.entries[0]?.entry.trust).toBe(2);
    // Signed well, and then refused for its body: 400, not 401.
    const second = '4b3b18e6734e4ddb92badf6ff96be90d8f61748f2e127dc3c7de74945047a658';
    expect((await signed('/v1/1001/modify', '{}', 'Thu, 01 Jan 2026 00:00:00 GMT', second)).status).toBe(400);
  });

  it('accepts the Basic vector, at T2', async () => {
    const world = open('mparticle-default', vectorKey);
    const body = { environment: 'production', known_identities: { customerid: 'C1' } };
    const reply = await world.send(request('POST', '/v1/login', body, { authorization: 'Basic azE6czNjcmV0' }));
    expect(reply.status).toBe(200);
    expect(world.entries[0]?.entry.trust).toBe(2);
  });

  it('signs the path of the vendor’s host, wherever the client was pointed to', async () => {
    const world = open('mparticle-default', vectorKey);
    const date = '20260101T000000Z';
    const body = '{"environment":"development","known_identities":{"customerid":"C1"}}';
    const headers = { 'x-mp-key': 'k1', date, 'x-mp-signature': sign(date, '/v1/identify', body) };
    expect((await world.send(request('POST', '/identity/v1/identify', body, headers))).status).toBe(200);
    expect((await world.send(request('POST', '/identity/v1/login', body, headers))).status).toBe(401);
  });

  it('signs the path with its query, and with the prefix it was sent to', async () => {
    const world = open('mparticle-default', vectorKey);
    const date = '20260101T000000Z';
    const body = '{"environment":"development","known_identities":{"customerid":"C1"}}';
    for (const signedPath of ['/v1/identify?debug=1', '/mparticle/v1/identify?debug=1']) {
      const signature = sign(date, signedPath, body);
      const reply = await world.send(
        request('POST', '/v1/identify?debug=1', body, { 'x-mp-key': 'k1', date, 'x-mp-signature': signature }),
      );
      expect(bodyOf(reply)).toHaveProperty('debug');
    }
  });

  const body = '{"environment":"development","known_identities":{"customerid":"C1"}}';
  const good = sign('20260101T000000Z', '/v1/identify', body);
  it.each<[string, Record<string, string>, boolean]>([
    ['no key', {}, false],
    ['an unknown key', { 'x-mp-key': 'nobody' }, false],
    ['the server key as web key', { 'x-mp-key': 's3cret' }, false],
    ['Basic with a wrong secret', { authorization: `Basic ${btoa('k1:wrong')}` }, true],
    ['Basic with an unknown key', { authorization: `Basic ${btoa('k9:s3cret')}` }, false],
    ['Bearer', { authorization: 'Bearer k1' }, false],
    [
      'a signature one digit off',
      {
        'x-mp-key': 'k1',
        date: '20260101T000000Z',
        'x-mp-signature': good.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      },
      true,
    ],
    [
      'a signature in capitals',
      { 'x-mp-key': 'k1', date: '20260101T000000Z', 'x-mp-signature': good.toUpperCase() },
      true,
    ],
    ['a signature of no length', { 'x-mp-key': 'k1', date: '20260101T000000Z', 'x-mp-signature': '' }, true],
    ['a signature without a date', { 'x-mp-key': 'k1', 'x-mp-signature': good }, true],
    [
      'a signature of 16 minutes ago',
      { 'x-mp-key': 'k1', date: '20251231T234400Z', 'x-mp-signature': sign('20251231T234400Z', '/v1/identify', body) },
      true,
    ],
    [
      'a wrong signature beside good credentials',
      {
        authorization: 'Basic azE6czNjcmV0',
        'x-mp-key': 'k1',
        date: '20260101T000000Z',
        'x-mp-signature': 'f'.repeat(64),
      },
      true,
    ],
  ])('401 without a body: %s', async (_name, headers, isSeen) => {
    const world = open('mparticle-default', vectorKey);
    const reading = await world.read(request('POST', '/v1/identify', body, headers));
    const reply = await world.send(request('POST', '/v1/identify', body, headers));
    expect([reply.status, reply.body]).toEqual([401, '']);
    expect(world.counts.get('rejected')).toBe(1);
    // The project sees what was done with its key; what shows no key of ours is counted.
    expect(reading.type === 'items' && 'project' in (reading.items[0] as object)).toBe(isSeen);
  });

  it('14 minutes off is still good', async () => {
    const world = open('mparticle-default', vectorKey);
    const date = '20251231T234600Z';
    const headers = { 'x-mp-key': 'k1', date, 'x-mp-signature': sign(date, '/v1/identify', body) };
    expect((await world.send(request('POST', '/v1/identify', body, headers))).status).toBe(200);
  });
});

describe('trust', () => {
  it('a public key neither takes, replaces nor removes what the server key gave, of any kind (S10)', async () => {
    const world = open('mparticle-conversion');
    const { call, modify } = clientOf(world);
    const victim = mpidOf(await call('login', { customerid: 'C1', email: 'v@x.se' }, {}, { authorization: basic }));
    const attacker = mpidOf(await call('identify', D));
    const take = [{ identity_type: 'customerid', new_value: 'C1' }];
    const drop = [{ identity_type: 'customerid', new_value: null }];
    expect((await modify(attacker, take)).status).toBe(400);
    expect((await modify(victim, drop)).status).toBe(400);
    expect(world.person('user', 'C1')?.known).toBe(true);
    for (const new_value of ['w@x.se', null])
      expect((await modify(victim, [{ identity_type: 'email', new_value }])).status).toBe(400);
    // Nor by the vendor's replacement at a login (D5).
    await call('login', { customerid: 'C1', email: 'w@x.se' });
    expect(world.person('email', 'v@x.se')?.id).toBe(world.person('user', 'C1')?.id);
    expect(world.person('email', 'w@x.se')).toBeUndefined();
    // What a page gave, and nobody more trusted said again, the vendor's rules may move.
    expect((await modify(victim, [{ identity_type: 'mobile_number', new_value: '+4670000001' }])).status).toBe(200);
    expect((await modify(victim, [{ identity_type: 'mobile_number', new_value: '+4670000002' }])).status).toBe(200);
    // Nor does a page speak for somebody the backend knows.
    expect((await modify(attacker, take, { authorization: basic })).status).toBe(200);
    expect(world.person('user', 'C1')?.id).toBe(world.person('mpid', attacker)?.id);
  });

  it('in enforce mode a page learns nothing of whom it names: 200 existing against 200 unknown (S12)', async () => {
    for (const preset of ['mparticle-default', 'mparticle-link', 'mparticle-isolation'] as const) {
      const world = open(preset, {}, { identityMode: 'enforce' });
      const { call } = clientOf(world);
      for (let i = 0; i < 200; i++)
        await call('login', { customerid: `C${i}`, email: `e${i}@x.se` }, {}, { authorization: basic });
      const shape = async (verb: string, n: string) => {
        const reply = await call(verb, { customerid: `C${n}`, email: `e${n}@x.se`, device_application_stamp: `D${n}` });
        return JSON.stringify([
          reply.status,
          String(reply.body)
            .replaceAll(/"\d+"/g, '"n"')
            .replaceAll(/[0-9a-f-]{36}|Dx?\d+/g, ''),
        ]);
      };
      for (const verb of ['login', 'identify', 'search']) {
        const seen = new Set<string>();
        for (let i = 0; i < 200; i++) seen.add(await shape(verb, String(i))).add(await shape(verb, `x${i}`));
        expect([preset, verb, seen.size]).toEqual([preset, verb, 1]);
      }
    }
  });

  it('[E3] in enforce mode a page modifies devices only', async () => {
    const { call, modify } = clientOf(open('mparticle-default', {}, { identityMode: 'enforce' }));
    const mpid = mpidOf(await call('identify', D));
    expect((await modify(mpid, [{ identity_type: 'email', new_value: 'a@b.se' }])).status).toBe(400);
    expect((await modify(mpid, [{ identity_type: 'ios_idfa', new_value: 'I1' }])).status).toBe(200);
  });
});

describe('aliases', () => {
  const start = 1_700_000_000_000;
  const DAY = 24 * 3_600_000;

  /** A visitor who became a customer under link, an alias of some window, and what it shows of the visitor at a moment. */
  async function aliased(settings: JsonObject, from: number, to: number) {
    const world = open('mparticle-link', { settings, start });
    const { call, alias } = clientOf(world);
    const source = mpidOf(await call('identify', D));
    const destination = mpidOf(await call('login', { ...D, email: 'a@b.se' }));
    const send = () => alias(source, destination, from, to, { request_id: 'a-1' });
    const reply = await send();
    // The clock goes on by a second with every request.
    const arrived = start + 3_000;
    const shown = (moment: number) =>
      spansOf(eventHoldings(world.person('mpid', destination) as Person, moment))
        .filter((span) => span.node.id.value === source)
        .map((span) => [span.from, span.to]);
    return { world, reply, send, arrived, shown };
  }

  it('answers 202, once for a request sent again, and shows the window with its last millisecond', async () => {
    const { world, reply, send, arrived, shown } = await aliased({ aliasDelaySeconds: 0 }, start, start + 900);
    expect([reply.status, reply.body]).toEqual([202, '']);
    expect(shown(arrived)).toEqual([[start, start + 901]]);
    expect((await send()).status).toBe(202);
    expect(world.counts.get('duplicate')).toBe(1);
    expect(shown(arrived)).toHaveLength(1);
  });

  it.each<[string, JsonObject, number]>([
    ['24 hours', {}, DAY],
    ['the time in the settings', { aliasDelaySeconds: 60 }, 60_000],
  ])('D16: waits %s', async (_name, settings, delay) => {
    const { arrived, shown } = await aliased(settings, start, start + 900);
    expect(shown(arrived + delay - 1)).toEqual([]);
    expect(shown(arrived + delay)).toEqual([[start, start + 901]]);
  });

  it('reaches 90 days back and no further', async () => {
    const { arrived, shown } = await aliased({ aliasDelaySeconds: 0 }, start - 200 * DAY, start);
    expect(shown(arrived)).toEqual([[arrived - 90 * DAY, start + 1]]);
  });

  it.each<[string, unknown[], string]>([
    ['the same', ['1', '1', 1, 2], 'source_mpid and destination_mpid are the same'],
    ['unknown', ['1', '99', 1, 2], 'source_mpid or destination_mpid is unknown'],
    ['missing', ['1', null, 1, 2], 'source_mpid and destination_mpid must be given'],
    ['no times', ['1', '2', null, 2], 'start_unixtime_ms and end_unixtime_ms must be given'],
    ['turned round', ['1', '2', 3, 2], 'start_unixtime_ms is after end_unixtime_ms'],
  ])('400: %s', async (_name, [source, destination, start, end], message) => {
    const { call, alias } = clientOf(open('mparticle-default'));
    await call('identify', D);
    await call('logout', D);
    const reply = await alias(source, destination, start, end);
    expect([reply.status, bodyOf(reply)]).toEqual([400, { message, code: 'BAD_REQUEST' }]);
  });

  it('403 where the strategy has none, 401 for an unknown key', async () => {
    for (const preset of ['mparticle-isolation', 'mparticle-best-match'] as const) {
      const { call, alias } = clientOf(open(preset));
      await call('identify', D);
      await call('identify', { device_application_stamp: 'D2' });
      const reply = await alias('1', '2', 1, 2);
      expect([reply.status, reply.body]).toEqual([403, '']);
    }
    const { post } = clientOf(open('mparticle-default'));
    expect((await post('/v1/identity/nobody/Alias', {})).status).toBe(401);
  });
});
