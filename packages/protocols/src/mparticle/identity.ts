import {
  type Command,
  type Identifier,
  preview,
  type Statement,
  searchProfile,
  type Verdict,
} from '@selfsame/identity';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host, Reading, WireReply, WireRequest } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { answer, json } from '../reply.ts';
import { isDenied } from './access.ts';
import { identityError, turnedAway } from './answers.ts';
import {
  debugOf,
  identityAnswer,
  identityReply,
  MAX_AGE,
  modifyAnswer,
  original,
  refusalOf,
} from './identity-answers.ts';
import { isProblem, type Opened, open, type Problem, readChanges, readIdentities } from './identity-body.ts';
import { readMpid } from './wire.ts';

/** identify, login and logout ask the directory; search only looks. */
export function readIdentity(
  call: 'identify' | 'login' | 'logout' | 'search',
  request: WireRequest,
  host: Host,
): Reading | Promise<Reading> {
  const opened = open(request, host);
  if (isDenied(opened)) return turnedAway(opened, 401);
  const { access, body } = opened;
  if (isProblem(body)) return refused(opened, body);
  const ids = readIdentities(body.known_identities);
  if (isProblem(ids)) return refused(opened, ids);
  if (call === 'search') return search(opened, ids, host);
  const previous = readMpid(body.previous_mpid);
  const command = {
    type: 'Resolve',
    call,
    ids,
    mint: host.randomInteger(),
    ...(previous === undefined ? {} : { previous }),
  } as const;
  const statement = statementOf(access, command, call, keptInsertId(body.request_id, access.project, host));
  return asked(opened, request, host, statement, (verdict, debug) =>
    verdict.answer === undefined
      ? refusalOf(verdict, opened.requestId)
      : identityReply(identityAnswer(verdict.answer, ids), debug, MAX_AGE),
  );
}

/** modify: changes to one profile's record. */
export function readModify(path: string, request: WireRequest, host: Host): Reading | Promise<Reading> {
  const opened = open(request, host);
  if (isDenied(opened)) return turnedAway(opened, 401);
  const { access, body } = opened;
  if (isProblem(body)) return refused(opened, body);
  const profile = readMpid(path);
  if (profile === undefined) return refused(opened, { code: 'BAD_REQUEST', problem: 'the path names no mpid' });
  const changes = readChanges(body.identity_changes);
  if (isProblem(changes)) return refused(opened, changes);
  const command = { type: 'Modify', profile, changes } as const;
  const statement = statementOf(access, command, 'modify', keptInsertId(body.request_id, access.project, host));
  return asked(opened, request, host, statement, (verdict, debug) =>
    verdict.answer === undefined
      ? refusalOf(verdict, opened.requestId)
      : identityReply(modifyAnswer(verdict.answer), debug),
  );
}

async function search({ access, ...opened }: Opened, ids: readonly Identifier[], host: Host): Promise<Reading> {
  const found = await host.ask(access.project, (graph) => searchProfile(graph, access.policy, ids, access.trust));
  if (found !== undefined) return answer(json(200, identityAnswer(found, ids)));
  const missing = { code: 'NOT_FOUND_ERROR', problem: 'no profile matches these identities', status: 404 } as const;
  return refused({ access, ...opened }, missing);
}

/** D11: a browser sends a request again after a dropped connection, under the same id. */
function statementOf(access: Access, command: Command, call: string, requestId: string | undefined): Statement {
  const { project, trust } = access;
  const same =
    requestId === undefined
      ? {}
      : { insertId: requestId, repeat: { key: `${call}/${requestId}`, keep: 'first' } as const };
  return { project, wire: 'mparticle', trust, command, ...same };
}

/** A question for the rules. With `read_only` they are asked aside, and nothing is kept. */
function asked(
  { access }: Opened,
  request: WireRequest,
  host: Host,
  statement: Statement,
  reply: (verdict: Verdict, debug: object | undefined) => WireReply,
): Reading | Promise<Reading> {
  const debug = (verdict: Verdict) =>
    access.trust >= 2 && isOn(request, 'debug') && verdict.answer !== undefined ? debugOf(verdict) : undefined;
  if (isOn(request, 'read_only')) {
    return host
      .ask(access.project, (graph) => preview(graph, access.policy, statement, host.now))
      .then((verdict) => answer(reply(verdict, debug(verdict))));
  }
  return {
    type: 'items',
    items: [{ type: 'statement', statement }],
    reply: async ([verdict]) => {
      const first = await original(access.project, verdict as Verdict, host);
      return reply(first, debug(first));
    },
  };
}

const isOn = (request: WireRequest, option: string): boolean =>
  ['1', 'true', ''].includes(request.query.get(option)?.[0] ?? 'absent');

/** A request we could read but not take: told to the client, and shown to the operator with the reason. */
function refused({ access, requestId }: Opened, { code, problem, status = 400 }: Problem): Reading {
  return {
    type: 'items',
    items: [refusedItem(access, `${code}: ${problem}`)],
    reply: () => identityError(status, code, problem, requestId),
  };
}
