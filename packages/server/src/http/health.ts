import type { FastifyInstance } from 'fastify';
import { limits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';

export interface HealthParts {
  readonly metrics: Metrics;
  /** Why work should go elsewhere, as a word; undefined when we can take it. */
  readonly trouble: () => string | undefined;
}

/** `/livez` the process turns · `/readyz` it can take work · `/metrics` · `/v1/limits`. Open to all: they name nobody. */
export function registerHealth(app: FastifyInstance, { metrics, trouble }: HealthParts): void {
  app.get('/livez', async () => ({ status: 'live' }));
  app.get('/readyz', async (_request, reply) => {
    const why = trouble();
    if (why === undefined) return { status: 'ready' };
    return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason: why });
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  app.get('/v1/limits', async () => limits);
}
