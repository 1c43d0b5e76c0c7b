import type { Json } from '@selfsame/identity';
import { encodeTextBase64Url } from '../base64url.ts';
import type { Access, Host, WireReply, WireRequest } from '../protocol.ts';
import { signatureOf } from '../signed-blob.ts';
import { callbackName, script, scriptJson } from './jsonp.ts';
import { freshJson } from './oauth.ts';
import { settingsOf } from './settings.ts';

/** A request of the REST API and whose it is. */
export interface Asked {
  readonly request: WireRequest;
  readonly access: Access;
  readonly host: Host;
}

const HOUR = 3_600_000;
/** The vendor's status for more requests than a client may make. */
export const TOO_MANY = 420;
/** A client without a limit is told one that is never reached, or it would think that it has none left. */
const UNLIMITED = 10_000;

/** The vendor's envelope; clients unwrap it by its name. Signed where the project asks for it. */
export function container(asked: Asked, code: number, data: Json): WireReply {
  const { access, host, request } = asked;
  const head = { ...headOf('User', request, code, host, rateOf(access, host)), error: null };
  const body = settingsOf(access).signedResponses ? { ...head, ...signedData(data, access, host) } : { ...head, data };
  return written(request, code, body);
}

/** An error of the API itself, in the envelope. */
export function failed({ access, host, request }: Asked, code: number, description: string): WireReply {
  const head = headOf('User', request, code, host, rateOf(access, host));
  const reply = written(request, code, { ...head, error: { code, type: 'ApiException', description }, data: null });
  if (code !== TOO_MANY) return reply;
  return { ...reply, headers: { ...reply.headers, 'retry-after': String(head.request.reset) } };
}

/** Not the REST API at all, whoever asks. */
export function unknownEndpoint(request: WireRequest, host: Host): WireReply {
  const head = headOf('', request, 404, host, { limit: UNLIMITED, remaining: UNLIMITED });
  const error = { code: 404, type: 'ApiException', description: 'Unknown endpoint.' };
  return written(request, 404, { ...head, error, data: null });
}

/** The OAuth form of a 401, which is not the container. `scopes`: those that would have opened it. */
export const oauthError = (error: string, request: WireRequest, scopes: readonly string[] = []): WireReply =>
  written(request, 401, {
    error,
    error_code: 401,
    type: 'OAuthException',
    error_description: `401 Unauthorized access! Reason: "${error}" (OAuth realm: "Service", Scope: "${scopes.join(' ')}")`,
  });

/** A body as JSON or, where the path ends in `.jsonp`, as a script that calls back. */
export function written(request: WireRequest, code: number, body: object): WireReply {
  if (!/\.jsonp\/?$/.test(request.path)) return freshJson(code, body);
  const name = callbackName(request.query.get('callback')?.[0]) ?? 'callback';
  return script(`${name}(${scriptJson(body)});`);
}

/** How many requests a client may still make in this hour, this one included in what it has made. */
export function rateOf(access: Access, host: Host): { readonly limit: number; readonly remaining: number } {
  const limit = settingsOf(access).requestsPerHour;
  if (limit === null) return { limit: UNLIMITED, remaining: UNLIMITED };
  return { limit, remaining: Math.max(0, limit - host.tally(tallyOf(access), hourOf(host))) };
}

/** Counts a request; false for one too many. */
export function isWithinRate(access: Access, host: Host): boolean {
  const limit = settingsOf(access).requestsPerHour;
  return limit === null || host.tally(tallyOf(access), hourOf(host), 1) <= limit;
}

const tallyOf = ({ project }: Access): string => `spid ${project}`;
const hourOf = ({ now }: Host): number => Math.floor(now / HOUR);

function signedData(data: Json, access: Access, host: Host): object {
  const text = encodeTextBase64Url(JSON.stringify(data));
  return { data: text, algorithm: 'HMAC-SHA256', sig: signatureOf(text, access.project, host) };
}

const headOf = (
  object: string,
  request: WireRequest,
  code: number,
  host: Host,
  { limit, remaining }: { readonly limit: number; readonly remaining: number },
) => ({
  name: 'SPP Container',
  version: '0.2',
  api: 2,
  object,
  type: 'element',
  code,
  // `reset`: seconds until the hour is over.
  request: { reset: Math.ceil(((hourOf(host) + 1) * HOUR - host.now) / 1000), limit, remaining },
  debug: {
    route: { name: 'Traits', url: request.path, controller: 'Api/2/User.traits' },
    params: { options: [], where: [] },
  },
  meta: null,
});
