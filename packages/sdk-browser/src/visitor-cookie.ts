import { attempt } from './store.ts';
import type { Surroundings } from './surroundings.ts';

export interface CookieOptions {
  /** Default `ss_<key>`: as the Node helper names the one it sets. */
  readonly name?: string;
  /** Default: the widest that the browser allows, so that sub-domains share the visitor. */
  readonly domain?: string;
  /** How long a visitor is remembered after the last visit; default 365. */
  readonly days?: number;
  /** Your server sets it and renews it: a page that wrote it again would have browsers keep it for a week. Default false. */
  readonly byServer?: boolean;
}

/** The visitor's id in a first-party cookie: it crosses sub-domains, and a server may set and renew it. */
export interface VisitorCookie {
  read(): string | undefined;
  write(device: string): void;
  remove(): void;
}

/** The name of the visitor's cookie for a public key: only characters a cookie's name may have. */
export const cookieName = (key: string): string => `ss_${key.replace(/[^\w-]/g, '_')}`;

export function visitorCookie(
  key: string,
  { name = cookieName(key), domain, days = 365, byServer }: CookieOptions,
  page: Surroundings,
): VisitorCookie {
  const read = (of = name) =>
    attempt(() => page.cookies(), '')
      .split('; ')
      .find((one) => one.startsWith(`${of}=`))
      ?.slice(of.length + 1);
  const write = (of: string, value: string, on: string, seconds: number) =>
    attempt(() => page.setCookie(`${of}=${value}; path=/; max-age=${seconds}; samesite=lax${on && `; domain=${on}`}`));
  /** `example.co.uk` for a page at `www.shop.example.co.uk`: browsers refuse a public suffix. */
  const widest = () => {
    const parts = page.host.split('.');
    const on = parts
      .map((_, from) => parts.slice(from).join('.'))
      .findLast((one) => {
        write('ss_try', '1', one, 9);
        return read('ss_try');
      });
    if (on) write('ss_try', '', on, 0);
    return on ?? '';
  };
  let found = domain;
  const on = () => (found ??= widest());
  return {
    read: () => {
      const value = read();
      return value && /^[\x21-\x7e]{1,128}$/.test(value) ? value : undefined;
    },
    write: (device) => {
      if (!byServer || read() !== device) write(name, device, on(), days * 86_400);
    },
    remove: () => write(name, '', on(), 0),
  };
}
