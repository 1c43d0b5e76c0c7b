import { type Identifier, keyOf } from '@selfsame/identity';
import type { Host, Item, WireReply, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { isConnected } from './connection.ts';
import { type Asked, failed, isWithinRate, oauthError, TOO_MANY } from './container.ts';
import type { Endpoint } from './endpoints.ts';
import { parameter } from './parameters.ts';
import { scopesThatOpen } from './scopes.ts';
import { settingsOf } from './settings.ts';
import { type Bearer, bearerOf } from './token.ts';

/** A request that may have what it asks for. */
export interface Call extends Asked {
  readonly endpoint: Endpoint;
  readonly bearer: Bearer;
  readonly user: Identifier;
}

/** Why a request may not: in the container, or in OAuth's own words. */
type Refusal =
  | { readonly code: 403 | 404 | typeof TOO_MANY; readonly description: string }
  | { readonly error: 'insufficient_scope' | 'unauthorized_client'; readonly scopes?: readonly string[] };

/**
 * The error ladder of README.md, from the token up; the first rung that a request fails on answers it. What an
 * endpoint asks of its own parameters comes after it.
 */
export async function climb(
  endpoint: Endpoint,
  request: WireRequest,
  host: Host,
): Promise<{ readonly call: Call } | Refused> {
  const bearer = bearerOf(request, host);
  if (typeof bearer === 'string') return { reply: oauthError(bearer, request), items: [] };
  const user = { kind: 'user', value: endpoint.userId };
  const call: Call = { endpoint, request, host, access: bearer.access, bearer, user };
  for (const rung of rungs) {
    const refusal = await rung(call);
    if (refusal !== undefined) return refused(call, refusal);
  }
  return { call };
}

/**
 * The answer to a request that is refused, and what is counted of it: a change that is not made, and no question but one
 * over the rate, or nobody saw that a client is held back.
 */
export interface Refused {
  readonly reply: WireReply;
  readonly items: readonly Item[];
}

/** Refuses a request whose client is known. */
export function refused(call: Call, refusal: Refusal | { readonly code: 400; readonly description: string }): Refused {
  const { access, endpoint, request } = call;
  const [reply, why] =
    'error' in refusal
      ? [oauthError(refusal.error, request, refusal.scopes), refusal.error]
      : [failed(call, refusal.code, refusal.description), refusal.description];
  const item = refusedItem(access, `traits REST API: ${why}`);
  const isCounted = !endpoint.name.startsWith('GET') || ('code' in refusal && refusal.code === TOO_MANY);
  return { reply, items: isCounted ? [item] : [] };
}

/** Each stops a request or lets it pass. */
const rungs: readonly ((call: Call) => Refusal | undefined | Promise<Refusal | undefined>)[] = [
  function scope({ endpoint, access, bearer }) {
    const scopes = scopesThatOpen(endpoint.name, access);
    const isOpen = scopes.length === 0 || scopes.some((one) => bearer.scopes.includes(one));
    return isOpen ? undefined : { error: 'insufficient_scope', scopes };
  },
  function address({ access, request, host }) {
    const { addresses } = settingsOf(access);
    const isAllowed = addresses === null || host.isAddressIn(request.ip, addresses);
    return isAllowed ? undefined : { code: 403, description: 'The requesting IP address is not allowed.' };
  },
  function rate({ access, host }) {
    return isWithinRate(access, host)
      ? undefined
      : { code: TOO_MANY, description: 'The request rate limit is exceeded.' };
  },
  /** At the vendor's a client could speak for others of its owner. Here each is a project, so there are no others. */
  function context({ bearer, request }) {
    const client = parameter(request, 'contextClientId');
    return client === undefined || client === bearer.clientId ? undefined : { error: 'unauthorized_client' };
  },
  function granted({ endpoint, access }) {
    const { endpoints } = settingsOf(access);
    const isGranted = endpoints === null || endpoints.includes(endpoint.name);
    return isGranted ? undefined : { code: 403, description: 'The client is not granted this endpoint.' };
  },
  async function known({ user, access, host }) {
    const node = await host.ask(access.project, (graph) => graph.node(keyOf(user)));
    return node === undefined ? { code: 404, description: 'There is no such user.' } : undefined;
  },
  async function connected({ user, access, host }) {
    const isOpen =
      !settingsOf(access).connectedUsersOnly || (await host.ask(access.project, (graph) => isConnected(user, graph)));
    return isOpen ? undefined : { code: 403, description: 'The user is not connected to the client.' };
  },
  function own({ user, bearer }) {
    const isOwn = bearer.user === undefined || bearer.user === user.value;
    return isOwn ? undefined : { code: 403, description: 'The token is another user’s.' };
  },
];
