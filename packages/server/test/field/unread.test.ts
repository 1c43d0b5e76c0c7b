import { expect, test } from 'vitest';
import { shop } from '../running.ts';
import { streamed, take } from '../stream.ts';
import { site, XO } from './site.ts';

const basic = (...parts: readonly string[]) => ({
  authorization: `Basic ${Buffer.from(parts.join(':')).toString('base64')}`,
});
const token = `{"token":"${shop.publicKey}"`;
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const base64 = (text: string) => `data=${Buffer.from(text).toString('base64')}`;

/** What a trailing comma, a cut or a wrong format leaves of a request, on every route that collects. */
const cuts = [
  ['native', 'v1/batch', '{"items":[{"type":"track",}]}', { authorization: `Bearer ${shop.publicKey}` }],
  ['segment', 'segment/v1/batch', '{"batch":[{"type":"track",}]', basic(shop.publicKey, '')],
  ['segment', 'segment/v1/track', '{"event":"A",}', basic(shop.publicKey, '')],
  ['segment', 'segment/v1/import', 'batch=', basic(shop.serverKey, '')],
  ['mixpanel', 'mixpanel/track', `[{"event":"A","properties":${token},}]`, {}],
  ['mixpanel', 'mixpanel/track', base64(`{"event":"A","properties":${token}`), form],
  ['mixpanel', 'mixpanel/engage', `[{"$token":"${shop.publicKey}","$set":{]`, {}],
  ['mixpanel', 'mixpanel/groups', `{"$token":"${shop.publicKey}",`, {}],
  ['mixpanel', 'mixpanel/import?strict=1', '[{"event":', basic(shop.serverKey, '')],
  ['mparticle', `mparticle/webevents/v3/JS/${shop.publicKey}/events`, '{"events":[', {}],
  ['mparticle', 'mparticle/v2/events', '{"events":[', basic(shop.publicKey, shop.serverKey)],
  ['mparticle', 'mparticle/v2/bulkevents', '[{"events":[', basic(shop.publicKey, shop.serverKey)],
  ['mparticle', 'mparticle/identity/v1/login', '{"known_identities":', { 'x-mp-key': shop.publicKey }],
  ['mparticle', 'mparticle/identity/v1/5/modify', '{', { 'x-mp-key': shop.publicKey }],
  ['mparticle', `mparticle/webevents/v1/identity/${shop.publicKey}/Alias`, '{', {}],
  ['xo', `xo/${XO}`, '[{"action":"view",}]', {}],
] as const;

test('what cannot be read is counted on every route, and Live shows how it began', async () => {
  const { url, post, stats } = await site();
  const live = streamed({ url } as Parameters<typeof streamed>[0]);
  const counts = new Map<string, number>();
  for (const [wire, path, body, headers] of cuts) {
    await post(path, body, headers);
    counts.set(wire, (counts.get(wire) ?? 0) + 1);
    const [shown] = await take(live, 1);
    expect(shown).toMatchObject({ wire, status: 'rejected', reason: expect.stringMatching(/.{8}/) });
    // The form of what was sent, without anybody in it.
    const form = (text = '') => text.replaceAll(/[\p{L}\p{N}]/gu, 'x');
    const said = body.startsWith('data=') ? Buffer.from(body.slice(5), 'base64').toString() : body;
    expect([path, form(shown?.sent?.body)]).toEqual([path, form(said)]);
  }
  await fetch(`${url}/mixpanel/track?${base64(`{"event":"A","properties":${token}`)}`);
  counts.set('mixpanel', (counts.get('mixpanel') ?? 0) + 1);
  const [asked] = await take(live, 1);
  expect(asked?.sent?.body).toMatch(/^\{"event":"x","properties":\{"token":/);
  const { wires } = await stats();
  for (const [wire, rejected] of counts) expect(wires[wire]).toMatchObject({ applied: 0, rejected });
});

test('what goes astray is counted and shown: an address, a method or a form that is none of ours', async () => {
  const { url, stats } = await site();
  const live = streamed({ url } as Parameters<typeof streamed>[0]);
  const bearer = { authorization: `Bearer ${shop.publicKey}` };
  const write = basic(shop.publicKey, '');
  for (const [wire, method, path, headers, status] of [
    ['native', 'PUT', 'v1/batch', bearer, 405],
    ['native', 'POST', 'v1/batch', { ...bearer, ...form }, 415],
    ['native', 'POST', 'v1/batch', { ...bearer, 'content-type': 'application/json; charset=utf-16' }, 415],
    ['segment', 'POST', 'segment/v1/tracks', write, 404],
    ['segment', 'PATCH', 'segment/v1/batch', write, 405],
    ['segment', 'POST', 'segment/v1/batch', { ...write, ...form }, 415],
    ['mixpanel', 'POST', 'mixpanel/tracks', write, 404],
    ['mixpanel', 'PUT', 'mixpanel/import', write, 405],
    ['mixpanel', 'POST', 'mixpanel/track', { ...write, 'content-type': 'application/octet-stream' }, 200],
    ['xo', 'POST', `xo/${XO}/activities`, {}, 404],
    ['xo', 'PUT', `xo/${XO}`, {}, 405],
    ['mparticle', 'POST', `mparticle/v4/JS/${shop.publicKey}/events`, {}, 404],
    ['mparticle', 'PUT', `mparticle/v3/JS/${shop.publicKey}/events`, {}, 405],
    ['mparticle', 'POST', 'mparticle/identity/v1/login', { 'x-mp-key': shop.publicKey, ...form }, 415],
  ] as const) {
    const { rejected } = await stats();
    const reply = await fetch(`${url}/${path}`, { method, body: 'secret=abc&user=7', headers });
    expect([path, reply.status]).toEqual([path, status]);
    const [shown] = await take(live, 1);
    expect([path, shown]).toEqual([path, expect.objectContaining({ wire, status: 'rejected' })]);
    expect(shown?.reason).toMatch(/.{8}/);
    expect(shown?.sent?.body).not.toMatch(/abc|7/);
    expect([path, (await stats()).rejected]).toEqual([path, rejected + 1]);
  }
});
