import { Transform } from 'node:stream';
import { halfAt, isHigh } from '@selfsame/protocols';

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
  for (let at = Math.max(0, bytes.length - 5); at < bytes.length; at++) {
    if (bytes[at] !== FIRST) continue;
    const half = halfAt(bytes, at);
    if (at + 3 > bytes.length || (half !== undefined && isHigh(half))) return at;
  }
  return bytes.length;
}

function whole(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  let begin = 0;
  for (let at = bytes.indexOf(FIRST); at >= 0; at = bytes.indexOf(FIRST, at)) {
    const [half, other] = [halfAt(bytes, at), halfAt(bytes, at + 3)];
    if (half === undefined) {
      at += 1;
      continue;
    }
    const isPair = isHigh(half) && other !== undefined && !isHigh(other);
    parts.push(bytes.subarray(begin, at), isPair ? Buffer.from(String.fromCharCode(half, other)) : REPLACEMENT);
    at += isPair ? 6 : 3;
    begin = at;
  }
  return parts.length === 0 ? bytes : Buffer.concat([...parts, bytes.subarray(begin)]);
}
