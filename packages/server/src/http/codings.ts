import { promisify } from 'node:util';
import { brotliDecompress, constants, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

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
  gzip: promisify(gunzip),
  deflate: promisify(inflate),
  raw: promisify(inflateRaw),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/**
 * The bytes that were packed, never more than `most`: counted as they come out (S18).
 * @throws a RangeError with the code `ERR_BUFFER_TOO_LARGE` where they are more, and zlib's own errors
 */
export function unpack(packed: Uint8Array, coding: Coding, most: number): Promise<Uint8Array> {
  const limit = { maxOutputLength: most };
  if (coding === 'zstd')
    return unpackers.zstd(packed, { ...limit, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW } });
  return unpackers[coding === 'deflate' && !hasZlibHead(packed) ? 'raw' : coding](packed, limit);
}

/** `deflate` is zlib's format by the book (RFC 9110 §8.4.1.2), and some clients leave out its first two bytes. */
const hasZlibHead = ([first = 0, second = 0]: Uint8Array): boolean =>
  (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
