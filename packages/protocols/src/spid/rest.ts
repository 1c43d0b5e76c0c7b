import { type Json, keyOf, type TraitChange } from '@selfsame/identity';
import { encodeTextBase64Url } from '../base64url.ts';
import { readForm } from '../form.ts';
import { parseJson } from '../json-shape.ts';
import { decodePercent } from '../percent.ts';
import type { Access, Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer } from '../reply.ts';
import { traitChanges, traitsOf } from './client-traits.ts';
import { callbackName, scriptJson } from './jsonp.ts';
import { settingsOf } from './settings.ts';
import { signatureOf } from './signed.ts';
import { freshJson, tokenAccess } from './token.ts';
import { changeTraits } from './traits-set.ts';

/** What a path of the REST API names; the vendor prints `trait` and `traits` for one, so both are the same. */
export interface RestPath {
  readonly userId: string;
  readonly trait: string | undefined;
}

/** Path of the REST API, or undefined: `/api/2/user/{id}/traits`, `…/trait/{name}`, with `.json` or `.jsonp`. */
export function restPath(path: string): RestPath | undefined {
  const match = /^\/api(?:\/2)?\/user\/([^/]+)\/traits?(?:\/([^/]+?))?(?:\.jsonp?)?\/?$/.exec(path);
  if (match === null) return undefined;
  const [, userId = '', trait] = match;
  return { userId: decodePercent(userId), trait: trait === undefined ? undefined : decodePercent(trait) };
}

/** list, set and delete, behind the error ladder of the sheet's §4. */
export function readRest(path: RestPath, request: WireRequest, host: Host): Reading {
  const access = tokenAccess(request, host);
  if (typeof access === 'string') return answer(oauthError(access, request));
  const call: Call = { path, request, access, host, method: methodOf(request) };
  const user = { kind: 'user', value: path.userId };
  if (host.graph(access.project).node(keyOf(user)) === undefined) return refuse(call, 404, 'There is no such user.');
  switch (call.method) {
    case 'GET': {
      const traits = traitsOf(user, access, host);
      const key = request.query.get('key')?.[0] ?? path.trait;
      const shown = key === undefined ? [...traits] : [...traits].filter(([name]) => name === key);
      return answer(container(call, 200, Object.fromEntries(shown)));
    }
    case 'POST': {
      const changes = readTraits(request);
      return typeof changes === 'string' ? refuse(call, 400, changes) : change(call, user, changes, 200);
    }
    case 'DELETE':
      return path.trait === undefined
        ? refuse(call, 400, 'The path names no trait.')
        : change(call, user, [{ op: 'unset', name: path.trait }], 202);
    default:
      return refuse(call, 405, 'Use GET, POST or DELETE.');
  }
}

/** Not the REST API at all. */
export const unknownEndpoint = (request: WireRequest, host: Host): WireReply =>
  written(request, 404, {
    ...containerHead('', request, 404, host),
    error: errorOf(404, 'Unknown endpoint.'),
    data: null,
  });

interface Call {
  readonly path: RestPath;
  readonly request: WireRequest;
  readonly access: Access;
  readonly host: Host;
  readonly method: string;
}

/** The PHP SDK says its method in the query of a POST; elsewhere the query is not asked. */
function methodOf(request: WireRequest): string {
  const said = request.query.get('method')?.[0]?.toUpperCase();
  return request.method === 'POST' && said !== undefined ? said : request.method;
}

/** The form field `traits`, JSON text of an object, as changes; or why not. One bad value refuses all. */
function readTraits(request: WireRequest): readonly TraitChange[] | string {
  const text =
    readForm(new TextDecoder('utf-8').decode(request.body)).get('traits') ?? request.query.get('traits')?.[0];
  if (text === undefined) return 'The parameter traits is missing.';
  const parsed = parseJson(text);
  if ('problem' in parsed) return `The parameter traits cannot be read: ${parsed.message}.`;
  const { value } = parsed;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'The parameter traits must be a JSON object.';
  const changes = traitChanges(value as Readonly<Record<string, Json>>);
  return typeof changes === 'string' ? `The traits were refused: ${changes}.` : changes;
}

/** Writes changes and answers with all traits after them. */
function change(
  call: Call,
  user: { kind: string; value: string },
  changes: readonly TraitChange[],
  status: number,
): Reading {
  const { access, host } = call;
  return {
    type: 'items',
    items: changeTraits(user, changes, access, host),
    reply: ([verdict]) =>
      verdict?.status === 'rejected'
        ? container(call, 400, null, errorOf(400, 'The traits were refused.'))
        : container(call, status, Object.fromEntries(traitsOf(user, access, host))),
  };
}

/** An error in the container. A change that is refused is counted; a question is no item. */
function refuse(call: Call, code: number, description: string): Reading {
  const reply = () => container(call, code, null, errorOf(code, description));
  if (call.method === 'GET') return answer(reply());
  const reason = `traits REST API: ${description}`;
  return { type: 'items', items: [{ type: 'refused', project: call.access.project, reason }], reply };
}

const errorOf = (code: number, description: string) => ({ code, type: 'ApiException', description });

/** The vendor's envelope; clients unwrap it by its name. Signed where the project asks for it (sheet §6). */
function container(call: Call, code: number, data: Json, error: object | null = null): WireReply {
  const { access, host, request } = call;
  const head = { ...containerHead('User', request, code, host), error };
  const body =
    settingsOf(access).signedResponses && error === null
      ? { ...head, ...signedData(data, access, host) }
      : { ...head, data };
  return written(request, code, body);
}

/** A body as JSON or, where the path ends in `.jsonp`, as a script that calls back. */
export function written(request: WireRequest, code: number, body: object): WireReply {
  if (!/\.jsonp\/?$/.test(request.path)) return freshJson(code, body);
  const name = callbackName(request.query.get('callback')?.[0]) ?? 'callback';
  // A browser runs no script of another status.
  return {
    status: 200,
    headers: {
      'content-type': 'application/javascript; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
    body: `${name}(${scriptJson(body)});`,
  };
}

function signedData(data: Json, access: Access, host: Host): object {
  const text = encodeTextBase64Url(JSON.stringify(data));
  return { data: text, algorithm: 'HMAC-SHA256', sig: signatureOf(text, access.project, host) };
}

/** A rate is not limited here; the numbers keep clients that read them content. */
const containerHead = (object: string, request: WireRequest, code: number, host: Host) => ({
  name: 'SPP Container',
  version: '0.2',
  api: 2,
  object,
  type: 'element',
  code,
  request: {
    reset: Math.ceil(host.now / 1000 / 3600) * 3600 - Math.floor(host.now / 1000),
    limit: 10_000,
    remaining: 10_000,
  },
  debug: {
    route: { name: 'Traits', url: request.path, controller: 'Api/2/User.traits' },
    params: { options: [], where: [] },
  },
  meta: null,
});

/** The OAuth form of a 401, not the container. */
function oauthError(error: string, request: WireRequest): WireReply {
  return written(request, 401, {
    error,
    error_code: 401,
    type: 'OAuthException',
    error_description: `401 Unauthorized access! Reason: "${error}" (OAuth realm: "Service", Scope: "")`,
  });
}
