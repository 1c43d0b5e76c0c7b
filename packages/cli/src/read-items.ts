import { createReadStream, type ReadStream } from 'node:fs';
import { pipeline, type Readable, Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { parse as parseCsv } from 'csv-parse';
import { parser } from 'stream-json';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { streamValues } from 'stream-json/streamers/stream-values.js';
import { Failure } from './failure.ts';
import type { CsvMapping } from './import/csv-mapping.ts';
import { isSnowplowLine, snowplowRow } from './import/formats/snowplow.ts';
import { exactOr, parseJson } from './import/json-text.ts';
import { isRefusedFile } from './import/refused-file.ts';
import { wholeCharacters } from './import/whole-characters.ts';

/** One item of a file. `number` counts from 1; `problem` when there is text that is not JSON. */
export type FileItem =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly problem: string; readonly text: string };

/** A file being read. */
export interface ItemFile extends AsyncIterable<FileItem> {
  /** What the file is by its outside: JSON says more in its items. */
  readonly shape: 'json' | 'csv' | 'snowplow';
  /** Bytes of the file read so far, as they lie on disk. */
  bytesRead(): number;
}

/** A line longer than this is not a line of items but another kind of file, characters. */
const LONGEST_LINE = 64 * 1024 * 1024;

/**
 * Reads a file of items as a stream: a JSON array, one JSON value a line, lines of Snowplow's, or, with a mapping, CSV;
 * as it is, gzipped or packed with zstd. @throws Failure
 */
export async function openItems(file: string, mapping?: CsvMapping): Promise<ItemFile> {
  const { packing, start } = await look(file);
  const shape = isRefusedFile(start) ? 'json' : shapeOf(start, mapping);
  const raw = createReadStream(file);
  const text = pipeline(unpacked(raw, packing), wholeCharacters(), () => {});
  const items = itemsOf(text, shape, start, mapping);
  return { shape, [Symbol.asyncIterator]: () => readable(items, file), bytesRead: () => raw.bytesRead };
}

const shapeOf = (start: string, mapping: CsvMapping | undefined): ItemFile['shape'] =>
  mapping !== undefined ? 'csv' : isSnowplowLine(start.split('\n', 1)[0] ?? '') ? 'snowplow' : 'json';

function itemsOf(
  text: Readable,
  shape: ItemFile['shape'],
  start: string,
  mapping: CsvMapping | undefined,
): AsyncGenerator<FileItem> {
  if (shape === 'csv') return csvItems(text, mapping?.delimiter);
  if (shape === 'snowplow') return snowplowItems(text);
  if (/[^\s\uFEFF]/.exec(start)?.[0] === '[') return arrayItems(text);
  return isSpread(start) ? valueItems(text) : lineItems(text);
}

