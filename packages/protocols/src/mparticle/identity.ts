import { type DirectoryAnswer, type Identifier, type Json, searchProfile, type Verdict } from '@selfsame/identity';
import { parseJson } from '../json-shape.ts';
import type { Access, Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { identityAccess } from './access.ts';
import { answer, empty, identityError, json } from './answers.ts';
import { kindOf, typeOf } from './kinds.ts';
import {
  type ChangeBody,
  type IdentityAnswer,
  type IdentityBody,
  isObject,
  type ModifyAnswer,
  readMpid,
} from './wire.ts';

const platforms = new Set(['ios', 'android', 'web', 'tvos', 'roku', 'alexa', 'smart_tv', 'fire', 'xbox', 'other']);

/** Seconds for which the SDK may reuse an answer, as the real service says; only used with `cacheIdentity` on. */
const MAX_AGE = { 'x-mp-max-age': '86400' };

/** identify, login and logout ask the directory; search only looks. */
export function readIdentity(
  call: 'identify' | 'login' | 'logout' | 'search',
  request: WireRequest,
  host: Host,
): Reading {
  const opened = open(request, host);
  if ('reply' in opened) return answer(opened.reply);
  const { access, body, requestId } = opened;
  const read = readIdentities(body.known_identities);
  if ('problem' in read) return refused(access, requestId, read.code, read.problem);
  if (call === 'search') {
    const found = searchProfile(host.graph(access.project), access.policy, read.ids);
    if (found !== undefined) return answer(json(200, identityAnswer(found)));
    const reason = 'no profile matches these identities';
    return { ...refused(access, requestId, 'NOT_FOUND_ERROR', reason, 404) };
  }
  const previous = readMpid(body.previous_mpid);
  const debug = access.trust >= 2 && request.query.get('debug')?.[0] === '1';
  return {
    type: 'items',
    items: [
      {
        type: 'statement',
        statement: {
          project: access.project,
          wire: 'mparticle',
          trust: access.trust,
          command: {
            type: 'Resolve',
            call,
            ids: read.ids,
            mint: host.randomInteger(),
            ...(previous === undefined ? {} : { previous }),
          },
          ...insertIdOf(body),
        },
      },
    ],
    reply: async ([verdict]) => {
      const first = await original(verdict as Verdict, host);
      if (first.answer === undefined) return refusalOf(first, requestId);
      const plain = identityAnswer(first.answer);
      return json(200, debug ? { ...plain, debug: debugOf(first) } : plain, MAX_AGE);
    },
  };
}

/** modify: changes to one profile's record. */
export function readModify(path: string, request: WireRequest, host: Host): Reading {
  const opened = open(request, host);
  if ('reply' in opened) return answer(opened.reply);
  const { access, body, requestId } = opened;
  const mpid = readMpid(path);
  if (mpid === undefined) return refused(access, requestId, 'BAD_REQUEST', 'the path names no mpid');
  const changes = readChanges(body.identity_changes);
  if (typeof changes === 'string') return refused(access, requestId, 'BAD_REQUEST', changes);
  return {
    type: 'items',
    items: [
      {
        type: 'statement',
        statement: {
          project: access.project,
          wire: 'mparticle',
          trust: access.trust,
          command: {
            type: 'Modify',
            profile: mpid,
            changes: changes.map((change) => ({
              kind: kindOf(change.identity_type) as string,
              before: change.old_value,
              now: change.new_value,
            })),
          },
          ...insertIdOf(body),
        },
      },
    ],
    reply: async ([verdict]) => {
      const first = await original(verdict as Verdict, host);
      return first.answer === undefined ? refusalOf(first, requestId) : json(200, modifyAnswer(first.answer));
    },
  };
}

interface Opened {
  readonly access: Access;
  readonly body: IdentityBody;
  readonly requestId: string;
}

/** Who asks, and a body that can be looked at. */
function open(request: WireRequest, host: Host): Opened | { readonly reply: WireReply } {
  const access = identityAccess(request, host);
  if (access === undefined) return { reply: empty(401) };
  const parsed = parseJson(request.body, { bigIntegers: 'text' });
  const bad = (message: string) => ({ reply: identityError(400, 'BAD_REQUEST', message, host.randomUuid()) });
  if ('problem' in parsed) return bad(parsed.message);
  if (!isObject(parsed.value)) return bad('the body is not an object');
  const body: IdentityBody = parsed.value;
  const requestId = typeof body.request_id === 'string' ? body.request_id.slice(0, 128) : host.randomUuid();
  if (body.environment !== 'production' && body.environment !== 'development')
    return { reply: identityError(400, 'BAD_REQUEST', 'environment must be production or development', requestId) };
  const platform = isObject(body.client_sdk) ? body.client_sdk['platform'] : undefined;
  if (platform !== undefined && platform !== null && !(typeof platform === 'string' && platforms.has(platform)))
    return { reply: identityError(400, 'BAD_REQUEST', 'client_sdk.platform is none that we know', requestId) };
  return { access, body, requestId };
}

/** Null and empty values count as absent; a type we do not know, or a value that is no text, refuses the request. */
function readIdentities(
  known: Json | undefined,
): { readonly ids: readonly Identifier[] } | { readonly problem: string; readonly code: string } {
  if (known === undefined || known === null) return { problem: 'knownIdentities is empty.', code: 'LOOKUP_ERROR' };
  if (!isObject(known)) return { problem: 'known_identities must be an object', code: 'BAD_REQUEST' };
  const ids: Identifier[] = [];
  for (const [type, value] of Object.entries(known)) {
    const kind = kindOf(type);
    if (kind === undefined)
      return { problem: 'known_identities names an identity type we do not know', code: 'BAD_REQUEST' };
    if (value === null || value === '') continue;
    if (typeof value !== 'string') return { problem: `the value of ${type} must be a string`, code: 'BAD_REQUEST' };
    ids.push({ kind, value });
  }
  return ids.length === 0 ? { problem: 'knownIdentities is empty.', code: 'LOOKUP_ERROR' } : { ids };
}

function readChanges(list: Json | undefined): readonly ChangeBody[] | string {
  if (!Array.isArray(list)) return 'identity_changes must be a list';
  if (list.length === 0) return 'identity_changes is empty';
  const changes: ChangeBody[] = [];
  for (const one of list as readonly Json[]) {
    if (!isObject(one)) return 'an identity change must be an object';
    const { identity_type: type, old_value: before = null, new_value: now = null } = one;
    if (typeof type !== 'string' || kindOf(type) === undefined) return 'an identity change names a type we do not know';
    if (!isTextOrNull(before) || !isTextOrNull(now)) return 'old_value and new_value must be strings or null';
    changes.push({ identity_type: type, old_value: before || null, new_value: now || null });
  }
  return changes;
}

const isTextOrNull = (value: Json): value is string | null => value === null || typeof value === 'string';

/** D11: a browser sends a request again after a dropped connection, under the same id. */
const insertIdOf = (body: IdentityBody): { insertId?: string } =>
  typeof body.request_id === 'string' && /^[\x21-\x7e]{1,128}$/.test(body.request_id)
    ? { insertId: body.request_id }
    : {};

/** The verdict of the first of several equal requests. */
async function original(verdict: Verdict, host: Host): Promise<Verdict> {
  if (verdict.repeats === undefined) return verdict;
  return (await host.logged(verdict.repeats))?.verdict ?? verdict;
}

function identityAnswer(found: DirectoryAnswer): IdentityAnswer {
  return {
    context: null,
    // A text: a JSON number would make the SDK throw and never start.
    mpid: found.mpid,
    matched_identities: Object.fromEntries(found.matched.map((id) => [typeOf(id.kind), id.value])),
    is_ephemeral: !found.known,
    is_logged_in: found.loggedIn,
  };
}

const modifyAnswer = (found: DirectoryAnswer): ModifyAnswer => ({
  change_results: found.changed.map(({ kind, mpid }) => ({ identity_type: typeOf(kind), modified_mpid: mpid })),
  mpid: found.mpid,
  is_logged_in: found.loggedIn,
});

/** Why the directory answered as it did, for the server key. */
function debugOf(verdict: Verdict) {
  const { how, known, candidates } = verdict.answer as DirectoryAnswer;
  return {
    how,
    known,
    candidates,
    notes: verdict.notes.map(({ effect, rule, reason }) => ({ effect, rule, reason })),
  };
}

/** A request we could read but not take: told to the client, and shown to the operator with the reason. */
function refused(access: Access, requestId: string, code: string, message: string, status = 400): Reading {
  return {
    type: 'items',
    items: [{ type: 'refused', project: access.project, reason: `${code}: ${message}` }],
    reply: () => identityError(status, code, message, requestId),
  };
}

function refusalOf(verdict: Verdict, requestId: string): WireReply {
  const code = verdict.notes.find((note) => note.code !== undefined)?.code ?? 'BAD_REQUEST';
  return identityError(400, code, verdict.reason ?? 'the request was refused', requestId);
}
