import { describe, expect, test } from 'vitest';
import { shop } from '../running.ts';
import { site, XO } from './site.ts';

const tracing = ['baggage', 'sentry-trace', 'traceparent', 'x-datadog-trace-id', 'sentat', 'anonymousid'];

describe('pages', () => {
  test.each([
    ...[
      'mixpanel/track/',
      'mixpanel/engage/',
      'segment/v1/t',
      'segment/v1/batch',
      `segment/v1/projects/${shop.publicKey}/settings`,
    ],
    ...['v1/batch', `xo/${XO}`, 'mparticle/identity/v1/identify', `mparticle/webevents/v3/JS/${shop.publicKey}/events`],
  ])('a preflight of %s allows what tracing tools add', async (path) => {
    const { url } = await site();
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    const asked = { 'access-control-request-headers': ['content-type', ...tracing].join() };
    const reply = await fetch(`${url}/${path}`, { method: 'OPTIONS', headers: { ...headers, ...asked } });
    const allowed = reply.headers.get('access-control-allow-headers')?.split(', ');
    expect(allowed).toEqual(expect.arrayContaining(['content-type', ...tracing]));
    expect(reply.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/shop\.example)$/);
  });

  test.each([
    ...['mixpanel/track/', 'segment/v1/t', 'v1/batch', `xo/${XO}`, 'mparticle/identity/v1/identify', 'xo/nothing'],
    ...['segment/v1/nothing', 'mixpanel/nothing', 'mparticle/nothing'],
  ])('may read every refusal of %s', async (path) => {
    const { url } = await site();
    const headers = (more: object) => ({ origin: 'https://shop.example', 'content-type': 'application/json', ...more });
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-h${i}`, '1']));
    for (const init of [
      { method: 'POST', body: '{,', headers: headers({}) },
      { method: 'POST', body: 'x', headers: headers({ 'content-encoding': 'compress' }) },
      { method: 'POST', body: 'x', headers: headers({ 'content-encoding': 'zstd' }) },
      { method: 'POST', body: '{}', headers: headers({ authorization: 'Basic none' }) },
      { method: 'PUT', body: '{}', headers: headers({}) },
      { method: 'POST', body: '{}', headers: headers(many) },
    ]) {
      const reply = await fetch(`${url}/${path}`, init);
      const read = ['access-control-allow-origin', 'x-content-type-options'].map((name) => reply.headers.get(name));
      expect([reply.status, ...read]).toEqual([
        reply.status,
        expect.stringMatching(/^(\*|https:\/\/shop\.example)$/),
        'nosniff',
      ]);
    }
  });

  test('the console and the administration answer no foreign origin', async () => {
    const { url } = await site();
    const headers = {
      origin: 'https://shop.example',
      'access-control-request-method': 'PUT',
      'access-control-request-headers': 'baggage',
    };
    for (const path of ['v1/policy', 'v1/people', 'console/'])
      expect(
        (await fetch(`${url}/${path}`, { method: 'OPTIONS', headers })).headers.get('access-control-allow-origin'),
      ).toBeNull();
  });
});

test('older SDKs get an answer that lets them go on', async () => {
  const { url } = await site();
  const decided = await fetch(`${url}/mixpanel/decide/?verbose=1&version=3&lib=web&token=${shop.publicKey}`);
  expect(await decided.json()).toMatchObject({ notifications: [], config: { enable_collect_everything: false } });
  expect((await fetch(`${url}/mparticle/v4/${shop.publicKey}/config?av=1`)).status).toBe(200);
});

test('events of mParticle’s web SDKs before batches, and of its SDKs for apps, are read', async () => {
  const { post, names, stats } = await site({ preset: 'mparticle-default' });
  const old = await post(`mparticle/v2/JS/${shop.publicKey}/Events`, '{"n":"A","dt":4,"mpid":"5"}');
  expect([old.status, await old.json()]).toEqual([202, {}]);
  const app = await post(`mparticle/v2/${shop.publicKey}/events`, '{"dt":"h","mpid":"5","msgs":[{"dt":"e","n":"B"}]}');
  expect([app.status, await app.json()]).toEqual([202, {}]);
  expect(await names('mpid', '5')).toEqual(['A', 'B']);
  await post(`mparticle/v2/JS/${shop.publicKey}/Events`, '{"EventName":"A"}');
  expect(await stats()).toMatchObject({ rejected: 1 });
});

test('RudderStack’s beacon of a page that is left has its key in the address', async () => {
  const { url, names } = await site();
  const send = (query: string, body: object) =>
    fetch(`${url}/segment/beacon/v1/batch${query}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain', origin: 'https://shop.example' },
      body: JSON.stringify(body),
    });
  const batch = (event: string) => ({
    sentAt: new Date().toISOString(),
    batch: [
      { channel: 'web', type: 'track', event, anonymousId: 'd', messageId: event, originalTimestamp: new Date() },
    ],
  });
  const taken = await send(`?writeKey=${shop.publicKey}`, batch('Left'));
  expect([taken.status, taken.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  // A key that opens nothing, two keys, a secret.
  for (const query of ['?writeKey=nobody', `?writeKey=${shop.publicKey}&writeKey=other`, `?writeKey=${shop.serverKey}`])
    expect([query, (await send(query, { ...batch('No'), writeKey: shop.publicKey })).status]).toEqual([query, 401]);
  expect(await names('device', 'd')).toEqual(['Left']);
});

describe('what a body is', () => {
  test.each([
    'application/x-www-form-urlencoded',
    'application/octet-stream',
    'text/html',
    'multipart/form-data; boundary=x',
  ])('JSON that is called %s is read by collectors, zipped or not', async (type) => {
    const { post, gzipped, names, event } = await site();
    const headers = {
      'content-type': type,
      authorization: `Basic ${Buffer.from(`${shop.publicKey}:`).toString('base64')}`,
    };
    const batch = (name: string) =>
      JSON.stringify({ batch: [{ type: 'track', event: name, userId: 'u', messageId: name }] });
    expect((await post('segment/v1/batch', batch('A'), headers)).status).toBe(200);
    expect((await gzipped('segment/v1/batch', batch('B'), headers)).status).toBe(200);
    const activity = [{ action: 'view', target: {}, user: { identities: { sessionid: 's' } } }];
    expect((await post(`xo/${XO}`, JSON.stringify(activity), { 'content-type': type })).status).toBe(200);
    expect(await names('user', 'u')).toEqual(['A', 'B']);
    expect((await event('B')).name).toBe('B');
  });

  test('a form is refused in words', async () => {
    const { post } = await site();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await post('segment/v1/track', 'userId=u&event=A', form)).status).toBe(415);
    expect(
      await (await post('v1/batch', '{"items":[]}', { ...form, authorization: `Bearer ${shop.serverKey}` })).text(),
    ).toContain('JSON');
  });
});

