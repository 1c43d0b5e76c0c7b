import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Failure } from '../src/failure.ts';
import { openItems } from '../src/read-items.ts';
import { temporaryFolder } from './cli.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

async function read(content: string | Uint8Array) {
  const file = join(folder.path, 'items');
  writeFileSync(file, content);
  const items = await openItems(file);
  const found = [];
  for await (const item of items) found.push(item);
  return { found, bytes: items.bytesRead() };
}

const two = [
  { number: 1, value: { a: 1 } },
  { number: 2, value: { b: 'é' } },
];

describe('openItems', () => {
  it.each([
    ['lines', '{"a":1}\n{"b":"é"}\n'],
    ['lines of Windows', '{"a":1}\r\n{"b":"é"}'],
    ['lines after a byte order mark', '\uFEFF{"a":1}\n{"b":"é"}'],
    ['an array', '[{"a":1},\n {"b":"é"}]'],
    ['an array after blanks', ' \n[{"a":1},{"b":"é"}]'],
    ['gzipped lines', gzipSync('{"a":1}\n{"b":"é"}\n')],
    ['a gzipped array', gzipSync('[{"a":1},{"b":"é"}]')],
  ])('reads %s', async (_name, content) => {
    const { found, bytes } = await read(content);
    expect(found).toEqual(two);
    expect(bytes).toBe(Buffer.byteLength(content));
  });

  it('numbers items by their line, and goes on after one that is not JSON', async () => {
    expect((await read('{"a":1}\n\nnonsense\n{"b":2}')).found).toEqual([
      { number: 1, value: { a: 1 } },
      { number: 3, problem: 'is not JSON' },
      { number: 4, value: { b: 2 } },
    ]);
  });

  it('cuts no character at the edge of a chunk', async () => {
    const text = 'ü'.repeat(100_000);
    expect((await read(`{"a":1}\n{"t":"x${text}"}`)).found[1]).toEqual({ number: 2, value: { t: `x${text}` } });
  });

  it('finds nothing in an empty file', async () => {
    expect((await read('')).found).toEqual([]);
  });

  it.each([
    ['a cut array', '[{"a":1},{"b"'],
    ['a cut archive', gzipSync('{"a":1}\n'.repeat(10_000)).subarray(0, 40)],
  ])('says that %s cannot be read to its end', async (_name, content) => {
    await expect(read(content)).rejects.toThrow(/cannot be read/);
  });

  it('says that a file is not there', async () => {
    await expect(openItems(join(folder.path, 'missing'))).rejects.toThrow(Failure);
  });
});
