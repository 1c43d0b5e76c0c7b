import { type Parsed, parseJson, shapeLimits } from '../json-shape.ts';
import type { WireRequest } from '../protocol.ts';
import { decodeBase64 } from './base64.ts';
import { elementTexts, lineTexts } from './elements.ts';
import { MAX_RECORDS } from './size.ts';

/** What a request carries: its records, each parsed or not; nothing at all; or something no record can be read from. */
export type Payload =
  | {
      readonly type: 'records';
      /** `data`: a form or query field, as the SDKs send it. `raw`: the body itself, JSON or NDJSON. */
      readonly form: 'data' | 'raw';
      readonly records: readonly Parsed[];
      /** At most so many bytes of JSON, all together. */
      readonly bytes: number;
    }
  | { readonly type: 'none' }
  | { readonly type: 'unreadable'; readonly form: 'data' | 'raw'; readonly message: string };

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

const utf8 = new TextDecoder('utf-8', { fatal: true });
const toBytes = new TextEncoder();

/** Reads the records of a request wherever its client put them (sheet §3). */
export function readPayload(request: WireRequest): Payload {
  const inQuery = request.query.get('data')?.[0];
  if (inQuery !== undefined)
    return /^\s*[[{]/.test(inQuery)
      ? readText(inQuery, 'data', inQuery.length * 3)
      : readBase64(toBytes.encode(inQuery), 0, 'data');
  if (request.method !== 'POST') return { type: 'none' };
  const { body } = request;
  if (isJsonStart(body.find((byte) => byte > SPACE))) return readText(body, 'raw', body.length);
  // The content type is no help: a beacon sends its form as text/plain.
  const start = startOfData(body);
  return start === undefined ? readBase64(body, 0, 'raw') : readField(body, start);
}

const SPACE = 0x20;
const AMPERSAND = 0x26;
const DATA = toBytes.encode('data=');
const isJsonStart = (byte: number | undefined): boolean => byte === 0x7b || byte === 0x5b;

/** Where the value of the field `data` of a form begins. One pass: a form may be 10 MB of `&`. */
function startOfData(form: Uint8Array): number | undefined {
  for (let at = 0; at < form.length; at++) {
    const begins = at === 0 || form[at - 1] === AMPERSAND;
    if (begins && form[at] === DATA[0] && DATA.every((byte, i) => form[at + i] === byte)) return at + DATA.length;
  }
  return undefined;
}

/** A field that is JSON, with spaces as `+` or percent-encoded like the rest, or base64 of JSON. */
function readField(form: Uint8Array, start: number): Payload {
  const next = form.indexOf(AMPERSAND, start);
  const end = next < 0 ? form.length : next;
  const head = String.fromCharCode(...form.subarray(start, Math.min(start + 3, end)));
  if (!/^([[{]|%5b|%7b)/i.test(head)) return readBase64(form, start, 'data', end);
  try {
    const text = decodeURIComponent(utf8.decode(form.subarray(start, end)).replaceAll('+', ' '));
    return readText(text, 'data', text.length * 3);
  } catch {
    return { type: 'unreadable', form: 'data', message: 'data, not percent-encoded UTF-8' };
  }
}

function readBase64(bytes: Uint8Array, from: number, form: 'data' | 'raw', to = bytes.length): Payload {
  if (from === to) return { type: 'none' };
  const decoded = decodeBase64(bytes, from, to);
  return decoded === undefined
    ? { type: 'unreadable', form, message: 'data, not base64 or JSON' }
    : readText(decoded, form, decoded.length);
}

function readText(text: string | Uint8Array, form: 'data' | 'raw', bytes: number): Payload {
  const parsed = parseJson(text, inBatch);
  if ('value' in parsed) {
    const { value } = parsed;
    const records = Array.isArray(value) ? value.map((one) => ({ value: one })) : [parsed];
    return { type: 'records', form, records, bytes };
  }
  if (parsed.problem === 'utf-8') return { type: 'unreadable', form, message: parsed.message };
  const whole = typeof text === 'string' ? text : utf8.decode(text);
  if (parsed.problem !== 'syntax') {
    const texts = elementTexts(whole, TOO_MANY);
    const records = texts === undefined ? [parsed] : texts.map((one) => parseJson(one, { unique }));
    return { type: 'records', form, records, bytes };
  }
  const lines = form === 'raw' ? lineTexts(whole, TOO_MANY) : [];
  if (lines.length < 2) return { type: 'unreadable', form, message: parsed.message };
  const records = lines.map((line) => parseJson(line, { unique }));
  return records.every((one) => 'problem' in one)
    ? { type: 'unreadable', form, message: parsed.message }
    : { type: 'records', form, records, bytes };
}
