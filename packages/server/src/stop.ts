import type { Server } from 'node:http';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServerContext } from './context.ts';
import { closeDoors } from './http/doors.ts';
import { closeIdle } from './http/idle.ts';
import { closerOfUnmoved } from './http/unmoved.ts';

/** How long requests in flight may take to end, ms. A supervisor's patience is usually 30 s. */
const PATIENCE = 20_000;
/** How long a client may send nothing more of its request, or take nothing of its answer, ms. */
const UNMOVED = 3_000;
/** How long a question may go on, ms: one over millions of events, or that waits for these to be fed, is told to come again. */
const QUESTIONS = 10_000;
/** How long a request that was sent on an open connection may take to reach us, ms. */
const ON_THE_WAY = 250;
/** How often the log says what a stop still waits for, ms. */
const SAYS_WHY = 5_000;
/** How long we listen on while connections still come, ms: a turn of a server that is attacked may take many of them. */
const STILL_COMING = 2_000;

/** Takes no more, answers what is in flight, then closes the stores (G15). The log says what took how long. */
export async function stopServer(parts: {
  readonly app: FastifyInstance;
  readonly context: ServerContext;
  readonly stopping: AbortController;
  readonly log: Logger;
}): Promise<void> {
  const { app, context, stopping, log } = parts;
  const took: Record<string, number> = {};
  let waitsFor = '';
  const saying = setInterval(() => log.warn({ waitsFor, took }, 'still stopping'), SAYS_WHY).unref();
  async function waitFor<T>(what: string, work: () => Promise<T>): Promise<T> {
    waitsFor = what;
    const began = performance.now();
    const done = await work();
    took[what] = Math.round(performance.now() - began);
    return done;
  }

  const closed = await waitFor('connections that still come', () => stopListening(app.server));
  // From now on answers end their connection, and streams end.
  stopping.abort();
  context.simulations.stop();
  context.refolds.stop();
  const late = setTimeout(() => void context.columns.close(), QUESTIONS);
  await waitFor('requests in flight', () => drain(app.server, closed));
  clearTimeout(late);
  await app.close();
  await waitFor('items that are being stored', () => context.ingest.stop());
  context.unsigned.close();
  await waitFor('outputs', () => context.outputs.stop());
  await waitFor('columns', () => context.columns.close());
  await waitFor('the last checkpoint', () => context.store.close());
  clearInterval(saying);
  log.info({ took }, 'stopped');
}

/**
 * Stops listening once the system holds no connection for us that we have not taken: those would be cut.
 * A turn of the event loop takes a few. Until then connections are kept open, or clients would only come back by new ones.
 * @returns what resolves, in an object, when the last connection has closed
 */
async function stopListening(server: Server): Promise<{ readonly all: Promise<void> }> {
  let taken = false;
  const onConnection = () => {
    taken = true;
  };
  server.on('connection', onConnection);
  const began = performance.now();
  do {
    taken = false;
    await turn();
    await turn();
  } while (taken && performance.now() - began < STILL_COMING);
  server.off('connection', onConnection);
  return { all: closeDoors(server) };
}

/** Waits until every connection is answered and closed; cuts what is left after our patience. */
async function drain(server: Server, closed: { readonly all: Promise<void> }): Promise<void> {
  await Promise.race([closed.all, pause(ON_THE_WAY)]);
  const closeUnmoved = closerOfUnmoved(server, UNMOVED);
  const idle = setInterval(() => {
    closeUnmoved();
    void closeIdle(server);
  }, 20);
  const late = setTimeout(() => server.closeAllConnections(), PATIENCE);
  await closed.all;
  clearInterval(idle);
  clearTimeout(late);
}
