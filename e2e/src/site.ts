import { createServer, request as forward } from 'node:http';
import { mixpanelScript } from './pages.ts';

/** A web site on an origin of its own, with a path to Selfsame that a test can break. */
export interface Site {
  readonly url: string;
  /** `api_host` for pages: goes to Selfsame through a proxy. */
  readonly apiHost: string;
  /** Answers this status instead of asking Selfsame; 0 asks it again. */
  failWith(status: number): void;
  /** Requests that reached the proxy. */
  readonly seen: readonly { readonly path: string; readonly status: number }[];
  close(): Promise<void>;
}

const sdk = mixpanelScript();

/** Serves an empty page with the SDK as published, and a proxy to `target`. */
export async function startSite(target: string): Promise<Site> {
  const seen: { path: string; status: number }[] = [];
  let failing = 0;
  const page = createServer((request, response) => {
    if (request.url === '/sdk.js') return response.writeHead(200, { 'content-type': 'text/javascript' }).end(sdk);
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Shop</title><script src="/sdk.js"></script>');
  });
  const proxy = createServer((request, response) => {
    const { hostname, port } = new URL(target);
    if (failing !== 0) {
      seen.push({ path: request.url ?? '', status: failing });
      request.resume();
      response
        .writeHead(failing, {
          'access-control-allow-origin': request.headers.origin ?? '',
          'access-control-allow-credentials': 'true',
          'retry-after': '1',
        })
        .end();
      return;
    }
    const onward = forward(
      { hostname, port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        seen.push({ path: request.url ?? '', status: answer.statusCode ?? 0 });
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  const listen = (server: typeof page) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
  const [pagePort, proxyPort] = await Promise.all([listen(page), listen(proxy)]);
  return {
    url: `http://localhost:${pagePort}`,
    apiHost: `http://127.0.0.1:${proxyPort}/mixpanel`,
    seen,
    failWith(status) {
      failing = status;
    },
    async close() {
      for (const server of [page, proxy]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
}
