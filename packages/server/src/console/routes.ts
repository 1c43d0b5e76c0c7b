import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ServerContext } from '../context.ts';
import { refusal, sendRefusal } from '../http/api-error.ts';
import { isSameOriginChange, readSessionCookie, sessionCookie } from './session.ts';

/** Signing in to the console, and what its pages need before they have chosen a project. */
export function registerConsoleRoutes(
  app: FastifyInstance,
  context: ServerContext,
  addressOf: (request: FastifyRequest) => string,
): void {
  const { sessions, projects, wires } = context;

  /** Gives the session cookie for the right token. @returns a refusal to send, or undefined. */
  function signIn(request: FastifyRequest, reply: FastifyReply, token: unknown, byLink: boolean) {
    const opened = sessions.open(typeof token === 'string' ? token : '', addressOf(request), byLink);
    if (opened === 'throttled') return refusal(429, 'too_many_tries', 'Too many tries: wait a minute.');
    if (opened === 'wrong')
      return refusal(401, 'wrong_token', 'The token is not the one printed when the server started.');
    reply.header('set-cookie', sessionCookie(sessions.cookieName, opened.cookie, request.protocol === 'https'));
    return undefined;
  }

  // The link that is printed at start. The token leaves the address bar at once, and the link opens nothing again.
  app.get<{ Querystring: { token?: string } }>('/login', async (request, reply) => {
    if (request.query.token === undefined) return reply.callNotFound();
    const refused = signIn(request, reply, request.query.token, true);
    return reply.header('cache-control', 'no-store').redirect(refused === undefined ? '/' : '/login', 303);
  });
  app.post<{ Body: { token?: unknown } | null }>('/v1/session', async (request, reply) => {
    if (!isSameOriginChange(request))
      return sendRefusal(reply, refusal(403, 'foreign_origin', 'Sign in from this origin, with a JSON body.'));
    const refused = signIn(request, reply, request.body?.token, false);
    return refused === undefined ? { signedIn: true } : sendRefusal(reply, refused);
  });
  app.delete('/v1/session', async (request, reply) => {
    if (!isSameOriginChange(request))
      return sendRefusal(reply, refusal(403, 'foreign_origin', 'Sign out from this origin, with a JSON content type.'));
    const cookie = readSessionCookie(sessions.cookieName, request.headers.cookie);
    if (cookie !== undefined) sessions.close(cookie);
    reply.header('set-cookie', sessionCookie(sessions.cookieName, '', request.protocol === 'https'));
    return { signedIn: false };
  });
  app.get('/v1/session', async (request) => {
    const cookie = readSessionCookie(sessions.cookieName, request.headers.cookie);
    const signedIn = cookie !== undefined && sessions.isOpen(cookie);
    return {
      signedIn,
      projects: signedIn
        ? projects.all.map(({ id, name, timeZone, currency = null }) => ({ id, name, timeZone, currency }))
        : [],
      wires: signedIn ? [...wires.values()].map(({ name, label, presets = [] }) => ({ name, label, presets })) : [],
    };
  });
}
