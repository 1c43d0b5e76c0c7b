import { decodeBase64Url, encodeBase64Url, encodeTextBase64Url } from '../base64url.ts';
import { basicAuth } from '../basic-auth.ts';
import { readForm } from '../form.ts';
import { parseJson } from '../json-shape.ts';
import type { Access, Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer, json } from '../reply.ts';

/** How long a token opens the REST API, s: the vendor's week. */
const LIFETIME = 604_800;

/** `POST /oauth/token`: client credentials in the header or the form, alone or with a refresh token, for a token. */
export function readTokenRequest(request: WireRequest, host: Host): Reading {
  const form = readForm(new TextDecoder('utf-8').decode(request.body));
  const basic = basicAuth(request.headers['authorization']);
  const clientId = basic?.user ?? form.get('client_id') ?? '';
  const secret = basic?.secret ?? form.get('client_secret') ?? '';
  const grant = form.get('grant_type');
  if (grant === undefined) return failure('invalid_request');
  if (grant !== 'client_credentials' && grant !== 'refresh_token') return failure('unsupported_grant_type');
  const client = host.publicKey('spid', clientId);
  if (client === undefined) return failure('invalid_client_id');
  if (host.serverKey('spid', secret)?.project !== client.project) return failure('invalid_client_credentials');
  if (grant === 'refresh_token') {
    const opened = openToken(form.get('refresh_token') ?? '', 'refresh', host);
    if (typeof opened === 'string' || opened.clientId !== clientId) return failure('invalid_grant');
  }
  const serverTime = Math.floor(host.now / 1000);
  return answered(200, {
    access_token: tokenFor(clientId, client, 'access', serverTime + LIFETIME, host),
    expires_in: LIFETIME,
    scope: null,
    user_id: false,
    is_admin: false,
    refresh_token: tokenFor(clientId, client, 'refresh', serverTime + 4 * LIFETIME, host),
    server_time: serverTime,
  });
}

type Use = 'access' | 'refresh';

/** A token says which client it was given to and until when, under a MAC: nothing needs to be kept. */
function tokenFor(clientId: string, access: Access, use: Use, expires: number, host: Host): string {
  const payload = encodeTextBase64Url(JSON.stringify({ c: clientId, u: use, e: expires }));
  return `${payload}.${macOf(payload, access, host)}`;
}

/** Derived for this one purpose, so that no other signature of ours is a token (S8). */
const macOf = (payload: string, access: Access, host: Host): string =>
  encodeBase64Url(host.hmac(access.project, 'server', `spid-token\n${payload}`));

/** Whom a token speaks for, or the first rung of the error ladder that it fails on (sheet §4). */
export function tokenAccess(
  request: WireRequest,
  host: Host,
): Access | 'invalid_request' | 'invalid_token' | 'expired_token' {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers['authorization'] ?? '')?.[1];
  const isForm = request.method !== 'GET' && request.body.length > 0;
  const sent = bearer ?? request.query.get('oauth_token')?.[0] ?? (isForm ? formToken(request) : undefined);
  if (sent === undefined || sent === '') return 'invalid_request';
  const opened = openToken(sent, 'access', host);
  return typeof opened === 'string' ? opened : opened.access;
}

/** The client that a token of ours was given to for this use; or what is wrong with it. */
function openToken(
  sent: string,
  wanted: Use,
  host: Host,
): { readonly clientId: string; readonly access: Access } | 'invalid_token' | 'expired_token' {
  const [payload = '', mac = '', ...more] = sent.split('.');
  const given = decodeBase64Url(mac);
  const bytes = decodeBase64Url(payload);
  const parsed = bytes === undefined ? undefined : parseJson(bytes);
  if (given === undefined || parsed === undefined || 'problem' in parsed || more.length > 0) return 'invalid_token';
  const { c: clientId, u: use, e: expires } = { ...(parsed.value as Readonly<Record<string, unknown>> | null) };
  if (typeof clientId !== 'string' || use !== wanted) return 'invalid_token';
  const access = host.publicKey('spid', clientId);
  if (access === undefined) return 'invalid_token';
  if (!host.sameBytes(host.hmac(access.project, 'server', `spid-token\n${payload}`), given)) return 'invalid_token';
  return typeof expires === 'number' && expires * 1000 > host.now ? { clientId, access } : 'expired_token';
}

const formToken = (request: WireRequest): string | undefined =>
  readForm(new TextDecoder('utf-8').decode(request.body)).get('oauth_token');

const answered = (status: number, body: object): Reading => answer(freshJson(status, body));

/** JSON that no cache keeps. */
export const freshJson = (status: number, body: object): WireReply =>
  json(status, body, { 'cache-control': 'no-store' });

const failure = (error: string): Reading =>
  answered(400, {
    error,
    error_code: 400,
    type: 'OAuthException',
    error_description: `400 Bad Request! Reason: "${error}"`,
  });
