import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { dice } from '@selfsame/store/traffic';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createByteBudget } from '../src/http/byte-budget.ts';
import { createHttpServer } from '../src/http/server.ts';
import { answerInTurns } from '../src/http/turns.ts';
import { UnfinishedHead } from '../src/http/unfinished-head.ts';
import { boundUnreadAnswers } from '../src/http/unread-answers.ts';
import { limits } from '../src/limits.ts';
import { exchange, statuses } from './raw.ts';
import { batch, running, shop, track } from './running.ts';

const MiB = 2 ** 20;

/** A flood in small, and in the long run in full. */
const LONG = process.env['SELFSAME_LONG'] !== undefined;
const seed = Number(process.env['SELFSAME_SEED']);
console.log(`floods: SELFSAME_SEED=${seed}`);

/** A connection that sends and does not read until asked; closed when the test ends. */
function open(url: string, bytes: string): Socket {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname, () => socket.write(bytes)).on('error', () => undefined);
  socket.pause();
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Everything that comes back on a connection until it has `enough`, or is closed. */
function readUntil(socket: Socket, enough: (text: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (part) => {
      text += part.toString('latin1');
      if (enough(text)) resolve(text);
    });
    socket.on('close', () => resolve(text));
    socket.resume();
  });
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Resolves once `holds`, which something on the way will make so; the test's own time-out ends it otherwise. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

