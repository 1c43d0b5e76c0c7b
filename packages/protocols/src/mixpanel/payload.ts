import { type Parsed, parseJson, shapeLimits } from '../json-shape.ts';
import type { WireRequest } from '../protocol.ts';
import { decodeBase64 } from './base64.ts';
import { elementTexts } from './elements.ts';

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

/** A batch adds an array around records that may each be as deep as the table allows. */
const inBatch = { unique, depth: shapeLimits.depth + 1 };

/** Reads the records of a request wherever its client put them (sheet §3). */
export function readPayload(request: WireRequest): Payload {
  const inQuery = request.query.get('data')?.[0];
  if (inQuery !== undefined) return readField(inQuery, 'data');
  if (request.method !== 'POST' || request.body.length === 0) return { type: 'none' };
  const { body } = request;
  if (isJsonStart(body.find((byte) => byte > 0x20))) return readText(body, 'raw', body.length);
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return { type: 'unreadable', form: 'data', message: 'data, not utf-8' };
  }
  // The content type is no help: a beacon sends its form as text/plain.
  const field = formField(text, 'data');
  return field === undefined ? readField(text.trim(), 'raw') : readField(field, 'data');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

const isJsonStart = (byte: number | undefined): boolean => byte === 0x7b || byte === 0x5b;

/** A value that is JSON, or base64 of JSON. */
function readField(value: string, form: 'data' | 'raw'): Payload {
  if (value === '') return { type: 'none' };
  if (/^\s*[[{]/.test(value)) return readText(value, form, value.length * 3);
  const decoded = decodeBase64(value);
  return decoded === undefined
    ? { type: 'unreadable', form, message: 'data, not base64 or JSON' }
    : readText(decoded, form, decoded.length);
}

/** One field of a form. Base64 is left with its `+`, which JSON text in a form has as spaces. */
function formField(text: string, name: string): string | undefined {
  const start = text.startsWith(`${name}=`) ? 0 : text.indexOf(`&${name}=`) + 1;
  if (start === 0 && !text.startsWith(`${name}=`)) return undefined;
  const end = text.indexOf('&', start);
  const raw = text.slice(start + name.length + 1, end < 0 ? text.length : end);
  if (!raw.includes('%')) return /^[[{]/.test(raw) ? raw.replaceAll('+', ' ') : raw;
  try {
    return decodeURIComponent(/^(%5B|%7B|[[{])/i.test(raw) ? raw.replaceAll('+', ' ') : raw);
  } catch {
    // Not percent-encoding after all; base64 holds no `%`, so it is refused as such.
    return raw;
  }
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
  if (parsed.problem !== 'syntax')
    return { type: 'records', form, records: elementTexts(whole).map((one) => parseJson(one, { unique })), bytes };
  const lines = form === 'raw' ? whole.split('\n').filter((line) => line.trim() !== '') : [];
  if (lines.length < 2) return { type: 'unreadable', form, message: parsed.message };
  const records = lines.map((line) => parseJson(line, { unique }));
  return records.every((one) => 'problem' in one)
    ? { type: 'unreadable', form, message: parsed.message }
    : { type: 'records', form, records, bytes };
}
