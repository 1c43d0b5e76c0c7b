import type { WireReply } from '../../src/protocol.ts';
import { CLIENT, type Platform } from './platform-world.ts';

/** Where the client of these tests takes its users back. */
export const REDIRECT = 'https://shop.test/back?from=login';

const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** Asks the token endpoint with the client's credentials. */
export const askToken = (platform: Platform, fields: Readonly<Record<string, string>>): Promise<WireReply> =>
  platform.send(
    'POST',
    '/oauth/token',
    String(new URLSearchParams({ client_id: CLIENT, client_secret: 'server-key', ...fields })),
    form,
  );

/** A token of the client itself. */
export async function clientToken(platform: Platform, scope = ''): Promise<string> {
  return tokenIn(await askToken(platform, { grant_type: 'client_credentials', scope }));
}

/** Sends a browser to `/oauth/authorize`; where it is sent from there. */
export async function authorize(
  platform: Platform,
  fields: Readonly<Record<string, string>> = {},
  visitor?: string,
): Promise<{ readonly reply: WireReply; readonly back: URL | undefined }> {
  const query = new URLSearchParams({
    ...{ client_id: CLIENT, redirect_uri: REDIRECT, response_type: 'code', state: 's & t', scope: '' },
    ...fields,
  });
  const cookie: Readonly<Record<string, string>> =
    visitor === undefined ? {} : { cookie: `selfsame_visitor=${visitor}` };
  const reply = await platform.send('GET', `/oauth/authorize?${query}`, '', cookie);
  const { location } = reply.headers;
  return { reply, back: typeof location === 'string' ? new URL(location) : undefined };
}

/** A browser's name, one for each user. */
export const browserOf = (user: string): string => user.padStart(20, '0');

/** Logs a user in on a browser of theirs; the code they come back with. */
export async function codeOf(platform: Platform, user: string, scope = ''): Promise<string> {
  await platform.batch([{ type: 'login', ids: { visitor: browserOf(user), user } }]);
  const { back } = await authorize(platform, { scope }, browserOf(user));
  return back?.searchParams.get('code') ?? '';
}

/** A token of a user. */
export async function userToken(platform: Platform, user: string, scope = ''): Promise<string> {
  const code = await codeOf(platform, user, scope);
  return tokenIn(await askToken(platform, { grant_type: 'authorization_code', code, redirect_uri: REDIRECT }));
}

export const tokenIn = (reply: WireReply): string =>
  (JSON.parse(String(reply.body)) as { access_token?: string }).access_token ?? '';
