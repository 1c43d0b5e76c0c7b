import { createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { shop } from '../running.ts';
import { site } from './site.ts';

/**
 * What clients send that no npm package brings, read out of their published sources: routes, encodings, types, spellings.
 * Each is answered as that client wants it, and its event is there.
 */
const { publicKey: key, serverKey: secret } = shop;
const now = Date.now();
const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const basic = (user: string) => ({ authorization: `Basic ${Buffer.from(user).toString('base64')}` });
const id = (who: string) => who.replaceAll(' ', '-');
const mixpanel = (who: string, more: object = {}) =>
  JSON.stringify([
    { event: who, properties: { token: key, distinct_id: 'u', $insert_id: id(who), time: now, ...more } },
  ]);
const segment = (who: string, more: object = {}) =>
  JSON.stringify({
    batch: [{ type: 'track', event: who, anonymousId: 'd', messageId: id(who), integrations: {} }],
    ...more,
  });
/** A batch of an app's SDK of mParticle. */
const upload = (who: string, more: object = {}) =>
  JSON.stringify({
    ...{ dt: 'h', id: `batch-${id(who)}`, ct: now, mpid: '5', das: 'das', ua: {}, ui: [], ...more },
    msgs: [{ dt: 'e', id: id(who), ct: now, n: who, et: 'media', est: now, attrs: null, sid: 's', sct: now }],
  });
const sdk = 'application/x-www-form-urlencoded;charset=utf8';
const enc = (text: string) => `data=${encodeURIComponent(text)}`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

const sent: readonly (readonly [
  who: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body: string | Buffer,
  status: number,
  answer: string | RegExp,
])[] = [
  ['mixpanel-unity 3.5', 'POST', 'mixpanel/track', form, enc(mixpanel('mixpanel-unity 3.5')), 200, '1'],
  [
    'mixpanel-swift',
    'POST',
    'mixpanel/track/?ip=1',
    { ...json, 'content-encoding': 'gzip' },
    gzipSync(mixpanel('mixpanel-swift')),
    200,
    '1',
  ],
  ['mixpanel-react-native', 'POST', 'mixpanel/track/?ip=1', form, enc(mixpanel('mixpanel-react-native')), 200, '1'],
  [
    // It neither encodes its JSON nor the ampersands in it, and drops a batch that is answered `0`.
    'mixpanel-iphone 4.1',
    'POST',
    'mixpanel/track/',
    form,
    `ip=1&data=${mixpanel('mixpanel-iphone 4.1', { shop: 'Ben & Co', page: '/?a=1&data=[2]', off: '5%' })}`,
    200,
    '1',
  ],
  [
    'mixpanel-java',
    'POST',
    'mixpanel/track?ip=0',
    { 'content-type': sdk, 'content-encoding': 'gzip' },
    gzipSync(enc(base64(mixpanel('mixpanel-java')))),
    200,
    '1',
  ],
  [
    'mixpanel-java import',
    'POST',
    'mixpanel/import?strict=1',
    { ...json, ...basic(`${key}:`) },
    mixpanel('mixpanel-java import'),
    200,
    /^\{"code":200,.*"status":"OK"\}$/,
  ],
  [
    'analytics-roku 2.0',
    'POST',
    'segment/v1/batch',
    // A colon behind the scheme, and none behind the key.
    { ...json, authorization: `Basic: ${base64(key)}` },
    segment('analytics-roku 2.0', { context: { library: { name: 'analytics-roku', version: '2.0.0' } } }),
    200,
    '{"success":true}',
  ],
  [
    'Analytics-CSharp',
    'POST',
    'segment/v1/b',
    { 'content-encoding': 'gzip', accept: 'text/plain' },
    gzipSync(segment('Analytics-CSharp', { writeKey: key, sentAt: new Date(now).toISOString() })),
    200,
    '{"success":true}',
  ],
  [
    'Analytics-CSharp in Unity',
    'PUT',
    'segment/v1/b',
    { 'content-type': 'text/plain' },
    segment('Analytics-CSharp in Unity', { writeKey: key }),
    200,
    '{"success":true}',
  ],
  [
    'analytics-kotlin',
    'POST',
    'segment/v1/b',
    { 'content-type': 'text/plain', 'content-encoding': 'gzip' },
    gzipSync(segment('analytics-kotlin', { writeKey: key, sentAt: new Date(now).toISOString() })),
    200,
    '{"success":true}',
  ],
  [
    'analytics-php',
    'POST',
    'segment/v1/batch',
    { ...json, ...basic(`${key}:`), 'content-encoding': 'gzip' },
    gzipSync(segment('analytics-php')),
    200,
    '{"success":true}',
  ],
  // It takes another status than 202 for a fault and sends the batch again without end.
  ['mparticle-roku-sdk 2.1', 'POST', `mparticle/v2/${key}/events`, json, upload('mparticle-roku-sdk 2.1'), 202, /^\{/],
  [
    'mparticle-android-sdk',
    'POST',
    `mparticle/v2/${key}/events`,
    { ...json, 'content-encoding': 'gzip' },
    gzipSync(upload('mparticle-android-sdk', { mpid: 5 })),
    202,
    /^\{/,
  ],
];

test('what clients for apps, televisions and games send is taken, each in its own form', async () => {
  const { url, event } = await site();
  for (const [who, method, path, headers, body, status, answer] of sent) {
    const reply = await fetch(`${url}/${path}`, {
      method,
      headers,
      body: typeof body === 'string' ? body : new Uint8Array(body),
    });
    const text = await reply.text();
    expect([who, reply.status, text]).toEqual([
      who,
      status,
      typeof answer === 'string' ? answer : expect.stringMatching(answer),
    ]);
    expect([who, (await event(encodeURIComponent(id(who))))?.name]).toEqual([who, who]);
  }
});

test.each([
  ['as the vendor’s hosts have them', { config: 'v4/', events: 'v2/', identity: 'v1/', alias: 'v1/identity/' }],
  ['with nothing before the key', { config: '', events: '', identity: '', alias: '' }],
])('mparticle-apple-sdk: paths %s', async (_name, before) => {
  const { url, person, names } = await site({ preset: 'mparticle-default' });
  const at = (path: string) => `${url}/mparticle/${path}`;
  // It uploads nothing before this, and asks again each time unless it may keep it.
  const config = await fetch(at(`${before.config}${key}/config?av=1.0&sv=8.32.0`), {
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' },
  });
  expect([config.status, config.headers.get('etag') !== null]).toEqual([200, true]);
  expect(await config.json()).toMatchObject({ dt: 'ac' });

  const ask = async (call: string, body: object) => {
    const date = new Date(now).toUTCString();
    const text = JSON.stringify({
      client_sdk: { platform: 'ios', sdk_vendor: 'mparticle', sdk_version: '8.32.0' },
      ...{ environment: 'production', request_id: 'r', request_timestamp_ms: now, context: null, ...body },
    });
    // Of the vendor's own path, wherever the request goes.
    const signature = createHmac('sha256', secret).update(`POST\n${date}\n/v1/${call}${text}`).digest('hex');
    const headers = { ...json, date, 'x-mp-key': key, 'x-mp-signature': signature };
    const answer = await fetch(at(before.identity + call), { method: 'POST', headers, body: text });
    expect([call, answer.status]).toEqual([call, 200]);
    return (await answer.json()) as { mpid: string };
  };
  const visitor = await ask('identify', { known_identities: { ios_idfv: 'w' } });
  const { mpid } = await ask('login', { known_identities: { customerid: 'ida', ios_idfv: 'v' } });
  await ask(`${mpid}/modify`, { identity_changes: [{ identity_type: 'email', new_value: 'ida@example.com' }] });
  expect((await person('email', 'ida@example.com')).id).toBe((await person('user', 'ida')).id);

  const packed = { ...json, 'content-encoding': 'gzip' };
  const sendOff = (path: string, headers: Record<string, string>, body: string | Uint8Array<ArrayBuffer>) =>
    fetch(at(path), { method: 'POST', headers, body });
  const events = await sendOff(
    `${before.events}${key}/events`,
    packed,
    new Uint8Array(gzipSync(upload('Rode', { mpid }))),
  );
  expect(events.status).toBe(202);
  expect(await names('user', 'ida')).toEqual(['Rode']);
  const alias = { request_id: 'a', request_type: 'alias', environment: 'production', api_key: key };
  const data = {
    destination_mpid: mpid,
    source_mpid: visitor.mpid,
    start_unixtime_ms: now - 1000,
    end_unixtime_ms: now,
  };
  const joined = await sendOff(`${before.alias}${key}/alias`, json, JSON.stringify({ ...alias, data }));
  expect([joined.status, await joined.text()]).toEqual([202, '']);
});

test('a television’s identity calls, signed for the vendor’s own host; a game’s login', async () => {
  const { url, person, post, names } = await site({ preset: 'mparticle-default' });
  const ask = (path: string, body: object, signed = path) => {
    const date = new Date(now).toISOString().replace(/\.\d+/, '');
    const text = JSON.stringify({
      client_sdk: { platform: 'roku', sdk_vendor: 'mparticle', sdk_version: '2.1.2' },
      ...{ environment: 'production', requestid: path, request_timestamp_ms: now, context: '', ...body },
    });
    const signature = createHmac('sha256', secret).update(`POST\n${date}\n${signed}${text}`).digest('hex');
    const headers = { ...json, date, 'x-mp-key': key, 'x-mp-signature': signature };
    return fetch(`${url}/mparticle${path}`, { method: 'POST', headers, body: text });
  };
  const known = { customerid: 'tv', device_application_stamp: 'das', roku_aid: 'a', roku_publisher_id: 'p' };
  const found = await ask('/v1/identify', { known_identities: known });
  expect(found.status).toBe(200);
  const { mpid } = (await found.json()) as { mpid: string };
  const change = { identity_changes: [{ identity_type: 'email', new_value: 'tv@example.com' }] };
  expect((await ask(`/identity/v1/${mpid}/modify`, change, `/v1/${mpid}/modify`)).status).toBe(200);
  await post(`mparticle/v2/${key}/events`, upload('Played', { mpid }));
  expect(await names('user', 'tv')).toEqual(['Played']);
  expect((await person('email', 'tv@example.com')).id).toBe((await person('user', 'tv')).id);

  // mixpanel-unity names people by distinct_id alone, as the original merge reads it.
  const game = await site({ preset: 'mixpanel-original' });
  const properties = { token: key, time: now };
  const events = [
    { event: 'Started', properties: { ...properties, distinct_id: '1f0c1e20-0000-4aaa-8bbb-00000000000a' } },
    {
      event: '$identify',
      properties: { ...properties, distinct_id: 'gil', $anon_distinct_id: '1f0c1e20-0000-4aaa-8bbb-00000000000a' },
    },
    { event: 'Won', properties: { ...properties, distinct_id: 'gil' } },
  ];
  await game.post('mixpanel/track', enc(JSON.stringify(events)), form);
  expect(await game.names('distinct_id', 'gil')).toEqual(['Started', 'Won']);
});
