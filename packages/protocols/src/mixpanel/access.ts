import { basicAuth } from '../basic-auth.ts';
import type { Access, Host, Keyring, WireRequest } from '../protocol.ts';
import { parameter } from './parameters.ts';

/**
 * Whom a record's token speaks for. A backend that shows the server key, as at `/import`, is trusted as such in the
 * project that key opens; the vendor's clients show none here, and a key that opens another project proves nothing.
 */
export function accessLookup(request: WireRequest, host: Host): (token: string) => Access | undefined {
  const tokens = tokenLookup(host);
  const shown = request.headers['authorization'] === undefined ? undefined : importAccess(request, host);
  if (shown === undefined || shown.trust === 0) return tokens;
  return (token) => {
    const access = tokens(token);
    return access?.project === shown.project ? shown : access;
  };
}

/** Looks tokens up; a batch names one token a thousand times, and a look-up costs a digest. */
function tokenLookup(keyring: Keyring): (token: string) => Access | undefined {
  let last: string | undefined;
  let access: Access | undefined;
  return (token) => {
    if (token !== last) {
      last = token;
      access = keyring.publicKey('mixpanel', token);
    }
    return access;
  };
}

/**
 * Whom `/import` speaks for: HTTP Basic with the server key as user name, or as the secret of any service account, or
 * the project token as user name (trusted as little as anywhere); or `api_key`, as Node's `key` option sends it in the
 * query, and Python's and Ruby's libraries in the form.
 */
export function importAccess(request: WireRequest, host: Host): Access | undefined {
  const basic = basicAuth(request.headers['authorization']);
  if (basic === undefined) {
    const key = parameter(request, 'api_key');
    return key ? host.serverKey('mixpanel', key) : undefined;
  }
  if (basic.secret !== '') return host.serverKey('mixpanel', basic.secret);
  if (basic.user === '') return undefined;
  return host.serverKey('mixpanel', basic.user) ?? host.publicKey('mixpanel', basic.user);
}
