import type { ProjectId } from '@selfsame/identity';
import type { FastifyRequest } from 'fastify';
import { isSameOriginChange, readSessionCookie } from '../console/session.ts';
import type { Project, ServerContext } from '../context.ts';
import { type Refusal, refusal } from './api-error.ts';

/** Who asks: the project it is about, and what opened it. */
export interface Authorized {
  readonly type: 'allowed';
  readonly project: Project;
  readonly key: 'public' | 'server' | 'operator';
}

/** What a key is called where it is kept who changed something. */
export const byOf = (key: Authorized['key']): string => (key === 'operator' ? 'operator' : `${key} key`);

/**
 * Whom a request of the native API speaks for: a bearer key, or else the console's session cookie with the project
 * named by `x-selfsame-project` or `?project=` (only one project: that one).
 * `need` 'server' (reads, administration) refuses a public key with 403; an unknown key is 401 (S1).
 * @example const who = authorize(context, request); if (who.type === 'refused') return sendRefusal(reply, who);
 */
export function authorize(
  context: Pick<ServerContext, 'projects' | 'sessions' | 'clock'>,
  request: FastifyRequest,
  need: 'server' | 'any' = 'server',
): Authorized | Refusal {
  const header = request.headers.authorization;
  // A wrong key is refused and never falls back to the cookie (S9).
  if (header !== undefined) {
    const token = /^Bearer +([\x21-\x7e]+)$/i.exec(header)?.[1];
    const found = token === undefined ? undefined : context.projects.byBearer(token);
    if (found === undefined)
      return refusal(401, 'unknown_key', 'The key belongs to no project: send Authorization: Bearer <server key>.');
    if (found.key === 'public' && need === 'server')
      return refusal(403, 'server_key_needed', 'A public key may only write: use the server key here.');
    return { type: 'allowed', ...found };
  }
  const cookie = readSessionCookie(context.sessions.cookieName, request.headers.cookie);
  if (cookie === undefined || !context.sessions.isOpen(cookie))
    return refusal(401, 'key_needed', 'Send Authorization: Bearer <server key>, or sign in to the console.');
  if (!isSameOriginChange(request))
    return refusal(403, 'foreign_origin', 'Changes by a console session need this origin and a JSON body.');
  return operatorOf(context, request);
}

/** The operator may look at every project; which one, the request says. */
function operatorOf(context: Pick<ServerContext, 'projects'>, request: FastifyRequest): Authorized | Refusal {
  const named = request.headers['x-selfsame-project'] ?? (request.query as { project?: unknown }).project;
  const only = context.projects.all.length === 1 ? context.projects.all[0] : undefined;
  const project =
    named === undefined ? only : typeof named === 'string' ? context.projects.byId(named as ProjectId) : undefined;
  if (project !== undefined) return { type: 'allowed', project, key: 'operator' };
  return named === undefined
    ? refusal(400, 'project_needed', 'Several projects are served: name one by ?project= or x-selfsame-project.')
    : refusal(404, 'no_such_project', 'There is no such project.');
}
