import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Coding, unpack } from '../src/http/codings.ts';

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
      const out = await unpack(bytes, coding, MOST).then(
        ({ length }) => length,
        ({ code }: { code?: string }) => code,
      );
      if (typeof out === 'number') {
        whole += 1;
        expect(out).toBeLessThanOrEqual(MOST);
      } else {
        refused += 1;
        expect(out).toMatch(/^(Z_|ERR_|ZSTD_)/);
      }
    }),
    { numRuns: runs, seed },
  );
  console.log(`S26: packed bodies: ${runs} runs, 0 crashes: ${whole} came out, ${refused} were refused`);
  expect(whole).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
});
