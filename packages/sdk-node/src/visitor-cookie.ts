/** How the visitor's cookie is set. The browser client takes over the one of the same public key. */
export interface CookieOptions {
  /** The project's public key; names the cookie `ss_<key>`. */
  readonly key: string;
  readonly name?: string;
  /** `example.com` for all its sub-domains; default: this host alone. */
  readonly domain?: string;
  /** How long a visitor is remembered after the last visit; default 365. */
  readonly days?: number;
  /** Default true; false for http on a developer's machine. */
  readonly secure?: boolean;
  /** Hides it from the page, which then has a visitor id of its own. Default false. */
  readonly httpOnly?: boolean;
}

export interface Visitor {
  /** The id in the cookie, to send as `device`. */
  readonly device: string;
  /** Nobody came with it. */
  readonly isNew: boolean;
  /** The header `Set-Cookie` that keeps it for as long again. */
  readonly setCookie: string;
}

/** The visitor of a request, by its header `Cookie`; somebody without one gets a new random UUID. */
export function visitorOf(cookies: string | null | undefined, options: CookieOptions): Visitor {
  const { key, domain, days = 365, secure = true, httpOnly = false } = options;
  const name = options.name ?? `ss_${key.replace(/[^\w-]/g, '_')}`;
  const kept = cookies
    ?.split(/; */)
    .find((one) => one.startsWith(`${name}=`))
    ?.slice(name.length + 1);
  // It becomes part of a header and of items: only what a cookie of ours may hold.
  const known = kept !== undefined && /^[\w.~-]{1,128}$/.test(kept) ? kept : undefined;
  const device = known ?? crypto.randomUUID();
  const setCookie = [
    `${name}=${device}`,
    'Path=/',
    `Max-Age=${Math.round(days * 86_400)}`,
    'SameSite=Lax',
    ...(domain === undefined ? [] : [`Domain=${domain}`]),
    ...(secure ? ['Secure'] : []),
    ...(httpOnly ? ['HttpOnly'] : []),
  ].join('; ');
  return { device, isNew: known === undefined, setCookie };
}

/**
 * For Next.js middleware and everything else that speaks `Request` and `Response`: reads the one, renews the cookie on
 * the other, which may be `NextResponse.next()`.
 */
export function withVisitor(
  request: Pick<Request, 'headers'>,
  response: Pick<Response, 'headers'>,
  options: CookieOptions,
): Visitor {
  const visitor = visitorOf(request.headers.get('cookie'), options);
  response.headers.append('set-cookie', visitor.setCookie);
  return visitor;
}
