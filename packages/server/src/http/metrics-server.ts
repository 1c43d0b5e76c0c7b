import { createServer } from 'node:http';
import type { Registry } from 'prom-client';
import { mayScrape } from './health.ts';

/** `/metrics` at an address of its own. Resolves when it listens, with how to stop it. */
export async function serveMetrics(
  registry: Registry,
  key: string | undefined,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<{ readonly port: number; stop(): void }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    if (!mayScrape(key, request.headers.authorization))
      return void response.writeHead(401, { 'www-authenticate': 'Bearer' }).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(503, { 'retry-after': '5' }).end(),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
