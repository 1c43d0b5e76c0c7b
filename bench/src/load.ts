import { Pool } from 'undici';

/** What one load run saw. Latencies in ms. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly latencies: readonly number[];
}

export interface Load {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
  /** How long to go on, ms. */
  readonly duration: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** The body of the n-th request. */
  readonly body: (n: number) => string;
}

/** Keeps every connection busy with one request after the other. @throws Error at the first answer that is not 200. */
export async function load({ url, path, connections, duration, headers = {}, body }: Load): Promise<LoadResult> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const latencies: number[] = [];
  const start = performance.now();
  let n = 0;
  const worker = async () => {
    while (performance.now() - start < duration) {
      const sent = performance.now();
      const answer = await pool.request({
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: body(n++),
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text === '0')
        throw new Error(`the server answered ${answer.statusCode} ${text.slice(0, 200)}`);
      latencies.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  return { requestsPerSecond: latencies.length / seconds, latencies };
}
