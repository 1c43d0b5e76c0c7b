import type { Ids, Properties } from './wire.ts';

/** What a signed text says, or why it is not believed. */
export type Verified =
  | { readonly ok: true; readonly payload: Properties }
  | { readonly ok: false; readonly reason: string };

/** When it was signed, and what it is bound to. */
export interface SignOptions {
  /** When it was signed, Unix seconds; default now. */
  readonly t?: number;
  /** The id of the project it is for; no other takes it, though its secret be the same. Without it any with the secret does. */
  readonly project?: string;
  /** It has one effect, whoever sends it how often; the second time is a `duplicate`. Not for a text that you keep and give out again. */
  readonly once?: boolean;
}

/**
 * Traits that a page may hand on and nobody can change: `<signature>.<payload>`. The server takes them for a day.
 * @param sub whom they are of, a value among the ids the page sends; without it anybody could use them as theirs
 */
export const signTraits = (
  traits: Properties,
  signingSecret: string,
  { sub, ...options }: SignOptions & { readonly sub?: string } = {},
): Promise<string> => sign({ ...traits, ...(sub === undefined ? {} : { sub }) }, signingSecret, options);

/** Who a visitor is, for a page to hand on with `login`; the server takes it for five minutes. */
export const signIdentity = (ids: Ids, signingSecret: string, options: SignOptions = {}): Promise<string> =>
  sign({ use: 'identity', ids }, signingSecret, options);

/**
 * Checks a signed text: one of ours, or what the server signed, as SPiD's session answers and callbacks.
 * @param maxAgeSeconds how long ago `t` may be, default 300; null when it does not matter. A text without `t` has no age.
 */
export async function verify(
  text: string,
  signingSecret: string,
  { maxAgeSeconds = 300 }: { readonly maxAgeSeconds?: number | null } = {},
): Promise<Verified> {
  const refused = (reason: string): Verified => ({ ok: false, reason });
  const [signature = '', payload = '', ...more] = text.split('.');
  const [mac, json] = [fromBase64Url(signature), fromBase64Url(payload)];
  if (more.length > 0 || mac === undefined || json === undefined) return refused('it is not <signature>.<payload>');
  const key = await hmacKey(utf8(signingSecret));
  // Compared in constant time, and before anything of it is parsed.
  if (!(await crypto.subtle.verify('HMAC', key, mac, utf8(payload)))) return refused('the signature is wrong');
  const read = parse(new TextDecoder().decode(json));
  if (read === undefined) return refused('the payload is not an object');
  const { algorithm = 'HMAC-SHA256', t } = read;
  if (String(algorithm).toUpperCase() !== 'HMAC-SHA256') return refused('the algorithm is not HMAC-SHA256');
  if (maxAgeSeconds !== null && t !== undefined && !(Math.abs(Date.now() / 1_000 - Number(t)) <= maxAgeSeconds))
    return refused('it was signed too long ago, or in the future');
  return { ok: true, payload: read };
}

async function sign(said: object, secret: string, options: SignOptions): Promise<string> {
  const { t = Date.now() / 1_000, project, once = false } = options;
  const payload = {
    ...said,
    algorithm: 'HMAC-SHA256',
    t,
    ...(project === undefined ? {} : { $audience: project }),
    ...(once ? { $nonce: crypto.randomUUID() } : {}),
  };
  const text = toBase64Url(utf8(JSON.stringify(payload)));
  return `${toBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', await hmacKey(utf8(secret)), utf8(text))))}.${text}`;
}

/** A key for HMAC-SHA256. */
export const hmacKey = (bytes: Uint8Array<ArrayBuffer>): ReturnType<typeof crypto.subtle.importKey> =>
  crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

function parse(text: string): Properties | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Properties) : undefined;
  } catch {
    return undefined;
  }
}

const toBase64Url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/** Undefined unless it is canonical: one text for the same bytes. */
function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]+$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = fromBase64(text.replaceAll('-', '+').replaceAll('_', '/'));
  return toBase64Url(bytes) === text ? bytes : undefined;
}

/** @throws when it is not base64 */
export const fromBase64 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
