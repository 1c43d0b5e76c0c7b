import type { Readable } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** The codings a body may come in; one of them, once. */
export type Coding = 'gzip' | 'deflate' | 'br' | 'zstd';

const names: ReadonlyMap<string, Coding | 'identity'> = new Map([
  ['', 'identity'],
  ['identity', 'identity'],
  ['gzip', 'gzip'],
  ['x-gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['br', 'br'],
  ['zstd', 'zstd'],
]);

/** What a `Content-Encoding` says; undefined for what we do not take, and for one put upon another. */
export const codingOf = (header = ''): Coding | 'identity' | undefined => names.get(header.trim().toLowerCase());

/** How far back a packed text may point, as a power of two: 8 MiB, which RFC 8878 asks a decoder for, and no more memory. */
const ZSTD_WINDOW = 23;

const unpackers = {
  gzip: createGunzip,
  deflate: createInflate,
  raw: createInflateRaw,
  br: createBrotliDecompress,
  zstd: () => createZstdDecompress({ params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW } }),
};

/** The bytes that were packed, part by part as they come out; it fails where they are not packed so. */
export function unpacking(packed: Uint8Array, coding: Coding): Readable {
  const unpacker = unpackers[coding === 'deflate' && !hasZlibHead(packed) ? 'raw' : coding]();
  unpacker.end(packed);
  return unpacker;
}

/** `deflate` is zlib's format by the book (RFC 9110 §8.4.1.2), and some clients leave out its first two bytes. */
const hasZlibHead = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
