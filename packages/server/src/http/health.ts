import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { limits } from '../limits.ts';
import type { Metrics } from '../metrics.ts';
import { refusal, sendRefusal } from './api-error.ts';

export interface HealthParts {
  readonly metrics: Metrics;
  /** What a scraper must show; absent: nothing. */
  readonly metricsKey?: string | undefined;
  /** `/metrics` answers at an address of its own and not here. */
  readonly metricsElsewhere?: boolean;
  /** Why work should go elsewhere, as a word; undefined when we can take it. */
  readonly trouble: () => string | undefined | Promise<string | undefined>;
}

/** Does a scraper show the key? Compared by digest (S4). */
export function mayScrape(key: string | undefined, authorization: string | undefined): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return key === undefined || timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${key}`));
}

/** `/livez` the process turns · `/readyz` it can take work · `/metrics` · `/v1/limits`. Open to all: they name nobody. */
export function registerHealth(app: FastifyInstance, parts: HealthParts): void {
  const { metrics, trouble } = parts;
  app.get('/livez', async () => ({ status: 'live' }));
  app.get('/readyz', async (_request, reply) => {
    const why = await trouble();
    if (why === undefined) return { status: 'ready' };
    return reply.code(503).header('retry-after', '1').send({ status: 'not ready', reason: why });
  });
  if (parts.metricsElsewhere !== true)
    app.get('/metrics', async (request, reply) =>
      mayScrape(parts.metricsKey, request.headers.authorization)
        ? reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
        : sendRefusal(reply, refusal(401, 'key_needed', 'Send Authorization: Bearer <metrics.key of the settings>.')),
    );
  app.get('/v1/limits', async () => limits);
}
