import type { Json } from '@selfsame/identity';
import { decodeBase64InSteps } from '../base64.ts';
import { parseItem, parseItemsInSteps } from '../json/items.ts';
import { parseInSteps } from '../json/large.ts';
import type { Text } from '../json/long-text.ts';
import { lineTexts } from '../json/parts.ts';
import { type Parsed, shapeLimits } from '../json/shape.ts';
import { STEP, type Steps } from '../json/steps.ts';
import { decodeInSteps, withoutMark } from '../json/text.ts';
import { itemsOf } from '../json/values.ts';
import { decodePercentBytes } from '../percent.ts';
import type { WireRequest } from '../protocol.ts';
import { MAX_RECORDS } from './size.ts';

/** One record: what it says, or why it cannot be kept and the names it is still known by. */
export type Sent = Parsed & { readonly stub?: Json };

/** What a request carries: its records, each parsed or not; nothing at all; or something no record can be read from. */
export type Payload =
  | {
      readonly type: 'records';
      /** `data`: a form or query field, as the SDKs send it. `raw`: the body itself, JSON or NDJSON. */
      readonly form: 'data' | 'raw';
      readonly records: readonly Sent[];
      /** At most so many bytes of JSON, all together. */
      readonly bytes: number;
    }
  | { readonly type: 'none' }
  | {
      readonly type: 'unreadable';
      readonly form: 'data' | 'raw';
      readonly message: string;
      /** The token it shows all the same, so that its project hears of it. */
      readonly token?: string;
    };

/** Keys that decide who speaks, or of whom: one record may not hold them twice (S24). */
const unique: ReadonlySet<string> = new Set([
  ...['token', '$token', 'event', 'properties', '$insert_id', 'time'],
  ...['distinct_id', '$distinct_id', '$device_id', '$user_id', '$distinct_ids', 'alias'],
  ...['$anon_distinct_id', '$anon_id', '$identified_id', '$group_key', '$group_id'],
]);

/** Enough to know that a request is refused. */
const TOO_MANY = MAX_RECORDS + 1;

/** A batch adds an array around records that may each be as deep as the table allows. */
const inBatch = { unique, depth: shapeLimits.depth + 1 };

/** What a record is known by that cannot be kept. */
const names = ['event', '$token', 'properties.token', 'properties.$insert_id', '$insert_id'] as const;

const toBytes = new TextEncoder();

