import { basicAuth } from '../basic-auth.ts';
import type { Access, Host, Item, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer, json } from '../reply.ts';
import { derivedId } from './derived-id.ts';
import { formOf } from './parameters.ts';
import { scopesFor } from './scopes.ts';
import { type Grant, openToken, tokenFor } from './token.ts';
import { PLATFORM_TRUST } from './trust.ts';

/** How long a token opens the REST API, s: the vendor's week. */
const LIFETIME = 604_800;

/** `POST /oauth/token`: client credentials in the header or the form, alone, with a code or a refresh token, for a token. */
export function readTokenRequest(request: WireRequest, host: Host): Reading {
  const form = formOf(request);
  const basic = basicAuth(request.headers['authorization']);
  const clientId = basic?.user ?? form.get('client_id') ?? '';
  const secret = basic?.secret ?? form.get('client_secret') ?? '';
  const kind = form.get('grant_type');
  if (kind === undefined) return answer(oauthFailure('invalid_request'));
  if (!isGrantType(kind)) return answer(oauthFailure('unsupported_grant_type'));
  const client = host.publicKey('spid', clientId);
  if (client === undefined) return answer(oauthFailure('invalid_client_id'));
  const shown = host.serverKey('spid', secret);
  if (shown === undefined || shown.project !== client.project)
    return answer(oauthFailure('invalid_client_credentials'));
  const { keyId } = shown;
  const of = keyId === undefined ? {} : { keyId };
  const scopes = scopesFor(form.get('scope'), client);
  if (scopes === undefined) return answer(oauthFailure('invalid_scope'));
  if (kind === 'client_credentials') return answer(tokens({ clientId, scopes, ...of }, client, host));

  const [field, use] = kind === 'refresh_token' ? (['refresh_token', 'refresh'] as const) : (['code', 'code'] as const);
  const sent = form.get(field) ?? '';
  const opened = openToken(sent, use, host);
  if (typeof opened === 'string' || opened.clientId !== clientId) return answer(oauthFailure('invalid_grant'));
  // Asked for nothing, it opens what the one before did; it never opens more.
  if (!scopes.every((scope) => opened.scopes.includes(scope))) return answer(oauthFailure('invalid_scope'));
  const { user } = opened;
  const grant: Grant = {
    clientId,
    scopes: scopes.length === 0 ? opened.scopes : scopes,
    ...(user === undefined ? {} : { user }),
    ...of,
  };
  if (kind === 'refresh_token') return answer(tokens(grant, client, host));
  if (user === undefined || opened.redirectUri !== form.get('redirect_uri'))
    return answer(oauthFailure('invalid_grant'));
  return {
    type: 'items',
    items: [useOf(sent, user, client, host)],
    reply: ([verdict]) => (verdict?.status === 'applied' ? tokens(grant, client, host) : oauthFailure('invalid_grant')),
  };
}

const grantTypes = ['client_credentials', 'authorization_code', 'refresh_token'] as const;
const isGrantType = (kind: string): kind is (typeof grantTypes)[number] =>
  (grantTypes as readonly string[]).includes(kind);

/**
 * A code is good once, on every node and over a restart: its use is an item of the log, and a second one is a
 * duplicate.
 */
const useOf = (code: string, user: string, access: Access, host: Host): Item => ({
  type: 'statement',
  statement: {
    ...{ project: access.project, wire: 'spid', trust: PLATFORM_TRUST },
    command: { type: 'Track', ids: [{ kind: 'user', value: user }], name: 'User token', properties: {}, hidden: true },
    insertId: derivedId('User token', code, access, host),
  },
});

function tokens(grant: Grant, access: Access, host: Host): WireReply {
  const serverTime = Math.floor(host.now / 1000);
  return freshJson(200, {
    access_token: tokenFor(grant, access, 'access', serverTime + LIFETIME, host),
    expires_in: LIFETIME,
    scope: grant.scopes.length === 0 ? null : grant.scopes.join(' '),
    user_id: grant.user ?? false,
    is_admin: false,
    refresh_token: tokenFor(grant, access, 'refresh', serverTime + 4 * LIFETIME, host),
    server_time: serverTime,
  });
}

/** JSON that no cache keeps. */
export const freshJson = (status: number, body: object): WireReply =>
  json(status, body, { 'cache-control': 'no-store' });

/** What the token endpoint and `/oauth/authorize` refuse with. */
export const oauthFailure = (error: string): WireReply =>
  freshJson(400, {
    error,
    error_code: 400,
    type: 'OAuthException',
    error_description: `400 Bad Request! Reason: "${error}"`,
  });
