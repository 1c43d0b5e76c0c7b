import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { ServerContext } from './context.ts';

/** How long requests in flight may take to end, ms. A supervisor's patience is usually 30 s. */
const PATIENCE = 20_000;

/** Takes no more, answers what is in flight, then closes the stores (G15). */
export async function stopServer(parts: {
  readonly app: FastifyInstance;
  readonly context: ServerContext;
  readonly stopping: AbortController;
  readonly log: Logger;
}): Promise<void> {
  const { app, context, stopping, log } = parts;
  stopping.abort();
  // A connection whose answer is out is idle again, and the server waits for it unless it is closed.
  const idle = setInterval(() => app.server.closeIdleConnections(), 20);
  const late = setTimeout(() => app.server.closeAllConnections(), PATIENCE);
  await app.close();
  clearInterval(idle);
  clearTimeout(late);
  await context.ingest.stop();
  await context.columns.close();
  await context.store.close();
  log.info('stopped');
}
