import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import compress from '@fastify/compress';
import { StoreError } from '@selfsame/store';
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import { registerConsoleFiles } from '../console/files.ts';
import { registerConsoleRoutes } from '../console/routes.ts';
import type { ServerContext } from '../context.ts';
import { OutputsAway } from '../delivery/outputs/beside/line.ts';
import { limits } from '../limits.ts';
import { registerNativeRoutes } from '../routes/index.ts';
import { registerSdk } from '../routes/sdk.ts';
import { registerShop } from '../routes/shop.ts';
import type { FindWire, Match } from '../wires/finder.ts';
import type { Peer } from '../wires/request.ts';
import { errorBody, sendRefusal } from './api-error.ts';
import type { ByteBudget, Share } from './byte-budget.ts';
import type { BadHead } from './header-check.ts';
import { type HealthParts, registerHealth } from './health.ts';
import { BadBody, readJsonStrictly } from './json-body.ts';
import { network, type RateLimits } from './rate-limits.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { createHttpServer, type Listeners, refuseBadFraming, type TimeLimits, urlOf } from './server.ts';
import type { Certificate } from './tls.ts';

export interface AppParts {
  readonly context: ServerContext;
  readonly budget: ByteBudget;
  /** The share of the budget for bodies. */
  readonly bodies: Share;
  readonly health: HealthParts;
  readonly log: FastifyBaseLogger;
  readonly times: Readonly<Record<keyof TimeLimits, number>>;
  readonly certificate: Certificate | undefined;
  readonly find: FindWire;
  /** @param bad why it is refused before its body is read */
  readonly handleWire: (
    message: IncomingMessage,
    response: ServerResponse,
    match: Match,
    bad?: BadHead,
  ) => Promise<void>;
  readonly peer: (message: IncomingMessage) => Peer;
  readonly trustedProxies: readonly string[];
  readonly rates: RateLimits;
}

/** Answers shorter than this are sent as they are, bytes. */
const COMPRESSED_FROM = 2_048;

/** Longest address of a route of ours and longest path of a wire, characters; only a wire's query may be longer. */
const LONGEST_URL = 16 * 1024;

/**
 * The HTTP side of the server. Wires are answered in front of the framework, whose routing and hooks would cost a third
 * of their speed; everything else (API, console, shop, health) is fastify's.
 */
export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { context, budget, bodies, health, log, times, certificate, find, handleWire, peer, trustedProxies, rates } =
    parts;
  const refuse: Listeners['refuse'] = (message, response, bad) => {
    const match = find(urlOf(message), message.headers.host);
    if (match !== undefined) void handleWire(message, response, match, bad);
    return match !== undefined;
  };
  const app = Fastify({
    loggerInstance: log,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: limits.smallBodyBytes,
    genReqId: () => randomUUID(),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    forceCloseConnections: 'idle',
    clientErrorHandler: refuseBadFraming(refuse, health.metrics.countRefused),
    serverFactory: (handle): Server =>
      createHttpServer(
        {
          handle(message, response) {
            const url = urlOf(message);
            const match = find(url, message.headers.host);
            if ((match?.path ?? url).length > LONGEST_URL) {
              response.writeHead(414, { 'content-length': 0, connection: 'close' }).end();
              return;
            }
            if (match !== undefined) {
              void handleWire(message, response, match);
              return;
            }
            if (context.stopping.aborted) response.shouldKeepAlive = false;
            message.url = url;
            handle(message, response);
          },
          refuse,
        },
        times,
        certificate,
        budget,
        health.metrics.countCut,
        health.metrics.countRefused,
      ),
  });

  setSecurityHeaders(app);
  app.addHook('onRequest', async (request, reply) => {
    const limited = rates.ofAddress(peer(request.raw).ip);
    if (limited === undefined) return;
    reply.header('retry-after', String(limited.retryAfterSeconds));
    await reply.code(429).send(errorBody('too_many_requests', 'Too many requests from one address.', request.id));
  });
  app.addHook('onResponse', async (_request, reply) => {
    const cause = reply.statusCode === 429 || reply.statusCode >= 500 ? `status-${reply.statusCode}` : undefined;
    health.metrics.observeRequest('api', reply.elapsedTime / 1_000, reply.statusCode, cause);
  });
  readJsonStrictly(app, { limit: limits.smallBodyBytes, timeoutMs: times.bodyTimeoutMs, bodies });
  app.setErrorHandler((error: Error & { statusCode?: number; code?: string }, request, reply) => {
    if (error instanceof OutputsAway) {
      return sendRefusal(reply, { status: 503, code: 'outputs_away', message: sentence(error.message) });
    }
    if (error instanceof StoreError && error.code === 'store/closed')
      return sendRefusal(reply, { status: 503, code: 'stopping', message: 'The server is stopping: ask again.' });
    const status = error.statusCode ?? 500;
    // What is left of a body is not read.
    if (!request.raw.complete) reply.header('connection', 'close');
    if (status === 503) reply.header('retry-after', '1');
    if (status < 500 || status === 503)
      return reply.code(status).send(errorBody(codeOf(status), whyUnread(error), request.id));
    log.error({ err: error, requestId: request.id, route: request.routeOptions.url }, 'a request failed');
    return reply.code(status).send(errorBody('internal', 'The server failed on this request.', request.id));
  });
  // Only JSON of our own: files come compressed from the build, streams must not wait for a block to fill.
  // What comes we unpack ourselves: two readers of one body wait for each other.
  await app.register(compress, {
    encodings: ['gzip'],
    threshold: COMPRESSED_FROM,
    customTypes: /^application\/json/,
    globalDecompression: false,
  });
  registerHealth(app, health);
  registerConsoleRoutes(app, context, (request) => network(peer(request.raw).ip));
  await registerNativeRoutes(app, context);
  registerSdk(app);
  const demo = context.shopPath === null ? undefined : context.projects.byId('demo');
  if (demo !== undefined) registerShop(app, demo, (request) => peer(request.raw).origin);
  await registerConsoleFiles(app);
  return app;
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Fastify's own words quote what was sent (S40). */
function whyUnread(error: Error & { code?: string }): string {
  if (error instanceof BadBody) return sentence(error.message);
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE')
    return 'The body must be JSON: send it with content-type: application/json.';
  return 'The request cannot be read as it is.';
}

const codeOf = (status: number): string =>
  status === 413
    ? 'too_large'
    : status === 415
      ? 'unsupported_media_type'
      : status === 503
        ? 'overloaded'
        : 'bad_request';
