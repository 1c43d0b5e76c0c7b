import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { refusal, sendRefusal } from '../http/api-error.ts';

const built = fileURLToPath(new URL('../../../console/dist', import.meta.url));

const missing = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Selfsame</title>
<h1>Selfsame runs; its console is not built</h1><p>Run <code>npm run build --workspace packages/console</code> and start again.
The API is described at <a href="/openapi.json">/openapi.json</a>.</p></html>`;

/** The console's pages at `/`. A path that is no file gets the front page, which finds its room by the path. */
export async function registerConsoleFiles(app: FastifyInstance, folder: string = built): Promise<void> {
  const there = existsSync(`${folder}/index.html`);
  if (there) {
    await app.register(fastifyStatic, {
      root: folder,
      // The build left each text beside itself in brotli and gzip.
      preCompressed: true,
      // File names under assets/ hold a hash of their content.
      setHeaders: (reply, path) =>
        reply.header('cache-control', path.includes('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'),
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] as string;
    const isPage = request.method === 'GET' || request.method === 'HEAD';
    // A project's id may hold a dot, as a file's name does.
    if (!isPage || path.startsWith('/v1/') || (path.includes('.') && !path.startsWith('/p/')))
      return sendRefusal(reply, refusal(404, 'not_found', 'There is nothing at this path.'));
    if (there) return reply.sendFile('index.html');
    return reply
      .code(path === '/' ? 200 : 404)
      .type('text/html; charset=utf-8')
      .send(missing);
  });
}
