import { LiveMemory } from '@selfsame/store';
import { expect, test } from 'vitest';
import { createTokenBuckets } from '../src/http/token-buckets.ts';
import { createRefusalReasons } from '../src/live/refusal-reasons.ts';
import { batch, running, shop } from './running.ts';

/**
 * What strangers could make the server remember without end (G12): each grows to its bound and no further. What one
 * request, one key or one identifier can make of rows, nodes, words and claims stands with the rules ([K1]–[K4], [L4],
 * [W9], [W10]) and in field/amplification.test.ts; the live stream's bound in live.test.ts.
 */
test('addresses: the buckets of the newest are remembered, and making room costs each newcomer next to nothing', () => {
  const buckets = createTokenBuckets({ perSecond: 1, burst: 10 }, () => 0);
  const all = 120_000;
  let refused = 0;
  // None of them fills up again, so none can be forgotten for being full.
  for (let i = 0; i < all; i++) refused += buckets.take(`address-${i}`, 10);
  expect(refused).toBe(0);
  expect([0, 60_000, all - 1].map((i) => buckets.used(`address-${i}`))).toEqual([0, 0, 1]);
});

test('reasons of refusals: five hundred of a project, and those that are known count on', async () => {
  const reasons = createRefusalReasons(new LiveMemory(async () => undefined), 0);
  const note = (reason: string) =>
    reasons.note([
      { type: 'turned-away', project: 'p' as never, at: 0 as never, wire: 'xo', status: 400, reason, requests: 1 },
    ]);
  for (let i = 0; i < 2_000; i++) note(`reason ${i}`);
  note('reason 7');
  expect(await reasons.of('p' as never)).toHaveLength(500);
  expect((await reasons.of('p' as never))[0]).toMatchObject({ reason: 'reason 7', items: 2 });
});

test('keys that open nothing, names of events and of properties: a number, and a bounded answer', async () => {
  const { url } = await running();
  const read = async (path: string) => {
    const reply = await fetch(url + path, { headers: { authorization: `Bearer ${shop.serverKey}` } });
    return await reply.text();
  };
  const strange = async (i: number) => {
    for (const [path, headers, body] of [
      ['/v1/batch', { authorization: `Bearer no-${i}` }, '{"items":[]}'],
      ['/segment/v1/track', { authorization: `Basic ${btoa(`no-${i}:`)}` }, '{"event":"A","userId":"u"}'],
      ['/mixpanel/track', {}, `[{"event":"A","properties":{"token":"no-${i}"}}]`],
      [`/mparticle/v3/JS/no-${i}/events`, {}, '{"events":[]}'],
      ['/mparticle/v1/login', { 'x-mp-key': `no-${i}` }, '{}'],
      [`/xo/no-${i}`, {}, '[{"action":"view"}]'],
      [`/spid/no-${i}`, {}, ''],
      [`/no-${i}`, { 'x-forwarded-for': `10.0.0.${i}`, 'user-agent': `no-${i}` }, '{}'],
    ] as const)
      await (
        await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })
      ).text();
  };
  for (let i = 0; i < 20; i++) await strange(i);
  const stats = await read('/v1/stats');
  expect(JSON.parse(stats)).toMatchObject({ unknownKey: expect.any(Number) });
  // What they called themselves is nowhere: a thing kept of each would be kept under its name.
  for (const answer of [stats, await read('/metrics'), await read('/v1/refusals')]) expect(answer).not.toContain('no-');

  const items = Array.from({ length: 1_100 }, (_, i) => ({
    ...{ type: 'track', name: `name ${i}`, ids: { user: 'u' }, properties: { [`property ${i}`]: 1 } },
  }));
  expect((await batch(url, shop.publicKey, items)).status).toBe(200);
  for (const path of ['/v1/events/names', '/v1/events/properties'])
    expect((JSON.parse(await read(path)) as { names: unknown[] }).names).toHaveLength(1_000);
});
