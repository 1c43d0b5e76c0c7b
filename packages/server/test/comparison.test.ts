import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { hostFactory } from '../src/wires/host.ts';
import { running, shop, track } from './running.ts';

const json = { 'content-type': 'application/json' };

test('keys and signatures of every length from 0 to 100, in letters of any kind, are refused and no fault (S4)', async () => {
  const server = await running({ projects: [{ ...shop, keys: { spid: 'shop-client' } }] });
  const fills = ['x', 'é', shop.serverKey];
  const of = (length: number) => (fills[length % fills.length] as string).repeat(length).slice(0, length);
  // What a token of SPiD's would say, were it signed.
  const said = btoa(JSON.stringify({ c: 'shop-client', u: 'access', e: 4_000_000_000 })).replace(/=+$/, '');
  const asks: readonly (readonly [path: string, headers: (text: string) => Record<string, string>, body?: string])[] = [
    ['/v1/stats', (text) => ({ authorization: `Bearer ${text}` })],
    ['/v1/batch', (text) => ({ authorization: `Bearer ${text}` }), JSON.stringify({ items: [track('ann')] })],
    ['/mparticle/v1/identify', (text) => ({ authorization: `Basic ${btoa(`${shop.publicKey}:${text}`)}` }), '{}'],
    [
      '/mparticle/v1/identify',
      (text) => ({ 'x-mp-key': shop.publicKey, 'x-mp-signature': text, date: new Date().toUTCString() }),
      '{}',
    ],
    ['/mixpanel/import?strict=1', (text) => ({ authorization: `Basic ${btoa(`${text}:`)}` }), '[]'],
    ['/spid/api/2/user/42/traits', (text) => ({ authorization: `Bearer ${said}.${encodeURIComponent(text)}` })],
    ['/segment/v1/track', (text) => ({ authorization: `Basic ${btoa(`${text}:`)}` }), '{"type":"track"}'],
  ];
  const statuses = new Map<string, number>();
  let tried = 0;
  for (let length = 0; length <= 100; length++) {
    const text = of(length);
    if (text === shop.serverKey) continue;
    await Promise.all(
      asks.map(async ([path, headers, body]) => {
        const answer = await fetch(server.url + path, {
          headers: { ...json, ...headers(text) },
          ...(body === undefined ? {} : { method: 'POST', body }),
        });
        await answer.body?.cancel();
        tried += 1;
        statuses.set(`${path} ${answer.status}`, (statuses.get(`${path} ${answer.status}`) ?? 0) + 1);
      }),
    );
  }
  console.log(
    `S4: ${tried} keys and signatures of 0 to 100 characters: ${JSON.stringify(Object.fromEntries(statuses))}`,
  );
  expect([...statuses.keys()].filter((one) => !/ 401$/.test(one))).toEqual([]);
  expect(server.log.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
});

test('a signature that is wrong in any one byte, or cut anywhere, is not the right one (S4)', async () => {
  const { context } = await running();
  const host = hostFactory({ ...context, secretOf: () => '' })();
  const right = randomBytes(32);
  const changed = Array.from(right, (_, at) => right.map((byte, i) => (i === at ? byte ^ 1 : byte)));
  const cut = Array.from(right, (_, at) => right.subarray(0, at));
  const taken = [...changed, ...cut, Buffer.concat([right, right])].filter((wrong) => host.sameBytes(right, wrong));
  console.log(`S4: ${changed.length} signatures wrong in one byte, ${cut.length} cut: ${taken.length} taken`);
  expect(taken).toEqual([]);
  expect(host.sameBytes(right, Buffer.from(right))).toBe(true);
});

/** A timing says little beside other work, so only the long run asks. */
test.runIf(process.env['SELFSAME_LONG'] === '1')(
  'a key or signature that is wrong in its last byte takes no longer than one that is in its first (S4)',
  async () => {
    const { context } = await running();
    const right = randomBytes(32);
    const wrongAt = (at: number) => Buffer.from(right.map((byte, i) => (i === at ? byte ^ 1 : byte)));
    const [early, late] = [wrongAt(0), wrongAt(31)];
    const host = hostFactory({ ...context, secretOf: () => '' })();
    const key = shop.serverKey;
    const ways: Readonly<Record<string, readonly [first: () => unknown, last: () => unknown]>> = {
      key: [
        () => context.projects.byBearer(`x${key.slice(1)}`),
        () => context.projects.byBearer(`${key.slice(0, -1)}x`),
      ],
      signature: [() => host.sameBytes(right, early), () => host.sameBytes(right, late)],
    };
    for (const [name, calls] of Object.entries(ways)) {
      const times: [number[], number[]] = [[], []];
      for (let i = 0; i < 400_000; i++) {
        const which = (i & 1) as 0 | 1;
        const began = process.hrtime.bigint();
        calls[which]();
        times[which].push(Number(process.hrtime.bigint() - began));
      }
      const [first, last] = times.map((one) => one.toSorted((a, b) => a - b)[one.length >> 1] as number) as [
        number,
        number,
      ];
      console.log(`S4: 200,000 ${name}s wrong in the first byte ${first} ns, in the last ${last} ns (medians)`);
      expect(Math.abs(first - last) / first).toBeLessThan(0.05);
    }
  },
);
