import type { Json } from '@selfsame/identity';

/** What JSON writes otherwise than it is: quotes, backslashes, controls and halves of characters (RFC 8259 §7). */
const escaped = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
const short = '"\\\b\t\n\f\r';
const notAscii = /[\u0080-\uffff]/;

type Unit = 'characters' | 'bytes';

/**
 * How long a value is as JSON, counted without that text being made: of ten megabytes it would be as much garbage.
 *
 * @param unit UTF-16 code units, as `JSON.stringify(value).length`, or bytes of UTF-8
 * @param most from more than this on it is counted no further: what is answered then is above it, and may be too little
 */
export const jsonLength = (value: Json, unit: Unit, most = Number.POSITIVE_INFINITY): number =>
  lengthOf(value, unit === 'bytes' ? bytesOf : charactersOf, most);

/** Is a value as JSON longer than `most`? Texts are looked through only where it might be, if each sign were escaped. */
export const isLonger = (value: Json, unit: Unit, most: number): boolean =>
  lengthOf(value, longestOf, most) > most && jsonLength(value, unit, most) > most;

function lengthOf(value: Json, ofText: (text: string) => number, most: number): number {
  if (typeof value === 'string') return value.length > most ? value.length : ofText(value);
  if (typeof value !== 'object' || value === null) return String(value).length;
  // Brackets, and a comma between two: one less than there are values.
  let length = 1;
  if (Array.isArray(value)) {
    for (const one of value as readonly Json[]) {
      if (length > most) return length;
      length += 1 + lengthOf(one, ofText, most - length);
    }
    return Math.max(2, length);
  }
  for (const name of Object.keys(value)) {
    if (length > most) return length;
    length += 2 + ofText(name);
    length += lengthOf((value as Readonly<Record<string, Json>>)[name] as Json, ofText, most - length);
  }
  return Math.max(2, length);
}

const charactersOf = (text: string): number => textLength(text, 'characters');
const bytesOf = (text: string): number => textLength(text, 'bytes');
const longestOf = (text: string): number => 6 * text.length + 2;

function textLength(text: string, unit: Unit): number {
  const plain = text.length + 2;
  if (!escaped.test(text) && (unit === 'characters' || !notAscii.test(text))) return plain;
  let length = plain;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x80) length += moreThanOne(text[at] as string, code);
    else if (isPair(text, at)) {
      at += 1;
      // Two code units, and four bytes.
      length += unit === 'bytes' ? 2 : 0;
    } else if (code >= 0xd800 && code <= 0xdfff) length += 5;
    else if (unit === 'bytes') length += code < 0x800 ? 1 : 2;
  }
  return length;
}

/** What is written for a character of ASCII beside one. */
const moreThanOne = (sign: string, code: number): number => (short.includes(sign) ? 1 : code < 0x20 ? 5 : 0);

const isPair = (text: string, at: number): boolean => (text.codePointAt(at) as number) > 0xffff;
