import { connect, type Socket } from 'node:net';

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

/**
 * Keeps every connection busy with one request after the other.
 * Speaks just enough HTTP over plain sockets: whoever makes the load has a core of two, and each millisecond that a full
 * client spends on its own garbage would be counted as the server's.
 * @throws Error at the first answer that is not 200, or has no Content-Length.
 */
export async function load({ url, path, connections, duration, headers = {}, body }: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const named = { host: `${hostname}:${port}`, 'content-type': 'application/json', ...headers };
  const head = `POST ${path} HTTP/1.1\r\n${Object.entries(named)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}content-length: `;
  const latencies: number[] = [];
  let n = 0;
  const start = performance.now();
  const worker = async () => {
    const socket = connect(Number(port), hostname).setNoDelay(true);
    try {
      await keepBusy(
        socket,
        () => {
          if (performance.now() - start >= duration) return undefined;
          const text = body(n++);
          return `${head}${Buffer.byteLength(text)}\r\n\r\n${text}`;
        },
        (latency) => latencies.push(latency),
      );
    } finally {
      socket.destroy();
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const seconds = (performance.now() - start) / 1000;
  return { requestsPerSecond: latencies.length / seconds, latencies };
}

/** Sends what `next` gives until it gives no more, each when the one before it is answered. */
function keepBusy(socket: Socket, next: () => string | undefined, answered: (latency: number) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let heard = '';
    const send = () => {
      const request = next();
      if (request === undefined) return resolve();
      sent = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('data', (part) => {
      heard += part.toString('latin1');
      const end = heard.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(heard)?.[1];
      const text = heard.slice(end + 4);
      if (length !== undefined && text.length < Number(length)) return;
      if (!heard.startsWith('HTTP/1.1 200') || length === undefined || text === '0')
        return reject(new Error(`the server answered ${heard.slice(0, 400)}`));
      answered(performance.now() - sent);
      heard = '';
      send();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server closed the connection')));
  });
}
