import { createServer, request as forward } from 'node:http';

/** The way to Selfsame as it is on a bad day. */
export interface Flaky {
  readonly url: string;
  /** The next so many requests that carry something are answered 503 by the way itself. */
  fail(count: number): void;
  /** The next so many reach Selfsame, and their answer reaches nobody. */
  lose(count: number): void;
  /** How many were failed and lost so far. */
  readonly broken: { failed: number; lost: number };
  close(): Promise<void>;
}

/** A proxy to `target` that fails when it is told to. Preflights and GETs always pass. */
export async function startFlaky(target: string): Promise<Flaky> {
  const { hostname, port } = new URL(target);
  const broken = { failed: 0, lost: 0 };
  let failing = 0;
  let losing = 0;
  const server = createServer((request, response) => {
    const carries = request.method === 'POST';
    if (carries && failing > 0) {
      failing -= 1;
      broken.failed += 1;
      const { origin } = request.headers;
      const credentials = { 'access-control-allow-origin': origin ?? '*', 'access-control-allow-credentials': 'true' };
      request.resume();
      response.writeHead(503, { ...credentials, 'retry-after': '1' }).end();
      return;
    }
    const isLost = carries && losing > 0;
    if (isLost) losing -= 1;
    const onward = forward(
      { hostname, port, path: request.url, method: request.method, headers: request.headers },
      (answer) => {
        if (!isLost) {
          response.writeHead(answer.statusCode ?? 502, answer.headers);
          answer.pipe(response);
          return;
        }
        answer.resume().on('end', () => {
          broken.lost += 1;
          response.destroy();
        });
      },
    );
    onward.on('error', () => response.writeHead(502).end());
    request.pipe(onward);
  });
  const own = await new Promise<number>((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
  );
  return {
    url: `http://127.0.0.1:${own}`,
    broken,
    fail: (count) => void (failing = count),
    lose: (count) => void (losing = count),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
