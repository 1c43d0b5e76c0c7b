import { connect, type Socket } from 'node:net';

/** What one load run saw. Latencies in ms. */
export interface LoadResult {
  readonly requestsPerSecond: number;
  readonly latencies: readonly number[];
  /** How often a request was told to come again. */
  readonly refused: number;
}

export interface Load {
  readonly url: string;
  readonly path: string;
  readonly connections: number;
  /** How long to go on, ms. */
  readonly duration: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Absent: each connection asks again as soon as it is answered. */
  readonly perSecond?: number;
  /** The body of the n-th request. */
  readonly body: (n: number) => string;
}

/**
 * Keeps every connection busy with one request after the other, or sends so many a second.
 * Speaks just enough HTTP over plain sockets: whoever makes the load has a core of two, and each millisecond that a full
 * client spends on its own garbage would be counted as the server's. A request that is told to come again does, after as
 * long as it was told, and counts from when it was sent first.
 * @throws Error at the first other answer that is not 200, or has no Content-Length.
 */
export async function load({
  url,
  path,
  connections,
  duration,
  perSecond,
  headers = {},
  body,
}: Load): Promise<LoadResult> {
  const { hostname, port } = new URL(url);
  const named = { host: `${hostname}:${port}`, 'content-type': 'application/json', ...headers };
  const head = `POST ${path} HTTP/1.1\r\n${Object.entries(named)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}content-length: `;
  const latencies: number[] = [];
  let n = 0;
  const start = performance.now();
  const request = () => {
    const text = body(n++);
    return `${head}${Buffer.byteLength(text)}\r\n\r\n${text}`;
  };
  const open = await Promise.all(Array.from({ length: connections }, () => Asking.open(Number(port), hostname)));
  try {
    if (perSecond === undefined)
      await Promise.all(
        open.map(async (one) => {
          while (performance.now() - start < duration) latencies.push(await one.ask(request()));
        }),
      );
    else await steadily(perSecond, duration, open, request, latencies);
  } finally {
    for (const one of open) one.close();
  }
  const seconds = (performance.now() - start) / 1000;
  const refused = open.reduce((sum, one) => sum + one.refused, 0);
  return { requestsPerSecond: latencies.length / seconds, latencies, refused };
}

/**
 * So many requests a second, however long each takes; one that finds no connection free waits for it, and that counts.
 * What the timer of this process is late by does not.
 */
async function steadily(
  perSecond: number,
  duration: number,
  open: readonly Asking[],
  request: () => string,
  latencies: number[],
): Promise<void> {
  const free = [...open];
  const waiting: number[] = [];
  const asking = new Set<Promise<void>>();
  const all = Math.round((perSecond * duration) / 1_000);
  const go = () => {
    while (waiting.length > 0 && free.length > 0) {
      const [since, one] = [waiting.shift() as number, free.pop() as Asking];
      const asked = one.ask(request()).then(() => {
        latencies.push(performance.now() - since);
        free.push(one);
        asking.delete(asked);
        go();
      });
      asking.add(asked);
    }
  };
  const start = performance.now();
  for (let due = 0; due < all; ) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    const now = performance.now();
    for (; due < all && due < ((now - start) * perSecond) / 1_000; due++) waiting.push(now);
    go();
  }
  while (asking.size > 0) await Promise.all(asking);
}

/** A connection that asks one thing after the other. */
class Asking {
  /** How often it was told to come again. */
  refused = 0;
  readonly #socket: Socket;
  #asked = '';
  #heard = '';
  #answered: ((error?: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (part) => this.#hear(part.toString('latin1')));
    socket.on('error', (error) => this.#answered?.(error));
    socket.on('close', () => this.#answered?.(new Error('the server closed the connection')));
  }

  static async open(port: number, hostname: string): Promise<Asking> {
    const socket = connect(port, hostname).setNoDelay(true);
    await new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    return new Asking(socket);
  }

  /** Resolves with how long the answer took, ms. */
  ask(request: string): Promise<number> {
    const sent = performance.now();
    this.#asked = request;
    this.#socket.write(request);
    return new Promise((resolve, reject) => {
      this.#answered = (error) => (error === undefined ? resolve(performance.now() - sent) : reject(error));
    });
  }

  #hear(text: string): void {
    this.#heard += text;
    const end = this.#heard.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#heard)?.[1];
    const body = this.#heard.slice(end + 4);
    if (length !== undefined && body.length < Number(length)) return;
    const again = this.#heard.startsWith('HTTP/1.1 503') && /\r\nretry-after: (\d+)/i.exec(this.#heard)?.[1];
    if (again) {
      this.#heard = '';
      this.refused += 1;
      setTimeout(() => this.#socket.write(this.#asked), Number(again) * 1_000);
      return;
    }
    const isGood = this.#heard.startsWith('HTTP/1.1 200') && length !== undefined && body !== '0';
    const why = isGood ? undefined : new Error(`the server answered ${this.#heard.slice(0, 400)}`);
    this.#heard = '';
    this.#answered?.(why);
  }

  close(): void {
    this.#answered = undefined;
    this.#socket.destroy();
  }
}
