import { createHash } from 'node:crypto';
import { browserScript } from '@selfsame/browser/script';
import type { FastifyInstance } from 'fastify';

/** Our own browser SDK as a classic script, for pages on any site: `/sdk.js`. */
export function registerSdk(app: FastifyInstance): void {
  app.get('/sdk.js', async (request, reply) => {
    const script = await browserScript('tag');
    const etag = `"${createHash('sha256').update(script).digest('base64url').slice(0, 22)}"`;
    reply.headers({
      'cache-control': 'public, max-age=3600',
      'cross-origin-resource-policy': 'cross-origin',
      'access-control-allow-origin': '*',
      etag,
    });
    if (request.headers['if-none-match'] === etag) return reply.code(304).send();
    return reply.type('text/javascript; charset=utf-8').send(script);
  });
}
