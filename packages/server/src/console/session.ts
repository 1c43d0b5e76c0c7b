import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@selfsame/identity';
import type { FastifyRequest } from 'fastify';
import { createTokenBuckets } from '../http/token-buckets.ts';
import { type EndedSessions, openEndedSessions } from './ended-sessions.ts';

/** How long a session lasts, ms. */
const LIFE = 12 * 3_600_000;
/** Wrong tokens of one address in a minute, after which more of them are not even looked at as an answer. */
const TRIES_A_MINUTE = 20;

/** The operator's way into the console: a token printed at start, exchanged for a cookie. */
export interface ConsoleSessions {
  /** The token to sign in with; new at every start, so an old log line opens nothing. */
  readonly token: string;
  /** Name of the cookie, an installation's own: browsers send the cookies of a host to all its ports. */
  readonly cookieName: string;
  /**
   * A session cookie's value for the right token; else whether it was wrong, or the address had too many tries. The
   * right token is taken however many wrong ones came.
   * @param byLink the token came in an address, where it opens once
   */
  open(token: string, address: string, byLink?: boolean): { readonly cookie: string } | 'wrong' | 'throttled';
  /** Ends the session of a cookie that we gave out. */
  close(cookie: string): void;
  /** Is this the value of a cookie we gave out that has not run out? */
  isOpen(cookie: string): boolean;
}

/**
 * Sessions without a table but of the ended ones: the cookie carries its end and a MAC, so it outlives a restart.
 * `secret` is the installation's, never used for anything else (S8).
 */
export function createConsoleSessions(
  secret: Uint8Array,
  clock: () => Instant,
  ended: EndedSessions = openEndedSessions(),
): ConsoleSessions {
  const token = randomBytes(24).toString('base64url');
  const sign = (text: string) => createHmac('sha256', secret).update(`console-session\n${text}`).digest('base64url');
  const tries = createTokenBuckets({ perSecond: TRIES_A_MINUTE / 60, burst: TRIES_A_MINUTE }, clock);
  let linkUsed = false;
  const cookieName = `selfsame_${sign('cookie name')
    .replaceAll(/[^A-Za-z0-9]/g, '')
    .slice(0, 8)}`;
  const idOf = (cookie: string): string => cookie.split('.')[1] ?? '';
  const endOf = (cookie: string): number => Number(cookie.split('.')[0]);
  function isOurs(cookie: string): boolean {
    const end = cookie.lastIndexOf('.');
    return end > 0 && sameText(cookie.slice(end + 1), sign(cookie.slice(0, end)));
  }

  return {
    token,
    cookieName,
    open(given, address, byLink = false) {
      if (!sameText(given, token)) return tries.take(address, 1) === 0 ? 'wrong' : 'throttled';
      if (byLink && linkUsed) return 'wrong';
      linkUsed ||= byLink;
      const body = `${clock() + LIFE}.${randomBytes(16).toString('base64url')}`;
      return { cookie: `${body}.${sign(body)}` };
    },
    close(cookie) {
      if (isOurs(cookie)) ended.add(idOf(cookie), endOf(cookie), clock());
    },
    isOpen: (cookie) => isOurs(cookie) && endOf(cookie) > clock() && !ended.has(idOf(cookie)),
  };
}

/** Compares digests of one length in constant time (S4). */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The session cookie's value in a Cookie header; undefined if there is none. */
export const readSessionCookie = (name: string, header: string | undefined): string | undefined =>
  header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** The Set-Cookie value that gives (or, with an empty value, takes back) a session. */
export const sessionCookie = (name: string, value: string, secure: boolean): string =>
  `${name}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${value === '' ? 0 : LIFE / 1000}${secure ? '; Secure' : ''}`;

/** Does this request come from a page of ours? True also for programs, which send neither header. */
function isSameOrigin(request: FastifyRequest): boolean {
  const { origin, host, 'sec-fetch-site': site } = request.headers;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || origin === `${request.protocol}://${host}`;
}

/** A read, or a change from a page of ours with a JSON body, which no foreign form can send (S32). */
export function isSameOriginChange(request: FastifyRequest): boolean {
  if (request.method === 'GET' || request.method === 'HEAD') return true;
  const type = request.headers['content-type'] ?? '';
  return isSameOrigin(request) && /^application\/json\s*(;|$)/i.test(type);
}
