import { randomBytes } from 'node:crypto';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { limits } from '../src/limits.ts';
import { exchange, statuses } from './raw.ts';
import { batch, running, shop, track } from './running.ts';

/** A valid batch of exactly `size` bytes. */
function batchOf(size: number): string {
  const frame = (text: string) =>
    JSON.stringify({ items: [{ type: 'track', name: 'a', ids: { user: '1' }, insertId: 'i' }], text });
  return frame('a'.repeat(size - frame('').length));
}

const send = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  batch(url, shop.publicKey, [], { body, headers });

const gzip = { 'content-encoding': 'gzip' };
const packers = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  // The best quality takes seconds for a bomb.
  ['br', (bytes: Buffer) => brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
  ['zstd', zstdCompressSync],
] as const;

describe('size before memory (S18)', () => {
  test('a body at its limit, one below and one above, as sent and unzipped', async () => {
    const { url } = await running();
    for (const [more, status] of [
      [-1, 200],
      [0, 200],
      [1, 413],
    ] as const) {
      const body = batchOf(limits.bodyBytes + more);
      expect((await send(url, body)).status).toBe(status);
      expect((await send(url, new Uint8Array(gzipSync(body)), gzip)).status).toBe(status);
    }
  });

  test('a length beyond the limit is refused before a byte of the body is read', async () => {
    const { url } = await running();
    const head = ['POST /v1/batch HTTP/1.1', 'Host: a', `Content-Length: ${limits.bodyBytes + 1}`, '', ''].join('\r\n');
    const answer = await exchange(url, head);
    expect(statuses(answer)).toEqual([413]);
    expect(answer).toMatch(/connection: close/i);
  });

  test('endless chunks are cut at the limit', async () => {
    const { url, context } = await running();
    const chunk = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
    const head = 'POST /v1/batch HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(statuses(await exchange(url, head + chunk.repeat(16)))).toEqual([413]);
    expect(context.ingest.depth).toBe(0);
  });

  test.each(packers)('a bomb of %s costs no more than the limit', async (coding, pack) => {
    const { url } = await running();
    const bomb = new Uint8Array(pack(Buffer.alloc(256 * 1024 * 1024)));
    const before = process.memoryUsage.rss();
    let peak = before;
    const timer = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 2);
    expect((await send(url, bomb, { 'content-encoding': coding })).status).toBe(413);
    clearInterval(timer);
    console.log(`${coding} bomb of 256 MiB: peak growth ${Math.round((peak - before) / 2 ** 20)} MiB`);
    expect(peak - before).toBeLessThan(64 * 2 ** 20);
  });

  test('one coding, and only once', async () => {
    const { url } = await running();
    const body = JSON.stringify({ items: [track('1')] });
    const zipped = new Uint8Array(gzipSync(body));
    const status = async (bytes: Uint8Array<ArrayBuffer>, coding: string) =>
      (await send(url, bytes, { 'content-encoding': coding })).status;
    for (const [coding, pack] of packers) {
      const packed = new Uint8Array(pack(Buffer.from(body)));
      expect([coding, await status(packed, coding)]).toEqual([coding, 200]);
      expect([coding, await status(packed.slice(0, -4), coding)]).toEqual([coding, 400]);
      expect([coding, await status(new TextEncoder().encode(body), coding)]).toEqual([coding, 400]);
    }
    expect(await status(zipped, 'X-GZIP')).toBe(200);
    expect(await status(new Uint8Array(deflateRawSync(body)), 'deflate')).toBe(200);
    expect(await status(new TextEncoder().encode(body), 'identity')).toBe(200);
    expect(await status(new Uint8Array(gzipSync(zipped)), 'gzip, gzip')).toBe(415);
    expect(await status(new Uint8Array(gzipSync(zipped)), 'gzip')).toBe(400);
    expect(await status(zipped, 'compress')).toBe(415);
  });

  test('the API unpacks what is longer than a chunk too', async () => {
    const { url } = await running();
    const ids = Array.from({ length: 7_000 }, () => randomBytes(12).toString('hex'));
    const packed = new Uint8Array(gzipSync(JSON.stringify({ identifiers: ids.map((id) => `device:${id}`) })));
    expect(packed.length).toBeGreaterThan(50_000);
    const answer = await fetch(`${url}/v1/scenarios`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${shop.serverKey}`,
        'content-type': 'application/json',
        'content-encoding': 'gzip',
      },
      body: packed,
    });
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining('identifiers: expected')]);
  });

  test('a refusal carries the headers by which a page may read it', async () => {
    const { url } = await running();
    const answer = await send(url, 'x', { 'content-encoding': 'compress' });
    expect(answer.status).toBe(415);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(await answer.json()).toMatchObject({ error: { code: expect.any(String), requestId: expect.any(String) } });
  });
});

describe('slow clients are cut (G14)', () => {
  /** Connections that drip at once; all 2,000 of G14 in the long run. */
  const dripping = process.env['SELFSAME_LONG'] === undefined ? 200 : 2_000;
  const times = { headerTimeoutMs: 2_000, bodyTimeoutMs: 2_000, requestTimeoutMs: 5_000, idleTimeoutMs: 2_000 };

  test('headers, bodies and idle connections that drip end in time, and others are served meanwhile', async () => {
    const { url } = await running({}, { times });
    const slow = [
      ['POST /v1/batch HTTP/1.1\r\nHost: a\r\n', [408]],
      ['POST /v1/batch HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n{', [408]],
      ['POST /v1/batch HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', [408]],
      ['POST /v1/session HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{', [408]],
      ['GET /livez HTTP/1.1\r\nHost: a\r\n\r\n', [200]],
    ] as const;
    const all = Array.from({ length: dripping }, (_, i) => slow[i % slow.length] as (typeof slow)[number]);
    const cut = all.map(async ([bytes]) => statuses(await exchange(url, bytes)));
    const good = await Promise.all(Array.from({ length: 50 }, (_, i) => batch(url, shop.publicKey, [track(`${i}`)])));
    expect(good.map((one) => one.status)).toEqual(good.map(() => 200));
    expect(await Promise.all(cut)).toEqual(all.map(([, expected]) => [...expected]));
  });
});
