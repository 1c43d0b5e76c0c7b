import { Transform } from 'node:stream';

/** The byte that every half of a character begins with, where an encoder took each half for a character (CESU-8). */
const FIRST = 0xed;
const REPLACEMENT = Buffer.from('\ufffd');

/**
 * UTF-8 with its characters whole: Oracle's `UTF8`, Java and mixpanel-browser write an emoji as two halves of three bytes.
 * A half without its partner becomes U+FFFD, as on the wires.
 */
export function wholeCharacters(): Transform {
  let held: Buffer = Buffer.alloc(0);
  return new Transform({
    transform(part: Buffer, _encoding, done) {
      const bytes = held.length === 0 ? part : Buffer.concat([held, part]);
      const end = endOfWhole(bytes);
      held = bytes.subarray(end);
      done(null, whole(bytes.subarray(0, end)));
    },
    flush: (done) => done(null, whole(held)),
  });
}

/** Where what may be the beginning of two halves is cut off by the end. */
function endOfWhole(bytes: Buffer): number {
  for (let at = Math.max(0, bytes.length - 5); at < bytes.length; at++)
    if (isHalf(bytes, at) && !(isLow(bytes, at) && isHigh(bytes, at - 3))) return at;
  return bytes.length;
}

function whole(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let begin = 0;
  for (let at = bytes.indexOf(FIRST); at >= 0; at = bytes.indexOf(FIRST, at)) {
    if (!isHalf(bytes, at) || bytes.length < at + 3) {
      at += 1;
      continue;
    }
    const isPair = isHigh(bytes, at) && isLow(bytes, at + 3) && bytes.length >= at + 6;
    parts.push(bytes.subarray(begin, at), isPair ? joined(unitAt(bytes, at), unitAt(bytes, at + 3)) : REPLACEMENT);
    at += isPair ? 6 : 3;
    begin = at;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(begin)]);
}

const joined = (high: number, low: number): Buffer => Buffer.from(String.fromCharCode(high, low));

/** The half that three bytes spell. */
const unitAt = (bytes: Buffer, at: number): number =>
  0xd000 | (((bytes[at + 1] as number) & 0x3f) << 6) | ((bytes[at + 2] as number) & 0x3f);

const isHigh = (bytes: Buffer, at: number): boolean => begins(bytes, at, 0xa0);
const isLow = (bytes: Buffer, at: number): boolean => begins(bytes, at, 0xb0);
/** The last byte may be still to come. */
const begins = (bytes: Buffer, at: number, second: number): boolean =>
  bytes[at] === FIRST && ((bytes[at + 1] ?? 0) & 0xf0) === second && ((bytes[at + 2] ?? 0x80) & 0xc0) === 0x80;
/** Or what may become one with the next bytes. */
const isHalf = (bytes: Buffer, at: number): boolean =>
  bytes[at] === FIRST && (at + 1 === bytes.length || isHigh(bytes, at) || isLow(bytes, at));
