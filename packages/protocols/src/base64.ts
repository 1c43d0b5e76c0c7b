import { atOnce, STEP, type Steps } from './json/steps.ts';

/** What a byte stands for: 0–63, or one of these. */
const PADDING = 64;
const BLANK = 65;
const NONE = 66;

const PERCENT = 0x25;

const meanings = new Uint8Array(256).fill(NONE);
const mean = (sign: string, meaning: number) => (meanings[sign.charCodeAt(0)] = meaning);
[...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].forEach(mean);
// The alphabet for URLs. A space is a `+` that a form decoder has touched: Node's client does not percent-encode.
mean('-', 62);
mean('_', 63);
mean(' ', 62);
mean('=', PADDING);
mean('\r', BLANK);
mean('\n', BLANK);

/** Kept between calls, for the many small ones. A larger one has steps, and others come in between. */
const scratch = new Uint8Array(STEP);

/**
 * The bytes of base64 between two places of a form: in either alphabet, padded or not, percent-encoded or not.
 * Undefined when it is none. One pass, because a batch may hold 10 MB of it. The bytes are good until the next call.
 */
export const decodeBase64 = (form: Uint8Array, from = 0, to = form.length): Uint8Array | undefined =>
  atOnce(decodeBase64InSteps(form, from, to));

/** As {@link decodeBase64}, in steps; the bytes are good until the next one. */
export function* decodeBase64InSteps(form: Uint8Array, from: number, to: number): Steps<Uint8Array | undefined> {
  const most = Math.ceil(((to - from) * 3) / 4);
  const decoding: Decoding = {
    out: most <= scratch.length ? scratch : new Uint8Array(most),
    at: from,
    size: 0,
    group: 0,
    held: 0,
    padded: false,
  };
  // What is kept between calls belongs to one of them: a small piece is one step.
  const step = decoding.out === scratch ? to - from : STEP;
  while (decoding.at < to) {
    if (!decodeRun(decoding, form, Math.min(decoding.at + step, to), to)) return undefined;
    if (decoding.at < to) yield;
  }
  const { out, held, group } = decoding;
  if (held === 1) return undefined;
  if (held === 2) out[decoding.size++] = group >> 4;
  if (held === 3) {
    out[decoding.size++] = group >> 10;
    out[decoding.size++] = group >> 2;
  }
  return out.subarray(0, decoding.size);
}

/** How far a decoding is: the bytes made so far, and the bits that are not yet whole bytes. */
interface Decoding {
  readonly out: Uint8Array;
  at: number;
  size: number;
  group: number;
  held: number;
  padded: boolean;
}

/** Goes on until a place; false when what stands there is no base64. `end`: of all of it. */
function decodeRun(decoding: Decoding, form: Uint8Array, until: number, end: number): boolean {
  const { out } = decoding;
  let { at, size, group, held, padded } = decoding;
  for (; at < until; at++) {
    let byte = form[at] as number;
    if (byte === PERCENT) {
      byte = at + 2 < end ? escaped(form[at + 1] as number, form[at + 2] as number) : 0;
      at += 2;
    }
    const meaning = meanings[byte] as number;
    if (meaning < PADDING && !padded) {
      group = (group << 6) | meaning;
      held += 1;
      if (held < 4) continue;
      out[size++] = group >> 16;
      out[size++] = group >> 8;
      out[size++] = group;
      group = 0;
      held = 0;
    } else if (meaning === PADDING) padded = true;
    else if (meaning !== BLANK) return false;
  }
  Object.assign(decoding, { at, size, group, held, padded });
  return true;
}

/** The byte that two hexadecimal digits spell; 0, which base64 does not have, for anything else. */
function escaped(high: number, low: number): number {
  const byte = Number.parseInt(String.fromCharCode(high, low), 16);
  return Number.isNaN(byte) ? 0 : byte;
}
