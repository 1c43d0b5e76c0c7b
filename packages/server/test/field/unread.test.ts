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