describe('requests sent without waiting for answers (G12)', () => {
  /** A server that answers when told to. */
  async function held(atOnce: number, headBytes: number = limits.headsInMemoryBytes) {
    const begun: (() => void)[] = [];
    let cuts = 0;
    const heads = createByteBudget(headBytes).share(headBytes);
    const server = createServer({ maxHeaderSize: limits.urlBytes + limits.headerBytes });
    const handle = (message: IncomingMessage, response: ServerResponse) => {
      // As every handler of a body does; Node itself only reads on after those that did not.
      message.resume();
      begun.push(() => response.end(message.url));
    };
    answerInTurns(server, handle, {
      atOnce,
      heads,
      addressBytes: limits.urlBytes,
      headerBytes: limits.headerBytes,
      onLongHead: (socket) => socket.destroy(),
      onCut: () => (cuts += 1),
    });
    return { server, url: await listening(server), begun, heads, cuts: () => cuts };
  }

  test('a few of a connection are under way, the rest waits unread, and all are answered in order', async () => {
    const { url, begun, heads } = await held(8);
    const sent = 5_000;
    const socket = open(url, Array.from({ length: sent }, (_, i) => get(`/${i}`)).join(''));
    await until(() => begun.length >= 8);
    // Another connection is served meanwhile; by then nothing more of the first was begun.
    const other = open(url, get('/other'));
    await until(() => begun.length >= 9);
    expect(begun).toHaveLength(9);
    // A read has 64 KiB; what waits of it is counted.
    expect(heads.used).toBeLessThan(200_000);
    const answers = readUntil(socket, (text) => text.includes(`/${sent - 1}`));
    for (let done = 0; done < sent + 1; done++) {
      await until(() => begun.length > done);
      begun[done]?.();
    }
    const bodies = [...(await answers).matchAll(/\/(\d+)/g)].map((match) => Number(match[1]));
    expect(bodies.filter((one) => one !== 1)).toEqual(
      Array.from({ length: sent }, (_, i) => i).filter((one) => one !== 1),
    );
    other.destroy();
  });

  test('exactly as many as may be under way, and later one more', async () => {
    const { url, begun } = await held(8);
    const socket = open(url, get('/a').repeat(8));
    const answers = readUntil(socket, (text) => text.includes('/last'));
    await until(() => begun.length >= 8);
    for (const answer of begun) answer();
    socket.write(get('/last'));
    await until(() => begun.length >= 9);
    begun[8]?.();
    expect(statuses(await answers)).toHaveLength(9);
  });

  test('what follows a body that came with its head is parsed a few requests at a time, too', async () => {
    const { url, begun, heads } = await held(8);
    const body = 'x'.repeat(60_000);
    // After so long an address the last piece has most of the body.
    const head = `POST /${'a'.repeat(200_000)} HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n`;
    const socket = open(url, head + body);
    await until(() => begun.length >= 1);
    socket.write(get('/b').repeat(2_000));
    await until(() => begun.length >= 8);
    console.log(`${heads.used} bytes wait of 2,000 requests behind a body`);
    expect(heads.used).toBeLessThan(300_000);
  });

  test('a body among them is read when its turn comes', async () => {
    const { url, begun } = await held(1);
    const body = 'x'.repeat(100_000);
    const post = `POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = open(url, get('/a') + post + get('/b'));
    const answers = readUntil(socket, (text) => text.includes('/b'));
    for (let done = 0; done < 3; done++) {
      await until(() => begun.length > done);
      begun[done]?.();
    }
    expect(statuses(await answers)).toEqual([200, 200, 200]);
  });

  test('of a connection that was cut nothing stays in memory, neither what it had sent nor what still comes', async () => {
    const room = 200_000;
    const { server, url, cuts } = await held(8, room);
    const reads: Buffer[] = [];
    let came = 0;
    server.on('connection', (socket) => {
      socket.prependListener('data', ({ length }: Buffer) => (came += length));
      socket.on('data', (bytes: Buffer) => void reads.push(bytes));
    });
    const sent = `GET /${'a'.repeat(MiB)}`;
    open(url, sent);
    await until(() => came === sent.length);
    expect(cuts()).toBe(1);
    // Its first reads went to the parser in pieces and are the collector's.
    const left = reads.reduce((sum, { length }) => sum + length, 0);
    console.log(`of ${sent.length} bytes of a connection that was cut ${left} wait for the collector`);
    expect(left).toBeLessThan(room);
  });

  test('the real server: 20 connections with 1,500 each take little memory and hold up nobody', async () => {
    // Who asks shares the processor with who answers: how long a head takes to be read says nothing here.
    const { url } = await running({}, { times: { headerTimeoutMs: 120_000, requestTimeoutMs: 120_000 } });
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 20; i++) open(url, get('/openapi.json').repeat(1_500));
    const good = await Promise.all(Array.from({ length: 50 }, (_, i) => batch(url, shop.publicKey, [track(`${i}`)])));
    expect(good.map((one) => one.status)).toEqual(good.map(() => 200));
    const grown = process.memoryUsage.rss() - before;
    console.log(`20 × 1,500 requests that nobody reads: ${Math.round(grown / MiB)} MiB more`);
    expect(grown).toBeLessThan(256 * MiB);
  });
});

describe('what is unfinished has a limit for all connections together (G12, G14)', () => {
  test('heads that never end: the oldest are told to come again, and others are served', async () => {
    const { url } = await running();
    const before = process.memoryUsage.rss();
    const count = LONG ? 250 : 100;
    const length = Math.floor((1.3 + 0.2 * dice(seed)()) * MiB);
    const endless = `GET /mixpanel/track?data=${'a'.repeat(length)}`;
    const sockets = Array.from({ length: count }, () => open(url, endless));
    let cut = 0;
    const answers = sockets.map((socket) =>
      readUntil(socket, (text) => text.includes('\r\n\r\n')).then((text) => {
        if (statuses(text)[0] !== 503) return;
        expect(text).toMatch(/\r\nretry-after: 1\r\n/i);
        cut += 1;
      }),
    );
    // What there is room for stays and the rest is cut.
    await until(() => cut >= count - Math.floor(limits.headsInMemoryBytes / MiB));
    expect((await batch(url, shop.publicKey, [track('1')])).status).toBe(200);
    const grown = process.memoryUsage.rss() - before;
    console.log(
      `${count} heads of ${(length / MiB).toFixed(2)} MiB: ${cut} cut at once, ${Math.round(grown / MiB)} MiB more`,
    );
    for (const socket of sockets) socket.destroy();
    await Promise.all(answers);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(Number(/^selfsame_connections_cut_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThanOrEqual(cut);
  });

  test('a read that is most of a line is kept as it came, and not copied', () => {
    const head = new UnfinishedHead();
    const read = () => Buffer.from(new ArrayBuffer(60_000)).fill('a');
    const reads = Array.from({ length: 10 }, read);
    for (const bytes of reads) head.note(bytes, head.forParser(bytes));
    for (const bytes of reads.slice(1)) bytes[0] = 98;
    const [last, end] = [Buffer.from('c'), Buffer.from(' HTTP/1.1\r\n')];
    head.note(last, head.forParser(last));
    const line = String(head.forParser(end));
    expect(line).toBe(`${`b${'a'.repeat(59_999)}`.repeat(9)}c HTTP/1.1\r\n`);
    expect(String(head.beginning())).toBe('a'.repeat(16 * 1024));
  });

  test('headers that never end are refused as soon as they are more than their limit, and their page may read it (S31)', async () => {
    const { url } = await running();
    const from = 'https://shop.example';
    const head = `GET /mixpanel/track HTTP/1.1\r\nOrigin: ${from}\r\nCookie: a=`;
    const text = await exchange(url, head + 'a'.repeat(limits.headerBytes));
    expect(statuses(text)).toEqual([431]);
    expect(text).toContain(`\r\naccess-control-allow-origin: ${from}\r\n`);
  });

  test('an address of a megabyte comes to the parser a few times and not with each read, since it copies all of it each time', async () => {
    const server = createServer({ maxHeaderSize: limits.urlBytes });
    let copied = 0;
    let given = 0;
    server.on('connection', (socket) => {
      const [parse] = socket.listeners('data') as ((bytes: Buffer) => void)[];
      socket.off('data', parse as () => void);
      socket.on('data', (bytes: Buffer) => {
        given += bytes.length;
        copied += given;
        parse?.(bytes);
      });
    });
    const heads = createByteBudget(4 * MiB).share(4 * MiB);
    answerInTurns(server, (message, response) => void response.end(`${message.url?.length}`), {
      atOnce: 8,
      heads,
      addressBytes: limits.urlBytes,
      headerBytes: limits.headerBytes,
      onLongHead: (socket) => socket.destroy(),
      onCut: (socket) => socket.destroy(),
    });
    const url = await listening(server);
    const path = `/${'a'.repeat(MiB)}`;
    const socket = open(url, '');
    const step = 20_000;
    const whole = get(path);
    for (let at = 0; at < whole.length; at += step) {
      const before = heads.used;
      socket.write(whole.slice(at, at + step));
      // Each comes as a read of its own, and is counted while the head is unfinished.
      if (at + step < whole.length) await until(() => heads.used >= before + step / 2 || at === 0);
      else break;
    }
    const answer = await readUntil(socket, (text) => text.endsWith(`\r\n\r\n${path.length}`));
    expect(statuses(answer)).toEqual([200]);
    expect(given).toBe(whole.length);
    expect(copied).toBeLessThan(2 * whole.length);
    expect(heads.used).toBe(0);
  });

  describe('who is told to come again hears it from whoever answers such a request', () => {
    const times = { headerTimeoutMs: 60_000, bodyTimeoutMs: 60_000, idleTimeoutMs: 60_000, requestTimeoutMs: 60_000 };
    /** A server with so little room, which begins requests and answers none. */
    async function cramped(bytes: number, knows: boolean) {
      const begun: string[] = [];
      const refused: unknown[] = [];
      const server = createHttpServer(
        {
          handle: (message) => void begun.push(message.url ?? ''),
          refuse(message, response, { status, cause }) {
            if (!knows) return false;
            refused.push([message.url, message.headers.origin, status, cause]);
            response.writeHead(status, { 'x-page': message.headers.origin ?? '' }).end();
            return true;
          },
        },
        { ...times, stalledTimeoutMs: 60_000 },
        undefined,
        createByteBudget(bytes),
        () => undefined,
        (status, cause) => void refused.push([status, cause]),
      );
      return { url: await listening(server), begun, refused };
    }

    const heads: readonly [string, string][] = [
      ['headers', `POST /a HTTP/1.1\r\nHost: a\r\nOrigin: https://p.example\r\nCookie: ${'c'.repeat(100_000)}`],
      ['an address', `GET /a?${'d'.repeat(100_000)}`],
    ];

    test.each(heads)('%s without end', async (_name, head) => {
      const { url, begun, refused } = await cramped(10_000, true);
      const text = await exchange(url, head);
      const origin = head.startsWith('POST') ? 'https://p.example' : undefined;
      expect(refused).toEqual([[expect.stringMatching(/^\/a/), origin, 503, 'overloaded']]);
      expect([statuses(text), begun]).toEqual([[503], []]);
      expect(text).toContain(`x-page: ${origin ?? ''}\r\n`);
    });

    test.each(heads)('%s without end, and nobody knows such requests', async (_name, head) => {
      const { url, refused } = await cramped(10_000, false);
      const text = await exchange(url, head);
      expect(refused).toEqual([[503, 'overloaded']]);
      expect(text).toMatch(/^HTTP\/1.1 503 .*\r\nRetry-After: 1\r\n/);
    });

    test('nothing is written into an answer that is on its way', async () => {
      const { url, begun, refused } = await cramped(20_000, true);
      const all = Array.from({ length: 1_000 }, (_, i) => get(`/${i}`)).join('');
      expect(await exchange(url, all)).toBe('');
      expect([begun.length, refused]).toEqual([limits.requestsAtOnce, []]);
    });
  });

  test('answers that nobody takes: those that take nothing are cut first', async () => {
    const big = Buffer.alloc(16 * MiB);
    let cuts = 0;
    const server = createServer((_request, response) => void response.end(big));
    const unread = boundUnreadAnswers(server, 20 * MiB, () => (cuts += 1));
    const url = await listening(server);
    const sockets = Array.from({ length: 4 }, () => open(url, get('/')));
    // One of them is within the limit, so it stays; they may be answered one after another.
    await until(() => cuts >= 3 && unread.bytes <= 20 * MiB);
    expect(cuts).toBe(3);
    expect(sockets).toHaveLength(4);
  });

  test('readers of the log beyond what is kept open are told to come again', async () => {
    const { url } = await running();
    await batch(url, shop.publicKey, [track('1')]);
    const headers = { authorization: `Bearer ${shop.serverKey}` };
    const ends = new AbortController();
    onTestFinished(() => ends.abort());
    const live = () => fetch(`${url}/v1/live`, { headers, signal: ends.signal });
    const readers = await Promise.all(Array.from({ length: limits.streams / 2 }, live));
    expect(readers.map((one) => one.status)).toEqual(readers.map(() => 200));
    const more = await fetch(`${url}/v1/log`, { headers });
    expect([more.status, more.headers.get('retry-after')]).toEqual([429, '1']);
    await readers[0]?.body?.cancel();
    // Another project is not held up by this one.
    const other = await fetch(`${url}/v1/log`, { headers: { authorization: 'Bearer other-server-key' } });
    expect(other.status).toBe(200);
  });
});
