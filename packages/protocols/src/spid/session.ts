import { type Identifier, type Json, keyOf, personAt } from '@selfsame/identity';
import { encodeTextBase64Url } from '../base64url.ts';
import type { Access, Host } from '../protocol.ts';
import { signatureOf } from '../signed-blob.ts';
import { settingsOf } from './settings.ts';
import type { Visitor } from './visitor.ts';

/** Keeps 1.x from sending to the vendor's own collector, which we do not run. */
const noTracking = { tracking: false } as const;

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** `{uid, user_id}`, in every session answer; a stranger has no user. */
export const visitorMember = ({ id, state }: Pick<Visitor, 'id' | 'state'>) => ({
  uid: id.value,
  ...(state.type === 'stranger' ? {} : { user_id: state.user.value }),
});

/**
 * The answer for a browser on which somebody is logged in. Signed: `sig` covers all members before it, in their order,
 * and then the algorithm.
 */
export async function sessionAnswer(
  visitor: Visitor,
  user: Identifier,
  expiresIn: number,
  access: Access,
  host: Host,
): Promise<object> {
  const answer = {
    result: true,
    serverTime: seconds(host.now),
    expiresIn,
    baseDomain: settingsOf(access).domain,
    ...noTracking,
    visitor: { uid: visitor.id.value, user_id: user.value },
    userStatus: 'connected',
    userId: numberOrText(user.value),
    id: legacyId(user, access, host),
    ...(await profileMembers(user, access, host)),
  };
  const payload = encodeTextBase64Url(JSON.stringify({ ...answer, algorithm: 'HMAC-SHA256' }));
  return { ...answer, sig: `${signatureOf(payload, access.project, host)}.${payload}` };
}

/** The answer without a login: an error that carries what we know of the browser. */
export function noSessionAnswer(
  type: 'UserException' | 'LoginException',
  visitor: Visitor,
  access: Access,
  host: Host,
): object {
  const { domain, sessionSeconds } = settingsOf(access);
  const description = type === 'LoginException' ? 'The user can be logged in again.' : 'No session found!';
  return {
    error: { code: 401, type, description },
    response: {
      result: false,
      serverTime: seconds(host.now),
      expiresIn: sessionSeconds,
      baseDomain: domain,
      ...noTracking,
      visitor: visitorMember(visitor),
    },
  };
}

/** A failure of any other call. */
export const apiError = (code: number, description: string, host: Host): object => ({
  error: { code, type: 'ApiException', description },
  response: { result: false, serverTime: seconds(host.now) },
});

export const success = (host: Host): object => ({ result: true, serverTime: seconds(host.now) });

/** User ids were numbers at the vendor's; ours may be texts. */
const numberOrText = (value: string): number | string =>
  /^[1-9]\d{0,15}$/.test(value) && Number.isSafeInteger(Number(value)) ? Number(value) : value;

/** The vendor's older 24-hex id: stable, and tells nothing. */
const legacyId = (user: Identifier, access: Access, host: Host): string =>
  [...host.hmac(access.project, 'server', `spid-id\n${user.value}`).subarray(0, 12)]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

const profileNames = ['displayName', 'givenName', 'familyName', 'gender', 'photo'] as const;

/** Profile members the SDK hands to the page, where the user's record has them. */
async function profileMembers(user: Identifier, access: Access, host: Host): Promise<Readonly<Record<string, Json>>> {
  const person = await host.ask(access.project, (graph) =>
    personAt(graph, access.policy, keyOf(user), Number.POSITIVE_INFINITY),
  );
  return Object.fromEntries(
    profileNames.flatMap((name): [string, Json][] => {
      const value = person?.traits.get(name);
      return typeof value === 'string' ? [[name, value]] : [];
    }),
  );
}
