import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  ServerResponse,
  STATUS_CODES,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { limits } from '../limits.ts';
import type { ByteBudget } from './byte-budget.ts';
import { type BadHead, badHead, noRoom, refusedByParser, tooMany } from './header-check.ts';
import { closeWhenSilent } from './idle.ts';
import { messageOf } from './raw-head.ts';
import type { Certificate } from './tls.ts';
import { answerInTurns, unfinishedHead } from './turns.ts';
import { followConnections } from './unasked.ts';
import { boundUnreadAnswers } from './unread-answers.ts';

/** Time limits, ms; tests take shorter ones. */
export type TimeLimits = Pick<
  typeof limits,
  'headerTimeoutMs' | 'bodyTimeoutMs' | 'idleTimeoutMs' | 'requestTimeoutMs' | 'stalledTimeoutMs'
>;

/** What answers requests: those whose head we take, and those whose head alone refuses them. */
export interface Listeners {
  readonly handle: RequestListener;
  /** @returns whether it has answered; else the answer is the bare status */
  readonly refuse: (message: IncomingMessage, response: ServerResponse, bad: BadHead) => boolean;
}

/** A strict HTTP/1.1 server with every limit of the table set (S25); the runtime's own are minutes or none. */
export function createHttpServer(
  { handle, refuse }: Listeners,
  times: Readonly<Record<keyof TimeLimits, number>>,
  certificate: Certificate | undefined,
  budget: ByteBudget,
  onCut: () => void,
  onRefused: OnRefused,
): Server {
  const options: ServerOptions = {
    maxHeaderSize: limits.urlBytes + limits.headerBytes,
    headersTimeout: times.headerTimeoutMs,
    requestTimeout: times.requestTimeoutMs,
    keepAliveTimeout: times.idleTimeoutMs,
    // A client that kept to what it was told may be late by as much again.
    keepAliveTimeoutBuffer: times.idleTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, times.headerTimeoutMs),
    // A second Authorization or Host joins the first and so matches nothing (S24).
    joinDuplicateHeaders: true,
    insecureHTTPParser: false,
    noDelay: true,
  };
  const server: Server =
    certificate === undefined ? createServer(options) : createTlsServer({ ...options, ...certificate });
  const refuseOne = (message: IncomingMessage, response: ServerResponse, bad: BadHead): void => {
    response.shouldKeepAlive = false;
    if (refuse(message, response, bad)) return;
    onRefused(bad.status, bad.cause);
    response.writeHead(bad.status, { ...laterOf(bad), 'content-length': 0, connection: 'close' }).end();
  };
  answerInTurns(
    server,
    (message, response) => {
      const bad = badHead(message);
      if (bad === undefined) handle(message, response);
      else refuseOne(message, response, bad);
    },
    {
      atOnce: limits.requestsAtOnce,
      heads: budget.share(limits.headsInMemoryBytes),
      addressBytes: limits.urlBytes,
      // The empty line that ends a head is no header.
      headerBytes: limits.headerBytes + 2,
      onLongHead: (socket, begun) => refuseUnfinished(socket, begun, none, tooMany, refuse, onRefused),
      onCut(socket, begun) {
        onCut();
        if (begun === undefined) socket.destroySoon();
        else if (Buffer.isBuffer(begun)) refuseUnfinished(socket, begun, none, noRoom, refuse, onRefused);
        else refuseOne(...begun, noRoom);
      },
    },
  );
  followConnections(server);
  boundUnreadAnswers(server, limits.unreadAnswersBytes, onCut);
  server.maxConnections = limits.connections;
  // Above the limit, so that one too many is seen rather than left out.
  server.maxHeadersCount = 2 * limits.headerCount;
  server.timeout = times.stalledTimeoutMs;
  closeWhenSilent(server);
  return server;
}

/** Told of what was refused before it was a request. */
export type OnRefused = (status: number, cause: string) => void;

/** Connections that ended because what came on them is not HTTP: a request that was being read on one is told apart. */
const broken = new WeakSet<Duplex>();
export const isBroken = (socket: Duplex): boolean => broken.has(socket);

/** How long a client that still sends may go on after such an answer, ms: a socket shut at once would lose it. */
const LINGER = 1_000;

/**
 * Answers what the parser would not take and ends the connection (S25): as any other request that its head refuses, where
 * enough of the head is there to tell what it was; else with the bare status.
 */
export const refuseBadFraming =
  (refuse: Listeners['refuse'], onRefused: OnRefused) =>
  (error: NodeJS.ErrnoException & { rawPacket?: unknown }, socket: Socket): void => {
    if (broken.has(socket)) return;
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    broken.add(socket);
    const last = Buffer.isBuffer(error.rawPacket) ? error.rawPacket : none;
    refuseUnfinished(socket, unfinishedHead(socket), last, refusedByParser(error.code), refuse, onRefused);
  };

const none = Buffer.alloc(0);

/** @param begun how the head began, and `last` the piece it came to; undefined where it is no head that is unfinished */
function refuseUnfinished(
  socket: Socket,
  begun: Buffer | undefined,
  last: Buffer,
  bad: BadHead,
  refuse: Listeners['refuse'],
  onRefused: OnRefused,
): void {
  const message = begun && messageOf(socket, begun, last);
  const response = message && new ServerResponse(message);
  if (message !== undefined && response !== undefined) {
    response.shouldKeepAlive = false;
    response.assignSocket(socket);
    response.once('finish', () => endSlowly(socket));
    if (refuse(message, response, bad)) return;
    response.detachSocket(socket);
  }
  onRefused(bad.status, bad.cause);
  const later = Object.entries(laterOf(bad)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(
    `HTTP/1.1 ${bad.status} ${STATUS_CODES[bad.status]}\r\n${later.join('')}Content-Length: 0\r\nConnection: close\r\n\r\n`,
  );
  endSlowly(socket);
}

const laterOf = ({ status }: BadHead): Readonly<Record<string, string>> =>
  status === 503 ? { 'Retry-After': '1' } : {};

/** Ends a connection on which more may be coming, which nobody reads. */
function endSlowly(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), LINGER).unref();
  socket.once('close', () => clearTimeout(timer));
  socket.end();
}

/** The path and query of a request line, which a client may also send as a whole address. */
export function urlOf({ url = '/' }: IncomingMessage): string {
  if (url.startsWith('/')) return url;
  const whole = URL.parse(url);
  return whole === null ? '/' : whole.pathname + whole.search;
}
