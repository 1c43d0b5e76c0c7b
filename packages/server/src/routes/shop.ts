import { createReadStream } from 'node:fs';
import { bundle } from '@selfsame/browser/script';
import { type ShopConfig, shopBundles, shopFiles } from '@selfsame/shop';
import { visitorCookie } from '@selfsame/shop/visitor';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Project } from '../context.ts';

/** The demo shop under `/shop/`: pages with our own client or a vendor's script that send to this server. */
export function registerShop(
  app: FastifyInstance,
  project: Project,
  originOf: (request: FastifyRequest) => string,
): void {
  app.get('/shop', async (_request, reply) => reply.redirect('/shop/', 308));
  app.get(
    '/shop/config.json',
    async (request): Promise<ShopConfig> => ({
      token: project.publicKey,
      apiHost: `${originOf(request)}/mixpanel`,
      projectId: project.id,
      trackerKey: project.keys['xo'] ?? null,
    }),
  );
  for (const { url, file, type } of shopFiles())
    app.get(`/shop/${url}`, async (request, reply) => {
      if (type.startsWith('text/html'))
        reply.header(
          'set-cookie',
          visitorCookie(request.headers.cookie, project.publicKey, request.protocol === 'https'),
        );
      return reply.type(type).header('cache-control', 'no-cache').send(createReadStream(file));
    });
  for (const { url, entry } of shopBundles) {
    let made: Promise<string> | undefined;
    app.get(`/shop/${url}`, async (_request, reply) =>
      reply
        .type('text/javascript; charset=utf-8')
        .header('cache-control', 'no-cache')
        .send(await (made ??= bundle(entry, 'iife'))),
    );
  }
}
