import type { Access, Host, Keyring, WireRequest } from '../protocol.ts';

/** Looks tokens up; a batch names one token a thousand times, and a look-up costs a digest. */
export function tokenLookup(keyring: Keyring): (token: string) => Access | undefined {
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
 * the project token as user name (trusted as little as anywhere); or `api_key`, as Node's `key` option sends it.
 */
export function importAccess(request: WireRequest, host: Host): Access | undefined {
  const basic = basicAuth(request.headers['authorization']);
  if (basic === undefined) {
    const key = request.query.get('api_key')?.[0];
    return key ? host.serverKey('mixpanel', key) : undefined;
  }
  if (basic.secret !== '') return host.serverKey('mixpanel', basic.secret);
  if (basic.user === '') return undefined;
  return host.serverKey('mixpanel', basic.user) ?? host.publicKey('mixpanel', basic.user);
}

function basicAuth(header: string | undefined): { readonly user: string; readonly secret: string } | undefined {
  const credentials = /^Basic +([\w+/-]{1,2000}={0,2}) *$/i.exec(header ?? '')?.[1];
  if (credentials === undefined) return header === undefined ? undefined : { user: '', secret: '' };
  let text: string;
  try {
    text = atob(credentials);
  } catch {
    return { user: '', secret: '' };
  }
  const colon = text.indexOf(':');
  return colon < 0 ? { user: text, secret: '' } : { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}
