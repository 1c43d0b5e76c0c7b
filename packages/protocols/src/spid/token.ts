import type { Json } from '@selfsame/identity';
import { decodeBase64Url, encodeBase64Url, encodeTextBase64Url } from '../base64url.ts';
import { parseJson } from '../json/shape.ts';
import type { Access, Host, WireRequest } from '../protocol.ts';
import { formOf } from './parameters.ts';

/** What a token is good for: the REST API, another token, or, once, a user's first token. */
export type Use = 'access' | 'refresh' | 'code';

/** What a token says: whom it was given to, for whom, and what it opens. */
export interface Grant {
  readonly clientId: string;
  /** The user whose token it is; absent: the client's own. */
  readonly user?: string;
  readonly scopes: readonly string[];
  /** Of a code: where the user was sent with it, which the client says again. */
  readonly redirectUri?: string;
  /** Of the client secret it was given for, where that is not the settings file's. */
  readonly keyId?: string;
}

/** A token that proved to be ours, with what its client's key opens. */
export interface Bearer extends Grant {
  readonly access: Access;
}

/** A token says all this itself, and until when, s, under a MAC: nothing needs to be kept. */
export function tokenFor(grant: Grant, access: Access, use: Use, expires: number, host: Host): string {
  const { clientId, user, scopes, redirectUri, keyId } = grant;
  const said = {
    ...{ c: clientId, u: use, e: expires },
    ...(user === undefined ? {} : { n: user }),
    ...(scopes.length === 0 ? {} : { s: scopes }),
    ...(keyId === undefined ? {} : { k: keyId }),
    // No two codes are the same, and so one that was used says nothing of another.
    ...(redirectUri === undefined ? {} : { r: redirectUri, j: host.randomText(20) }),
  };
  const payload = encodeTextBase64Url(JSON.stringify(said));
  return `${payload}.${encodeBase64Url(macOf(payload, access, host))}`;
}

/** Derived for this one purpose, so that no other signature of ours is a token (S8). */
const macOf = (payload: string, access: Access, host: Host): Uint8Array =>
  host.hmac(access.project, 'server', `spid-token\n${payload}`);

/** Whom a request's token speaks for, or the rung of the error ladder that it fails on. */
export function bearerOf(
  request: WireRequest,
  host: Host,
): Bearer | 'invalid_request' | 'invalid_token' | 'expired_token' {
  const header = /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  const sent = header ?? request.query.get('oauth_token')?.[0] ?? formOf(request).get('oauth_token');
  return sent === undefined || sent === '' ? 'invalid_request' : openToken(sent, 'access', host);
}

/** What a token of ours for this use says; or what is wrong with it. */
export function openToken(sent: string, wanted: Use, host: Host): Bearer | 'invalid_token' | 'expired_token' {
  const [payload = '', mac = '', ...more] = sent.split('.');
  const given = decodeBase64Url(mac);
  const bytes = decodeBase64Url(payload);
  const parsed = bytes === undefined ? undefined : parseJson(bytes);
  if (given === undefined || parsed === undefined || 'problem' in parsed || more.length > 0) return 'invalid_token';
  const said = { ...(parsed.value as Readonly<Record<string, Json>> | null) };
  const { c: clientId, u: use, e: expires, n: user, r: redirectUri, k: keyId } = said;
  if (typeof clientId !== 'string' || use !== wanted) return 'invalid_token';
  const access = host.publicKey('spid', clientId);
  if (access === undefined || !host.sameBytes(macOf(payload, access, host), given)) return 'invalid_token';
  if (typeof expires !== 'number' || expires * 1000 <= host.now) return 'expired_token';
  // From here on it is our own writing. A token goes with the secret it was given for (S3).
  const key = typeof keyId === 'string' ? keyId : undefined;
  if (use !== 'code' && !host.holdsKey(access.project, key)) return 'invalid_token';
  return {
    ...{ clientId, access, scopes: (said['s'] ?? []) as readonly string[] },
    ...(typeof user === 'string' ? { user } : {}),
    ...(typeof redirectUri === 'string' ? { redirectUri } : {}),
  };
}
