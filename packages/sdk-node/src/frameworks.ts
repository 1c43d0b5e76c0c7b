import type { IncomingMessage, ServerResponse } from 'node:http';
import { type CookieOptions, type Visitor, visitorOf } from './visitor-cookie.ts';

/** For plain `node:http`: the visitor of a request, whose cookie is renewed on the response. Call it before the head is sent. */
export function visitorFor(request: IncomingMessage, response: ServerResponse, options: CookieOptions): Visitor {
  const visitor = visitorOf(request.headers.cookie, options);
  response.appendHeader('set-cookie', visitor.setCookie);
  return visitor;
}

/** For Express and Connect: middleware that puts the visitor at `request.visitor`. */
export const expressVisitor =
  (options: CookieOptions) =>
  (request: IncomingMessage & { visitor?: Visitor }, response: ServerResponse, next: () => void): void => {
    request.visitor = visitorFor(request, response, options);
    next();
  };

/** The part of Fastify that the plugin uses. */
interface FastifyLike {
  decorateRequest(name: 'visitor', value: null): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: Fastify's own request is of many shapes, and this package does not depend on it.
  addHook(name: 'onRequest', hook: (request: any, reply: any) => Promise<void>): unknown;
}

/** For Fastify: `app.register(fastifyVisitor, options)` puts the visitor at `request.visitor`. */
export const fastifyVisitor = Object.assign(
  async (app: FastifyLike, options: CookieOptions): Promise<void> => {
    app.decorateRequest('visitor', null);
    app.addHook('onRequest', async (request, reply) => {
      const visitor = visitorOf(request.headers.cookie, options);
      request.visitor = visitor;
      reply.header('set-cookie', visitor.setCookie);
    });
  },
  // The hook is of the whole application, not of the plugin's own corner.
  { [Symbol.for('skip-override')]: true },
);
