import { LongText, type Text } from './long-text.ts';
import { STEP, type Steps } from './steps.ts';

const strict = new TextDecoder('utf-8', { fatal: true });

/** Where a byte that is no UTF-8 goes: U+DC80–U+DCFF, halves that no decoded text holds otherwise. */
const STRAY = 0xdc00;
const REPLACEMENT = '\ufffd';

/** Text without the byte order marks that tools put before it: one, or several where files were joined. */
export function withoutMark(text: string): string;
export function withoutMark(text: Text): Text;
export function withoutMark(text: Text): Text {
  if (typeof text === 'string') return isBlankOrMark.test(text) ? text.trimStart() : text;
  const first = text.search(neither);
  return first === 0 ? text : text.cut(first < 0 ? text.length : first);
}

/** Of the blanks of JavaScript a byte order mark is one. */
const isBlankOrMark = /^\s/;
const neither = /\S/;

/**
 * UTF-8 as senders write it. An encoder that goes character by character (Mixpanel's, Java's) writes an emoji as two
 * halves of three bytes, and half an emoji where a text was cut: two halves are one character, one alone is U+FFFD. A
 * byte that is nothing at all becomes an unpaired half, so `isWellFormed` tells where text was lost.
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return withoutMark(strict.decode(bytes));
  } catch {
    return withoutMark(mended(bytes));
  }
}

/** As {@link decodeText}, in steps, and where it is long in parts. */
export function* decodeInSteps(bytes: Uint8Array, step = STEP): Steps<Text> {
  if (bytes.length <= step) return decodeText(bytes);
  const parts: string[] = [];
  for (let from = 0; from < bytes.length; ) {
    let to = Math.min(from + step, bytes.length);
    while (to < bytes.length && isWithin(bytes, to)) to += 1;
    const part = inFull(bytes.subarray(from, to));
    parts.push(parts.length === 0 ? withoutMark(part) : part);
    if (parts[0] === '') parts.length = 0;
    from = to;
    yield;
  }
  return new LongText(parts);
}

/** With its marks. */
function inFull(bytes: Uint8Array): string {
  try {
    return whole.decode(bytes);
  } catch {
    return mended(bytes);
  }
}

const whole = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Does what stands here belong to what stands before: the rest of a character, or the other half of one? */
function isWithin(bytes: Uint8Array, at: number): boolean {
  const [half, other] = [halfAt(bytes, at - 3), halfAt(bytes, at)];
  if (half !== undefined && isHigh(half) && other !== undefined && !isHigh(other)) return true;
  for (let begin = Math.max(0, at - 3); begin < at; begin++) {
    if (lengthAt(bytes, begin) > at - begin) return true;
    if (begin > at - 3 && halfAt(bytes, begin) !== undefined) return true;
  }
  return false;
}

function mended(bytes: Uint8Array): string {
  let text = '';
  let begin = 0;
  const flush = (end: number): void => {
    if (begin < end) text += whole.decode(bytes.subarray(begin, end));
  };
  for (let at = 0; at < bytes.length; ) {
    const length = lengthAt(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    flush(at);
    const [half, other] = [halfAt(bytes, at), halfAt(bytes, at + 3)];
    if (half === undefined) {
      text += String.fromCharCode(STRAY + (bytes[at] as number));
      at += 1;
    } else if (isHigh(half) && other !== undefined && !isHigh(other)) {
      text += String.fromCharCode(half, other);
      at += 6;
    } else {
      text += REPLACEMENT;
      at += 3;
    }
    begin = at;
  }
  flush(bytes.length);
  return text;
}

/** Is this half of a character its first? */
export const isHigh = (half: number): boolean => half < 0xdc00;

/** The half of a character that three bytes spell (ED A0–BF xx), if they do. */
export function halfAt(bytes: Uint8Array, at: number): number | undefined {
  if (bytes[at] !== 0xed) return undefined;
  const [second, third] = [bytes[at + 1] ?? 0, bytes[at + 2] ?? 0];
  if ((second & 0xe0) !== 0xa0 || (third & 0xc0) !== 0x80) return undefined;
  return 0xd000 | ((second & 0x3f) << 6) | (third & 0x3f);
}

/** How many bytes the well-formed character here has (RFC 3629 §4); 0 when there is none. */
function lengthAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] as number;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  const follows = (count: number): boolean => {
    for (let i = 1; i <= count; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return false;
    return true;
  };
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const fits = first === 0xe0 ? second >= 0xa0 : first === 0xed ? second < 0xa0 : true;
    return fits && follows(2) ? 3 : 0;
  }
  if (first < 0xf0 || first > 0xf4) return 0;
  const fits = first === 0xf0 ? second >= 0x90 : first === 0xf4 ? second < 0x90 : true;
  return fits && follows(3) ? 4 : 0;
}
