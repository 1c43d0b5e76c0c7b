import type { Access, Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer } from '../reply.ts';
import { oauthFailure } from './oauth.ts';
import { scopesFor } from './scopes.ts';
import { settingsOf } from './settings.ts';
import { tokenFor } from './token.ts';
import { visitorOf } from './visitor.ts';

/** How long a code is good, s. */
const CODE_LIFETIME = 60;

/**
 * `GET /oauth/authorize`: sends a browser on which somebody is logged in back to its client with a code, which the
 * client's backend changes for a token of that user. Only to an address of the settings, written as it is there:
 * to any other the answer is an error, or this would send users anywhere. There is no login page here, so where nobody
 * is logged in the client is told `login_required`.
 */
export async function readAuthorize(request: WireRequest, host: Host): Promise<Reading> {
  const query = (name: string) => request.query.get(name)?.[0];
  const clientId = query('client_id') ?? '';
  const access = host.publicKey('spid', clientId);
  if (access === undefined) return answer(oauthFailure('invalid_client_id'));
  const redirectUri = query('redirect_uri') ?? '';
  if (!settingsOf(access).redirectUris.includes(redirectUri)) return answer(oauthFailure('redirect_uri_mismatch'));
  const { state, cookie } = await visitorOf(request, access, host);
  const back = (name: 'code' | 'error', value: string): Reading =>
    answer(sendTo(addressWith(redirectUri, { [name]: value, state: query('state') }), cookie));
  if (query('response_type') !== 'code') return back('error', 'unsupported_response_type');
  const scopes = scopesFor(query('scope'), access);
  if (scopes === undefined) return back('error', 'invalid_scope');
  if (state.type !== 'session') return back('error', 'login_required');
  return back('code', codeFor({ clientId, user: state.user.value, scopes, redirectUri }, access, host));
}

const codeFor = (grant: Parameters<typeof tokenFor>[0], access: Access, host: Host): string =>
  tokenFor(grant, access, 'code', Math.floor(host.now / 1000) + CODE_LIFETIME, host);

function addressWith(address: string, members: Readonly<Record<string, string | undefined>>): string {
  const added = Object.entries(members).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return `${address}${address.includes('?') ? '&' : '?'}${added.join('&')}`;
}

const sendTo = (location: string, cookie: string): WireReply => ({
  status: 302,
  // The code stays out of caches, and out of what the next page tells others of where it was opened from.
  headers: { location, 'set-cookie': [cookie], 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' },
  body: '',
});
