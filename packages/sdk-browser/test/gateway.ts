import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';

/** How the way to the server is today. A number: that status instead of an answer. */
export type Weather = 'fine' | 'reset' | 'answer lost' | 'silent' | number;

/** A site with an empty page, and on another origin the way to Selfsame, which a test can break. */
export interface Gateway {
  readonly site: string;
  readonly endpoint: string;
  /** The same way under a path of the site itself. */
  readonly ownPath: string;
  weather: Weather;
  /** Seconds, with a status. */
  retryAfter: string | undefined;
  /** Batches that came, whatever became of them; `at` in ms. */
  readonly batches: readonly {
    readonly at: number;
    readonly names: readonly string[];
    readonly ids: readonly string[];
  }[];
  /** Pages that were asked for, in order. */
  readonly visited: readonly string[];
  close(): Promise<void>;
}

const OWN_PATH = '/id';

/** Has a page count its errors, before anything else runs in it; its frames tell it of theirs. */
export const COUNT_ERRORS = `window.pageErrors = [];
  const failed = (message) => { pageErrors.push(message); if (parent !== window) parent.postMessage({ failed: message }, '*'); };
  addEventListener('error', (event) => failed(event.message));
  addEventListener('unhandledrejection', (event) => failed(String(event.reason)));
  addEventListener('message', ({ data }) => data.failed && failed(data.failed));`;

interface Batch {
  readonly items: readonly { readonly type: string; readonly name?: string; readonly insertId: string }[];
}

/** `pages`: path → HTML, beside the empty page that every other path is. */
export async function startGateway(target: string, pages: Readonly<Record<string, string>> = {}): Promise<Gateway> {
  const visited: string[] = [];
  const batches: { at: number; names: string[]; ids: string[] }[] = [];
  const site = createServer((request, response) => {
    if (request.url === '/favicon.ico') return response.writeHead(204).end();
    if (request.url?.startsWith(`${OWN_PATH}/`)) {
      request.url = request.url.slice(OWN_PATH.length);
      return void onTheWay(request, response);
    }
    const [path = ''] = (request.url ?? '').split('?');
    visited.push(path);
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(pages[path] ?? `<!doctype html><title>Shop</title><script>${COUNT_ERRORS}</script>`);
  });
  const onTheWay = async (request: IncomingMessage, response: ServerResponse) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    if (request.url === '/v1/batch' && request.method === 'POST') {
      const { items } = JSON.parse(String(body)) as Batch;
      const names = items.map((one) => one.name ?? one.type);
      batches.push({ at: performance.now(), names, ids: items.map((one) => one.insertId) });
    }
    const { weather } = gateway;
    if (typeof weather === 'number') {
      const after = gateway.retryAfter === undefined ? {} : { 'retry-after': gateway.retryAfter };
      // As the server itself does it.
      const cors = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'retry-after' };
      return response.writeHead(weather, { ...cors, ...after }).end();
    }
    if (weather === 'reset') return request.socket.destroy();
    // Until somebody hangs up.
    if (weather === 'silent') return;
    await pass(target, request, body, response, weather === 'answer lost');
  };
  const way = createServer(onTheWay);
  const listen = (server: typeof site) =>
    new Promise<number>((resolve) =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    );
  const [sitePort, wayPort] = await Promise.all([listen(site), listen(way)]);
  const gateway: Gateway = {
    site: `http://localhost:${sitePort}`,
    endpoint: `http://127.0.0.1:${wayPort}`,
    ownPath: `http://localhost:${sitePort}${OWN_PATH}`,
    weather: 'fine',
    retryAfter: undefined,
    batches,
    visited,
    async close() {
      for (const server of [site, way]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  return gateway;
}

/** Asks the server; with `isLost` it did what was asked, and the page never learns. */
function pass(target: string, request: IncomingMessage, body: Buffer, response: ServerResponse, isLost: boolean) {
  const { hostname, port } = new URL(target);
  const { method, headers, url: path } = request;
  return new Promise<void>((resolve) => {
    const onward = forward({ hostname, port, path, method, headers }, (answer) => {
      if (isLost) {
        answer.resume();
        request.socket.destroy();
      } else {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }
      answer.on('end', resolve);
    });
    onward.on('error', () => response.writeHead(502).end(resolve));
    onward.end(body);
  });
}