/** Does a value go on beyond its line, as programs print JSON for people? The next line is then no value of its own. */
function isSpread(start: string): boolean {
  const [line = '', next = ''] = start.replace(/^[\s\uFEFF]+/, '').split('\n', 2);
  return /^\{(\s*"[^"]*"\s*:)?.*[{[,]?\s*$/.test(line) && /^([^\S\uFEFF]+["}\]{[]|["}\]])/.test(next);
}

/** Says what broke in words about the file. */
async function* readable(items: AsyncGenerator<FileItem>, file: string): AsyncGenerator<FileItem> {
  try {
    yield* items;
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(`${file} cannot be read to its end: ${(cause as Error).message}`, 1, { cause });
  }
}

/** Windows writes what PowerShell redirects, and Excel its Unicode text, as UTF-16 after a mark. */
type Packing = 'none' | 'gzip' | 'zstd' | 'utf-16le' | 'utf-16be';

/** How the file is packed, and what it begins with. @throws Failure */
async function look(file: string): Promise<{ readonly packing: Packing; readonly start: string }> {
  try {
    let magic = '';
    for await (const chunk of createReadStream(file, { end: 3 })) magic += (chunk as Buffer).toString('hex');
    if (magic === '504b0304') throw new Failure(`${file} is a zip archive. Unpack it and import what is in it.`, 2);
    const [packing = 'none'] = marks.find(([, mark]) => magic.startsWith(mark)) ?? [];
    let start = '';
    for await (const chunk of unpacked(createReadStream(file), packing)) {
      start += (chunk as Buffer).toString('utf8');
      if (start.length > 65_536 || /\S[^\n]*\n[^\n]*\S/.test(start)) break;
    }
    return { packing, start };
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure(`${file} cannot be read: ${(cause as Error).message}`, 2, { cause });
  }
}

/** How a file begins that is no plain text, in hex. */
const marks: readonly (readonly [packing: Packing, mark: string])[] = [
  ['gzip', '1f8b'],
  ['zstd', '28b52ffd'],
  ['utf-16le', 'fffe'],
  ['utf-16be', 'feff'],
];

/** An error on either stream ends both and reaches whoever reads. */
function unpacked(raw: ReadStream, packing: Packing): Readable {
  if (packing === 'none') return raw;
  return pipeline(raw, unpackers[packing](), () => {});
}

const unpackers: Readonly<Record<Exclude<Packing, 'none'>, () => Transform>> = {
  gzip: createGunzip,
  zstd: createZstdDecompress,
  'utf-16le': () => inUtf8('utf-16le'),
  'utf-16be': () => inUtf8('utf-16be'),
};

function inUtf8(encoding: string): Transform {
  const decoder = new TextDecoder(encoding);
  return new Transform({
    transform: (part: Buffer, _encoding, done) => done(null, decoder.decode(part, { stream: true })),
    flush: (done) => done(null, decoder.decode()),
  });
}

async function* arrayItems(text: Readable): AsyncGenerator<FileItem> {
  const items = pipeline(
    text,
    parser.asStream({ packValues: true, streamValues: false }),
    exactNumbers(),
    streamArray.asStream(),
    () => {},
  ) as AsyncIterable<{ key: number; value: unknown }>;
  for await (const { key, value } of items) yield { number: key + 1, value };
}

/** Values one after another, over as many lines as they like. */
async function* valueItems(text: Readable): AsyncGenerator<FileItem> {
  const items = pipeline(
    text,
    parser.asStream({ packValues: true, streamValues: false, jsonStreaming: true }),
    exactNumbers(),
    streamValues.asStream(),
    () => {},
  ) as AsyncIterable<{ key: number; value: unknown }>;
  for await (const { key, value } of items) yield { number: key + 1, value };
}

/** Whole numbers that JavaScript would round become texts of their digits. */
const exactNumbers = () =>
  new Transform({
    objectMode: true,
    transform(token: { name: string; value?: string }, _encoding, done) {
      if (token.name !== 'numberValue' || token.value === undefined) return done(null, token);
      const exact = typeof exactOr(token.value, Number(token.value)) === 'string';
      done(null, exact ? { name: 'stringValue', value: token.value } : token);
    },
  });

async function* lineItems(text: Readable): AsyncGenerator<FileItem> {
  let number = 0;
  for await (const sent of lines(text)) {
    number += 1;
    // Files that were put one after the other have a byte order mark each.
    const line = sent.replace(/^\uFEFF+/, '');
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = parseJson(line);
    } catch {
      yield { number, problem: 'is not JSON', text: line };
      continue;
    }
    yield { number, value };
  }
}

async function* snowplowItems(text: Readable): AsyncGenerator<FileItem> {
  let number = 0;
  for await (const line of lines(text)) {
    number += 1;
    if (line.trim() === '') continue;
    if (isSnowplowLine(line)) yield { number, value: snowplowRow(line) };
    else yield { number, problem: 'has fewer columns than Snowplow’s enriched events', text: line };
  }
}

async function* csvItems(text: Readable, delimiter = ','): AsyncGenerator<FileItem> {
  const rows = pipeline(
    text,
    parseCsv({ bom: true, columns: true, delimiter, skipEmptyLines: true, relaxColumnCountLess: true }),
    () => {},
  ) as AsyncIterable<Record<string, string>>;
  let number = 0;
  for await (const value of rows) {
    number += 1;
    yield { number, value };
  }
}

async function* lines(text: Readable): AsyncGenerator<string> {
  // Drops a byte order mark by itself.
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of text) {
    const parts = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE)
      throw new Failure('A line has over 64 million characters. One item a line, please.');
    yield* parts;
  }
  yield rest + decoder.decode();
}
