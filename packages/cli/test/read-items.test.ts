import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { Failure } from '../src/failure.ts';
import { wholeCharacters } from '../src/import/whole-characters.ts';
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
    ['lines of two files, each with its marks', '\uFEFF\uFEFF{"a":1}\r\n\uFEFF{"b":"é"}\r\n'],
    ['an array', '[{"a":1},\n {"b":"é"}]'],
    ['an array after a byte order mark', '\uFEFF[{"a":1},{"b":"é"}]'],
    ['lines in UTF-16, as PowerShell writes', Buffer.from('\uFEFF{"a":1}\r\n{"b":"é"}\r\n', 'utf16le')],
    ['lines in UTF-16, the other way round', Buffer.from('\uFEFF{"a":1}\n{"b":"é"}\n', 'utf16le').swap16()],
    ['an array in UTF-16', Buffer.from('\uFEFF[{"a":1},{"b":"é"}]', 'utf16le')],
    ['an array after blanks', ' \n[{"a":1},{"b":"é"}]'],
    ['values over many lines', '{\n  "a": 1\n}\n{\n  "b": "é"\n}\n'],
    ['gzipped lines', gzipSync('{"a":1}\n{"b":"é"}\n')],
    ['lines packed with zstd', zstdCompressSync('{"a":1}\n{"b":"é"}\n')],
    ['a gzipped array', gzipSync('[{"a":1},{"b":"é"}]')],
  ])('reads %s', async (_name, content) => {
    const { found, bytes } = await read(content);
    expect(found).toEqual(two);
    expect(bytes).toBe(Buffer.byteLength(content));
  });

  it('numbers items by their line, and goes on after one that is not JSON', async () => {
    expect((await read('{"a":1}\n\nnonsense\n{"b":2}')).found).toEqual([
      { number: 1, value: { a: 1 } },
      { number: 3, problem: 'is not JSON', text: 'nonsense' },
      { number: 4, value: { b: 2 } },
    ]);
  });

  const halves = (text: string) => text.replaceAll('H', '\xed\xa0\xbc').replaceAll('L', '\xed\xbc\xb3');
  it.each([
    ['lines', '{"a":"x HL Hy L","c":"\xed\x95\x9c"}'],
    ['an array', '[{"a":"x HL Hy L","c":"\xed\x95\x9c"}]'],
    ['a value over many lines', '{\n  "a": "x HL Hy L",\n  "c": "\xed\x95\x9c"\n}'],
  ])('makes an emoji whole that was written in two halves, wherever a chunk ends: %s', async (_name, text) => {
    const content = Buffer.from(halves(text), 'latin1');
    const value = { a: 'x \u{1f333} \ufffdy \ufffd', c: '한' };
    for (const size of [1, 2, 3, 4, 5, 6, 7, content.length]) {
      const parts = Array.from({ length: Math.ceil(content.length / size) }, (_, i) =>
        content.subarray(i * size, (i + 1) * size),
      );
      const bytes = Buffer.concat(await Readable.from(parts).pipe(wholeCharacters()).toArray());
      expect([size, JSON.parse(bytes.toString().replace(/^\[(.*)\]$/, '$1'))]).toEqual([size, value]);
    }
    expect((await read(content)).found).toEqual([{ number: 1, value }]);
  });

  it.each([
    ['lines', '{"a":1e400,"b":-1e999,"c":[1E309],"d":1e308}'],
    ['an array', '[{"a":1e400,"b":-1e999,"c":[1E309],"d":1e308}]'],
  ])('keeps a number that is none here as it was spelled: %s', async (_name, text) => {
    expect((await read(text)).found).toEqual([
      { number: 1, value: { a: '1e400', b: '-1e999', c: ['1E309'], d: 1e308 } },
    ]);
  });

  it('goes on after a first line that was cut', async () => {
    expect((await read('{"a":{"b":\n{"a":1}\n')).found).toMatchObject([
      { number: 1, problem: 'is not JSON' },
      { value: { a: 1 } },
    ]);
  });

  it.each([
    ['lines', '{"a":9007199254740993,"b":[1.5,-12],"c":"7"}'],
    ['an array', '[{"a":9007199254740993,"b":[1.5,-12],"c":"7"}]'],
  ])('keeps the digits of numbers too large for JavaScript in %s', async (_name, content) => {
    expect((await read(content)).found).toEqual([
      { number: 1, value: { a: '9007199254740993', b: [1.5, -12], c: '7' } },
    ]);
  });

  it('tells Snowplow’s lines by their columns, and reads CSV when a mapping says what they mean', async () => {
    const columns = Array.from({ length: 131 }, (_, i) => (i === 5 ? 'page_view' : ''));
    const { found } = await read(`${columns.join('\t')}\n{"a":1}\n`);
    expect(found).toMatchObject([{ value: { event: 'page_view' } }, { number: 2, problem: expect.any(String) }]);
    const file = join(folder.path, 'people.csv');
    writeFileSync(file, '\uFEFFid;name\n1;"Ann; A"\n2;\n');
    const rows = [];
    for await (const row of await openItems(file, { ids: { user: 'id' }, delimiter: ';' })) rows.push(row);
    expect(rows).toEqual([
      { number: 1, value: { id: '1', name: 'Ann; A' } },
      { number: 2, value: { id: '2', name: '' } },
    ]);
  });

  it('says of a zip archive that it has to be unpacked', async () => {
    await expect(read('PK\u0003\u0004rest')).rejects.toThrow(/zip archive/);
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