test('Segment’s alias joins two anonymous ids, whichever sorts first', async () => {
  const { segment, names } = await site();
  for (const [mail, browser, user] of [
    ['mail-7', 'browser-7', 'u-7'],
    ['a-mail', 'b-browser', 'u-8'],
  ] as const) {
    await segment('track', { anonymousId: mail, event: 'Opened' });
    expect(await (await segment('alias', { previousId: mail, anonymousId: browser })).json()).toEqual({
      success: true,
    });
    await segment('identify', { userId: user, anonymousId: browser });
    expect(await names('user', user)).toEqual(['Opened']);
  }
});

test('an mParticle event that comes again in another batch counts once', async () => {
  const { mparticle, names } = await site({ preset: 'mparticle-default' });
  const one = (id: number) => ({
    event_type: 'custom_event',
    data: { event_name: `M${id}`, custom_event_type: 'other', source_message_id: `msg-${id}` },
  });
  const send = (request: string, ...ids: readonly number[]) =>
    mparticle({ source_request_id: request, mpid: '5', environment: 'development', events: ids.map(one) });
  await send('b1', 1, 2);
  await send('b1', 1, 2);
  await send('b2', 2, 3);
  expect(await names('mpid', '5')).toEqual(['M1', 'M2', 'M3']);
});

test('a merge as the vendor’s reference prints it is taken at /import (original merge)', async () => {
  const { import: load, mixpanel, person } = await site({ preset: 'mixpanel-original' });
  const [a, b] = ['7c1f0c1e-5001-4aaa-8bbb-00000000000a', '7c1f0c1e-5002-4aaa-8bbb-00000000000b'];
  for (const id of [a, b])
    await mixpanel('track', [{ event: 'E', properties: { token: shop.publicKey, distinct_id: id } }]);
  const reply = await load([{ event: '$merge', properties: { $distinct_ids: [a, b] } }]);
  expect(await reply.json()).toMatchObject({ num_records_imported: 1 });
  expect((await person('distinct_id', a)).id).toBe((await person('distinct_id', b)).id);
});
