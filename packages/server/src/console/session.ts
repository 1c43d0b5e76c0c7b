import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Instant } from '@selfsame/identity';
import type { FastifyRequest } from 'fastify';

const COOKIE = 'selfsame_session';
/** How long a session lasts, ms. */
const LIFE = 12 * 3_600_000;
/** Wrong tokens taken in a minute before the door stays shut for the rest of it. */
const TRIES_A_MINUTE = 20;

/** The operator's way into the console: a token printed at start, exchanged for a cookie. */
export interface ConsoleSessions {
  /** The token for `/login?token=…`; new at every start, so an old log line opens nothing. */
  readonly token: string;
  /** A session cookie's value for the right token; else whether it was wrong or there were too many tries. */
  open(token: string): { readonly cookie: string } | 'wrong' | 'throttled';
  /** Is this the value of a cookie we gave out that has not run out? */
  isOpen(cookie: string): boolean;
}

/**
 * Sessions without a table: the cookie carries its end and a MAC, so it outlives a restart.
 * `secret` is the installation's, never used for anything else (S8).
 */
export function createConsoleSessions(secret: Uint8Array, clock: () => Instant): ConsoleSessions {
  const token = randomBytes(24).toString('base64url');
  const sign = (text: string) => createHmac('sha256', secret).update(`console-session\n${text}`).digest('base64url');
  let tries = { minute: 0, count: 0 };
  return {
    token,
    open(given) {
      const minute = Math.floor(clock() / 60_000);
      if (tries.minute !== minute) tries = { minute, count: 0 };
      if (tries.count >= TRIES_A_MINUTE) return 'throttled';
      if (!sameText(given, token)) {
        tries.count += 1;
        return 'wrong';
      }
      const body = `${clock() + LIFE}.${randomBytes(16).toString('base64url')}`;
      return { cookie: `${body}.${sign(body)}` };
    },
    isOpen(cookie) {
      const end = cookie.lastIndexOf('.');
      const body = cookie.slice(0, end);
      return end > 0 && sameText(cookie.slice(end + 1), sign(body)) && Number(body.split('.')[0]) > clock();
    },
  };
}

/** Compares digests of one length in constant time (S4). */
function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** The session cookie's value in a Cookie header; undefined if there is none. */
export const readSessionCookie = (header: string | undefined): string | undefined =>
  header
    ?.split(';')
    .map((part) => part.trim())
    .find((part) => part.startsWith(`${COOKIE}=`))
    ?.slice(COOKIE.length + 1);

/** The Set-Cookie value that gives (or, with an empty value, takes back) a session. */
export const sessionCookie = (value: string, secure: boolean): string =>
  `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${value === '' ? 0 : LIFE / 1000}${secure ? '; Secure' : ''}`;

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
