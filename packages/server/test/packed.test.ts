import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createByteBudget } from '../src/http/byte-budget.ts';
import type { Coding } from '../src/http/codings.ts';
import { readBody } from '../src/http/request-body.ts';

const seed = Number(process.env['SELFSAME_SEED']);
const long = process.env['SELFSAME_LONG'] === '1';
const runs = long ? 1_000_000 : 400;

/** Bytes that may come out. */
const MOST = 2_000;
const texts = ['', 'a', '{"items":[]}', 'x'.repeat(MOST), 'x'.repeat(MOST + 1), 'x'.repeat(1_000_000)];
const packers: readonly (readonly [Coding, (text: string) => Buffer])[] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
  ['deflate', deflateRawSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
];
const packed = packers.flatMap(([coding, pack]) => texts.map((text) => [coding, pack(text)] as const));
/** A request with such a body. */
const sent = (body: Uint8Array, coding: Coding): IncomingMessage =>
  Object.assign(Readable.from([body], { objectMode: false }), {
    headers: { 'content-length': String(body.length), 'content-encoding': coding },
  }) as unknown as IncomingMessage;

const edit = fc.record({ at: fc.nat(), cut: fc.nat(3), put: fc.uint8Array({ maxLength: 3 }) });

it(`${runs} packed bodies, most of them damaged, come out whole, within the limit, or as an error (S18, S26), seed ${seed}`, async () => {
  let whole = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...packed), fc.array(edit, { maxLength: 3 }), async ([coding, body], edits) => {
      let bytes: Uint8Array = body;
      for (const { at, cut, put } of edits) {
        const from = at % (bytes.length + 1);
        bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + cut)]);
      }
      const bodies = createByteBudget(2 * MOST).share(2 * MOST);
      const read = await readBody(sent(bytes, coding), { limit: MOST, timeoutMs: 60_000, bodies });
      if (read !== 'gone' && 'bytes' in read) {
        whole += 1;
        expect(read.bytes.length).toBeLessThanOrEqual(MOST);
        read.hold?.release();
      } else {
        refused += 1;
        expect(read).toMatchObject({ cause: expect.stringMatching(/^(too-large|bad-coding)$/) });
      }
      expect(bodies.used).toBe(0);
    }),
    { numRuns: runs, seed },
  );
  console.log(`S26: packed bodies: ${runs} runs, 0 crashes: ${whole} came out, ${refused} were refused`);
  expect(whole).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});

it.each(packers.map(([coding, pack]) => [coding, pack('x'.repeat(4_000_000))] as const))(
  'what was packed by %s is counted as it comes out, so that what many unpack at a time is bounded (S18, G12)',
  async (coding, body) => {
    const budget = createByteBudget(2_000_000);
    const share = budget.share(2_000_000);
    let most = 0;
    const bodies: typeof share = {
      hold(evict) {
        const one = share.hold(evict);
        return {
          ...one,
          take(bytes) {
            most = Math.max(most, bytes);
            return one.take(bytes);
          },
        };
      },
      get used() {
        return share.used;
      },
    };
    const options = { limit: 4_000_000, timeoutMs: 60_000, bodies };
    const all = await Promise.all(Array.from({ length: 20 }, () => readBody(sent(body, coding), options)));
    expect(all.map((one) => typeof one === 'object' && 'status' in one && one.status)).toEqual(all.map(() => 503));
    console.log(
      `S18: ${coding}: ${all.length} bodies of 4 MB unpacked at a time: ${most} bytes at most are not counted`,
    );
    expect(most).toBeLessThanOrEqual(128 * 1024);
    expect(share.used).toBe(0);
  },
);
