import type { Identifier, Json } from '@selfsame/identity';
import { isJsonNoForm } from '../content-type.ts';
import { parseJson } from '../json/shape.ts';
import { idOf, insertIdOf, isObject, listOf, objectOf } from '../json/values.ts';
import type { Access, Host, WireRequest } from '../protocol.ts';
import { type Denied, identityAccess, isDenied } from './access.ts';
import { kindOf } from './kinds.ts';
import type { ChangeBody, IdentityBody } from './wire.ts';

const platforms = new Set(['ios', 'android', 'web', 'tvos', 'roku', 'alexa', 'smart_tv', 'fire', 'xbox', 'other']);

/** Something the client did wrong, in the vendor's codes. */
export interface Problem {
  readonly code: 'BAD_REQUEST' | 'LOOKUP_ERROR' | 'NOT_FOUND_ERROR';
  readonly problem: string;
  /** Absent: 400. */
  readonly status?: 400 | 404 | 415;
}

export const isProblem = (read: object): read is Problem => 'problem' in read;

const bad = (problem: string): Problem => ({ code: 'BAD_REQUEST', problem });

/** An identity call that somebody may make; `body` is a problem when it cannot be looked at. */
export interface Opened {
  readonly access: Access;
  /** The client's name for the request, or ours. */
  readonly requestId: string;
  readonly body: IdentityBody | Problem;
}

/** Who asks, and a body that can be looked at. */
export function open(request: WireRequest, host: Host): Opened | Denied {
  const access = identityAccess(request, host);
  if (isDenied(access)) return access;
  const body = isJsonNoForm(request) ? parse(request) : notJson;
  const sent = isProblem(body) ? undefined : insertIdOf(body.request_id);
  return { access, requestId: sent ?? host.randomUuid(), body };
}

const notJson: Problem = { ...bad('send JSON in UTF-8, as application/json'), status: 415 };

function parse(request: WireRequest): IdentityBody | Problem {
  const parsed = parseJson(request.body);
  return 'problem' in parsed ? bad(parsed.message) : readBody(parsed.value);
}

function readBody(value: Json): IdentityBody | Problem {
  if (!isObject(value)) return bad('the body is not an object');
  const { environment, client_sdk: sdk, request_id: requestId, ...rest } = value;
  if (environment !== 'production' && environment !== 'development')
    return bad('environment must be production or development');
  const platform = isObject(sdk) ? sdk['platform'] : undefined;
  if (platform !== undefined && platform !== null && !(typeof platform === 'string' && platforms.has(platform)))
    return bad('client_sdk.platform is none that we know');
  const { previous_mpid, known_identities, identity_changes } = rest;
  return {
    previous_mpid,
    known_identities,
    identity_changes,
    request_id: requestId,
  };
}

/** Null and empty values count as absent; a type we do not know, or a value that is no text, refuses the request. */
export function readIdentities(known: Json | undefined): readonly Identifier[] | Problem {
  const nobody: Problem = { code: 'LOOKUP_ERROR', problem: 'knownIdentities is empty.' };
  if (known === undefined || known === null) return nobody;
  const given = objectOf(known);
  if (given === undefined) return bad('known_identities must be an object');
  const ids: Identifier[] = [];
  for (const [type, value] of Object.entries(given)) {
    const kind = kindOf(type);
    if (kind === undefined) return bad('known_identities names an identity type we do not know');
    const id = idOf(value);
    if (id === null) return bad(`the value of ${type} must be a string`);
    if (id !== undefined) ids.push({ kind, value: id });
  }
  return ids.length === 0 ? nobody : ids;
}

/** `identity_changes`: a list that is not empty, of types we know. */
export function readChanges(sent: Json | undefined): readonly ChangeBody[] | Problem {
  const list = listOf(sent);
  if (list === undefined) return bad('identity_changes must be a list');
  if (list.length === 0) return bad('identity_changes is empty');
  const changes: ChangeBody[] = [];
  for (const one of list) {
    if (!isObject(one)) return bad('an identity change must be an object');
    const { identity_type: type, old_value: old, new_value: next } = one;
    // Absent, null and an empty text take an identity away; `true`, or a list, does not say so.
    const isOdd = typeof next === 'boolean' || (typeof next === 'object' && next !== null);
    const [before, now] = [idOf(old), isOdd ? null : idOf(next)];
    const kind = typeof type === 'string' ? kindOf(type) : undefined;
    if (kind === undefined) return bad('an identity change names a type we do not know');
    if (before === null || now === null) return bad('old_value and new_value must be strings or null');
    changes.push({ kind, before: before ?? null, now: now ?? null });
  }
  return changes;
}
