import { visitorOf } from '@selfsame/node/edge';

/**
 * The header `Set-Cookie` that each page of the shop goes out with: browsers keep what a server sets for its year, and
 * what a script sets for a week. @selfsame/browser takes it over, by the same public key.
 */
export const visitorCookie = (cookies: string | undefined, key: string, secure: boolean): string =>
  visitorOf(cookies, { key, secure }).setCookie;
