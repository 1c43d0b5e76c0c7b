import { crc32 } from 'node:zlib';

/** One CRC-32 over several parts, in order; parts are kept apart, so `ab|c` and `a|bc` differ (G3). */
export const checksum = (...parts: readonly (string | number)[]): number =>
  parts.reduce<number>((sum, part) => crc32(`${part}\n`, sum), 0);