/** Reads the records of a request wherever its client put them. */
export function* readPayload(request: WireRequest): Steps<Payload> {
  const inQuery = request.query.get('data')?.[0];
  if (inQuery !== undefined)
    return /^[\s\uFEFF]*[[{]/.test(inQuery)
      ? yield* readText(inQuery, 'data', inQuery.length * 3)
      : yield* readBase64(toBytes.encode(inQuery), 0, 'data');
  if (request.method !== 'POST') return { type: 'none' };
  const { body } = request;
  const first = yield* firstSign(body);
  if (isJsonStart(body[first])) return yield* readText(body, 'raw', body.length);
  // The content type is no help: a beacon sends its form as text/plain.
  const start = yield* startOfData(body, first);
  return start === undefined ? yield* readBase64(body, first, 'raw') : yield* readField(body, start);
}

const SPACE = 0x20;
const AMPERSAND = 0x26;
const DATA = toBytes.encode('data=');
/** Where the first byte is that is neither blank nor of a byte order mark. */
function* firstSign(body: Uint8Array): Steps<number> {
  let rested = 0;
  for (let at = 0; at < body.length; ) {
    if (at - rested > STEP) {
      rested = at;
      yield;
    }
    if ((body[at] as number) <= SPACE) at += 1;
    else if (body[at] === MARK[0] && body[at + 1] === MARK[1] && body[at + 2] === MARK[2]) at += MARK.length;
    else return at;
  }
  return body.length;
}

const MARK = toBytes.encode('\ufeff');
const isJsonStart = (byte: number | undefined): boolean => byte === 0x7b || byte === 0x5b;

/** Where the value of the field `data` of a form begins. One pass: a form may be 10 MB of `&`. */
function* startOfData(form: Uint8Array, from: number): Steps<number | undefined> {
  for (let at = from; at < form.length; at++) {
    if (at % STEP === STEP - 1) yield;
    const begins = at === from || form[at - 1] === AMPERSAND;
    if (begins && form[at] === DATA[0] && DATA.every((byte, i) => form[at + i] === byte)) return at + DATA.length;
  }
  return undefined;
}

/** A field that is JSON, with spaces as `+` or percent-encoded like the rest or not encoded at all, or base64 of JSON. */
function* readField(form: Uint8Array, start: number): Steps<Payload> {
  const next = form.indexOf(AMPERSAND, start);
  const end = next < 0 ? form.length : next;
  const head = String.fromCharCode(...form.subarray(start, Math.min(start + HEAD, end)));
  if (!/^(%ef%bb%bf|\u00ef\u00bb\u00bf|%0[9ad]|%20|[+\s])*([[{]|%5b|%7b)/i.test(head))
    return yield* readBase64(form, start, 'data', end);
  const decoded = yield* decodePercentBytes(form.subarray(start, end));
  const read = yield* readText(decoded, 'data', decoded.length);
  if (read.type !== 'unreadable' || next < 0 || head.startsWith('%')) return read;
  const whole = form.subarray(start, 1 + Math.max(...CLOSING.map((byte) => form.lastIndexOf(byte))));
  const literal = whole.length > end - start ? yield* readText(whole, 'data', whole.length) : read;
  return literal.type === 'unreadable' ? read : literal;
}

/** Bytes of a field in which its first sign is looked for, after blanks and byte order marks. */
const HEAD = 64;

/** What JSON that was not encoded ends with: an ampersand within it did not end the field. */
const CLOSING = [0x5d, 0x7d];

function* readBase64(bytes: Uint8Array, from: number, form: 'data' | 'raw', to = bytes.length): Steps<Payload> {
  if (from === to) return { type: 'none' };
  const decoded = yield* decodeBase64InSteps(bytes, from, to);
  return decoded === undefined
    ? { type: 'unreadable', form, message: 'data, not base64 or JSON' }
    : yield* readText(decoded, form, decoded.length);
}

function* readText(sent: string | Uint8Array, form: 'data' | 'raw', bytes: number): Steps<Payload> {
  const text = typeof sent === 'string' ? withoutMark(sent) : yield* decodeInSteps(sent);
  const parsed = yield* parseInSteps(text, inBatch);
  if ('value' in parsed) {
    const { value } = parsed;
    const records = itemsOf(value)?.map((one) => ({ value: one })) ?? [parsed];
    return { type: 'records', form, records, bytes };
  }
  const items = yield* parseItemsInSteps(text, { unique, names, way: [] });
  if (!('problem' in items)) {
    const records = (items.value as readonly Json[]).map((one): Sent => {
      const message = items.bad.get(one);
      return message === undefined ? { value: one } : { problem: parsed.problem, message, stub: one };
    });
    return { type: 'records', form, records, bytes };
  }
  // A list so long that it was not read to its end.
  if (items.problem === 'elements' && text.charCodeAt(0) === 0x5b)
    return { type: 'records', form, records: Array(TOO_MANY).fill(items), bytes };
  const lines = form === 'raw' ? yield* lineTexts(text, TOO_MANY) : [];
  if (lines.length < 2) {
    const isOne = parsed.problem !== 'syntax' && parsed.problem !== 'utf-8';
    return isOne
      ? { type: 'records', form, records: [yield* parseItem(text, { unique, names })], bytes }
      : unreadable(text, form, parsed.message);
  }
  const records: Sent[] = [];
  for (const line of lines) {
    records.push(yield* parseItem(line, { unique, names }));
    yield;
  }
  return records.every((one) => 'problem' in one)
    ? unreadable(text, form, parsed.message)
    : { type: 'records', form, records, bytes };
}

function unreadable(text: Text, form: 'data' | 'raw', message: string): Payload {
  const token = /"\$?token"\s*:\s*"([\w.-]{1,128})"/.exec(text.slice(0, LOOKED_THROUGH))?.[1];
  return { type: 'unreadable', form, message, ...(token === undefined ? {} : { token }) };
}

/** Characters of something unreadable in which its token is looked for. */
const LOOKED_THROUGH = 65_536;
