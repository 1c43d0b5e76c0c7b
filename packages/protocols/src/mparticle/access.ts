import type { ProjectId } from '@selfsame/identity';
import { basicAuth } from '../basic-auth.ts';
import { decodePercent } from '../percent.ts';
import type { Access, Host, Item, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { parseTimeText } from '../time/text.ts';
import { routeOf } from './routes.ts';

/** How far a client's clock may be off when it signs a request, ms. */
const SIGNING_WINDOW = 15 * 60 * 1000;

/** Why a request speaks for nobody; an item, so that the project whose key was used sees it. */
export type Denied = Extract<Item, { type: 'refused' }>;

export const isDenied = (seen: object): seen is Denied => 'reason' in seen;

/**
 * Whom an identity call speaks for: Basic and HMAC prove the server key (T2), `x-mp-key` alone is a page (T0).
 * A request that carries a wrong proof is refused, not taken as unsigned (S9).
 */
export function identityAccess(request: WireRequest, host: Host): Access | Denied {
  const { authorization, 'x-mp-key': key, 'x-mp-signature': signature } = request.headers;
  const basic = authorization === undefined ? undefined : basicAccess(authorization, host);
  if (basic !== undefined && (isDenied(basic) || key === undefined)) return basic;
  if (key === undefined) return refusedItem(undefined, 'the request shows no key');
  const access = keyAccess(key, host);
  if (isDenied(access)) return access;
  if (basic !== undefined && basic.project !== access.project)
    return refusedItem(access, 'the request shows keys of two projects');
  if (signature === undefined) return basic ?? access;
  const problem = signatureProblem(request, access, signature, host);
  return problem === undefined ? { ...access, trust: 2 } : refusedItem(access, problem);
}

/** A web API key, which is no secret. */
export function keyAccess(key: string, host: Host): Access | Denied {
  return host.publicKey('mparticle', key) ?? refusedItem(undefined, 'the key opens no project');
}

/** The project of the web API key in a request's headers or path, whether or not it proves anything. */
export function projectShown(request: WireRequest, host: Host): ProjectId | undefined {
  const { authorization, 'x-mp-key': header } = request.headers;
  const key = header ?? basicAuth(authorization)?.user;
  for (const one of key === undefined ? keysInPath(request) : [key]) {
    const project = host.publicKey('mparticle', one)?.project;
    if (project !== undefined) return project;
  }
  return undefined;
}

/** The key of an address of ours; of any other what may be one, for its project should hear of it. */
function keysInPath({ method, path }: WireRequest): readonly string[] {
  const route = routeOf(method, path);
  if (typeof route === 'object') return 'key' in route ? [route.key] : [];
  return path
    .split('/', MOST_PARTS)
    .filter((part) => part !== '')
    .map(decodePercent);
}

const MOST_PARTS = 8;

/** `Basic publicKey:serverKey`, both of one project. */
export function basicAccess(authorization: string, host: Host): Access | Denied {
  const basic = basicAuth(authorization);
  if (basic === undefined) return refusedItem(undefined, 'the Authorization header is not Basic');
  const owner = keyAccess(basic.user, host);
  if (isDenied(owner)) return owner;
  const access = host.serverKey('mparticle', basic.secret);
  return access?.project === owner.project ? access : refusedItem(owner, 'the secret does not belong to the key');
}

/**
 * HMAC-SHA256 of method, Date header and path with body, each on a line, in lower-case hex. A client that was pointed
 * at a prefix signs the path with it; those for Apple's systems always sign the path of the vendor's own host, also where
 * they ask without a version. All are tried.
 */
function signatureProblem(request: WireRequest, access: Access, signature: string, host: Host): string | undefined {
  const { date } = request.headers;
  const given = readHex(signature);
  if (given === undefined) return 'x-mp-signature is not 64 lower-case hex digits';
  const signedAt = date === undefined ? undefined : parseTimeText(date);
  if (signedAt === undefined) return 'the Date header is missing or unreadable';
  if (Math.abs(host.now - signedAt) > SIGNING_WINDOW) return 'the Date header is more than 15 minutes off';
  // Only the settings file's key can be a secret of signatures: of the others no more than a digest is kept.
  if (!host.holdsKey(access.project)) return 'the key it is signed with is revoked';
  const { path } = request;
  const isMatch = [path, `/mparticle${path}`, path.replace(/^\/identity(?=\/)/i, ''), `/v1${path}`].some((signed) => {
    const head = new TextEncoder().encode(`${request.method}\n${date}\n${signed}${request.search}`);
    const message = new Uint8Array(head.length + request.body.length);
    message.set(head);
    message.set(request.body, head.length);
    return host.sameBytes(host.hmac(access.project, 'server', message), given);
  });
  return isMatch ? undefined : 'the signature does not match';
}

/** 32 bytes of lower-case hex. */
function readHex(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}
