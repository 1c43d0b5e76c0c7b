import { basicAuth } from '../basic-auth.ts';
import { parseIsoTime } from '../iso-time.ts';
import type { Access, Host, WireRequest } from '../protocol.ts';

/** How far a client's clock may be off when it signs a request, ms (sheet §2). */
const SIGNING_WINDOW = 15 * 60 * 1000;

/**
 * Whom an identity call speaks for: Basic and HMAC prove the server key (T2), `x-mp-key` alone is a page (T0).
 * Undefined: turn it away with 401. A request that carries a wrong proof is refused, not taken as unsigned (S9).
 */
export function identityAccess(request: WireRequest, host: Host): Access | undefined {
  const { authorization, 'x-mp-key': key, 'x-mp-signature': signature } = request.headers;
  if (authorization !== undefined) return basicAccess(authorization, host);
  if (key === undefined) return undefined;
  const access = host.publicKey('mparticle', key);
  if (access === undefined || signature === undefined) return access;
  return isSigned(request, access, signature, host) ? { ...access, trust: 2 } : undefined;
}

/** `Basic publicKey:serverKey`, both of one project. */
export function basicAccess(authorization: string, host: Host): Access | undefined {
  const basic = basicAuth(authorization);
  if (basic === undefined) return undefined;
  const owner = host.publicKey('mparticle', basic.user);
  const access = host.serverKey('mparticle', basic.secret);
  return owner !== undefined && owner.project === access?.project ? access : undefined;
}

/**
 * HMAC-SHA256 of method, Date header and path with body, each on a line, in lower-case hex. A client that was pointed
 * at a prefix signs the path with it, so both are tried.
 */
function isSigned(request: WireRequest, access: Access, signature: string, host: Host): boolean {
  const date = request.headers['date'];
  const given = readHex(signature);
  const signedAt = date === undefined ? undefined : readDate(date);
  if (given === undefined || signedAt === undefined || Math.abs(host.now - signedAt) > SIGNING_WINDOW) return false;
  return ['', '/mparticle'].some((prefix) => {
    const head = new TextEncoder().encode(`${request.method}\n${date}\n${prefix}${request.path}${request.search}`);
    const message = new Uint8Array(head.length + request.body.length);
    message.set(head);
    message.set(request.body, head.length);
    return host.sameBytes(host.hmac(access.project, 'server', message), given);
  });
}

/** 32 bytes of lower-case hex. */
function readHex(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{64}$/.test(text)) return undefined;
  return Uint8Array.from({ length: 32 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A `Date` header in the documents' form (`20170712T224127Z`) or Android's (RFC 1123), as ms; both are sent. */
function readDate(text: string): number | undefined {
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
  if (compact.test(text)) return parseIsoTime(text.replace(compact, '$1-$2-$3T$4:$5:$6Z'));
  const rfc = /^[A-Z][a-z]{2}, (\d\d) ([A-Z][a-z]{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT$/.exec(text);
  if (rfc === null) return parseIsoTime(text);
  const month = String(months.indexOf(rfc[2] as string) + 1).padStart(2, '0');
  return parseIsoTime(`${rfc[3]}-${month}-${rfc[1]}T${rfc[4]}Z`);
}
