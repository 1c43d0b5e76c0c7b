import { createReadStream, type ReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import { Failure } from './failure.ts';

/** One item of a file. `number` counts from 1; `problem` when there is text that is not JSON. */
export type FileItem =
  | { readonly number: number; readonly value: unknown }
  | { readonly number: number; readonly problem: string };

/** A file being read. */
export interface ItemFile extends AsyncIterable<FileItem> {
  /** Bytes of the file read so far, as they lie on disk. */
  bytesRead(): number;
}

/** A line longer than this is not a line of items but another kind of file, characters. */
const LONGEST_LINE = 64 * 1024 * 1024;

/** Reads a file of items as a stream: a JSON array, or one JSON value a line; gzipped or not. @throws Failure */
export async function openItems(file: string): Promise<ItemFile> {
  const { gzip, first } = await look(file);
  const raw = createReadStream(file);
  const text = unzipped(raw, gzip);
  const items = first === '[' ? arrayItems(text) : lineItems(text);
  return { [Symbol.asyncIterator]: () => readable(items, file), bytesRead: () => raw.bytesRead };
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

async function look(file: string): Promise<{ readonly gzip: boolean; readonly first: string | undefined }> {
  try {
    let gzip = false;
    for await (const chunk of createReadStream(file, { end: 1 })) gzip = chunk[0] === 0x1f && chunk[1] === 0x8b;
    for await (const chunk of unzipped(createReadStream(file), gzip)) {
      const first = /[^\s\uFEFF]/.exec((chunk as Buffer).toString('utf8'))?.[0];
      if (first !== undefined) return { gzip, first };
    }
    return { gzip, first: undefined };
  } catch (cause) {
    throw new Failure(`${file} cannot be read: ${(cause as Error).message}`, 2, { cause });
  }
}

/** An error on either stream ends both and reaches whoever reads. */
const unzipped = (raw: ReadStream, gzip: boolean): Readable => (gzip ? pipeline(raw, createGunzip(), () => {}) : raw);

async function* arrayItems(text: Readable): AsyncGenerator<FileItem> {
  const items = pipeline(text, streamArray.withParserAsStream(), () => {}) as AsyncIterable<{
    key: number;
    value: unknown;
  }>;
  for await (const { key, value } of items) yield { number: key + 1, value };
}

async function* lineItems(text: Readable): AsyncGenerator<FileItem> {
  let number = 0;
  for await (const line of lines(text)) {
    number += 1;
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      yield { number, problem: 'is not JSON' };
      continue;
    }
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
