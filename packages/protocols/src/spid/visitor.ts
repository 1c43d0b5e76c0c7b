import { type Graph, type Identifier, type Instant, keyOf, presenceOf } from '@selfsame/identity';
import type { Access, Host, WireRequest } from '../protocol.ts';
import { settingsOf } from './settings.ts';
import { PLATFORM_TRUST } from './trust.ts';

/** The browser behind a request, and who is logged in on it. */
export interface Visitor {
  readonly id: Identifier;
  /** The cookie to set: a browser we have not met gets its id now, every other one keeps it longer. */
  readonly cookie: string;
  /**
   * `session`: logged in, for so many seconds more · `remembered`: was logged in, and may be again without a password ·
   * `known`: logged out, but we know whose browser it is · `stranger`. `lastSaid`: the last login, ms.
   */
  readonly state:
    | { readonly type: 'session'; readonly user: Identifier; readonly lastSaid: Instant; readonly expiresIn: number }
    | { readonly type: 'remembered'; readonly user: Identifier; readonly lastSaid: Instant }
    | { readonly type: 'known'; readonly user: Identifier }
    | { readonly type: 'stranger' };
}

/** Our cookie; nothing the vendor published depends on its name. */
const COOKIE = 'selfsame_visitor';
const TEN_YEARS = 315_360_000;

/** The browser that a request came from: the one its cookie names, else a new one. */
export async function visitorOf(request: WireRequest, access: Access, host: Host): Promise<Visitor> {
  const value = readCookie(request.headers['cookie']) ?? host.randomText(20);
  const id: Identifier = { kind: 'visitor', value };
  return { id, cookie: cookieFor(value, request), state: await stateNow(id, access, host) };
}

/** Who is logged in on a browser now, or was: for an answer. What an item means is read at its place in the log. */
export const stateNow = (id: Identifier, access: Access, host: Host): Promise<Visitor['state']> =>
  host.ask(access.project, (graph) => stateIn(graph, id, access, host.now));

/** Who is logged in on a browser at the moment `now`, or was. */
export function stateIn(graph: Graph, id: Identifier, access: Access, now: Instant): Visitor['state'] {
  const presence = presenceIn(id, access, graph);
  if (presence.type === 'stranger') return { type: 'stranger' };
  if (presence.type === 'signed-out') return { type: 'known', user: presence.login };
  const { login: user, lastSaid } = presence;
  const expiresIn = settingsOf(access).sessionSeconds - Math.floor((now - lastSaid) / 1000);
  return expiresIn > 0 ? { type: 'session', user, lastSaid, expiresIn } : { type: 'remembered', user, lastSaid };
}

/** The user a browser is known to belong to, also after a logout. */
export function userOf(id: Identifier, access: Access, graph: Graph): Identifier | undefined {
  const presence = presenceIn(id, access, graph);
  return presence.type === 'stranger' ? undefined : presence.login;
}

/** The user who has logged in on a browser and not out. */
export function loggedIn(id: Identifier, access: Access, graph: Graph): Identifier | undefined {
  const presence = presenceIn(id, access, graph);
  return presence.type === 'stranger' || presence.type === 'signed-out' ? undefined : presence.login;
}

/** Only the platform's own word signs anybody in. */
const presenceIn = (id: Identifier, access: Access, graph: Graph): ReturnType<typeof presenceOf> =>
  presenceOf(access.policy, graph.node(keyOf(id)), PLATFORM_TRUST);

function readCookie(header: string | undefined): string | undefined {
  return new RegExp(`(?:^|;\\s*)${COOKIE}=([0-9A-Za-z]{20})(?:;|$)`).exec(header ?? '')?.[1];
}

/** The calls come from other sites, so the cookie must be third-party where a browser allows that: over TLS or on this machine. */
function cookieFor(value: string, { origin }: WireRequest): string {
  const isSafe = /^https:|^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(origin);
  const scope = isSafe ? 'Secure; SameSite=None' : 'SameSite=Lax';
  const domain = domainOf(origin);
  return `${COOKIE}=${value}; Path=/; ${domain === undefined ? '' : `Domain=${domain}; `}Max-Age=${TEN_YEARS}; HttpOnly; ${scope}`;
}

/**
 * 1.x asks `session.<server>` who is there and `<server>` for everything else: a browser is one visitor to both. An
 * address, or a name without a dot, is nobody's domain.
 */
function domainOf(origin: string): string | undefined {
  const name = /^https?:\/\/(?:session\.)?([\w.-]+)(?::\d+)?$/i.exec(origin)?.[1]?.toLowerCase();
  return name !== undefined && /^[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z][a-z\d-]*$/.test(name) ? name : undefined;
}
