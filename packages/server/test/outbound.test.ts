import { getEventListeners } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isForbidden } from '../src/delivery/outbound/forbidden.ts';
import { createPost, type PostOptions } from '../src/delivery/outbound/post.ts';

/** A receiver, by default on 127.0.0.1 and a free port. */
async function receiver(answer: RequestListener, address = '127.0.0.1', at = 0): Promise<number> {
  const server = createServer(answer);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(at, address, resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as { port: number }).port;
}

const send = (url: string, options: PostOptions = { allowed: ['127.0.0.1'] }, timeoutMs = 5_000) =>
  createPost(options)(url, {
    headers: { 'content-type': 'text/plain' },
    body: 'hello',
    timeoutMs,
    signal: new AbortController().signal,
  });

describe('addresses (S27)', () => {
  it.each([
    ...['0.0.0.0', '10.1.2.3', '100.64.0.1', '127.0.0.1', '127.255.255.254', '169.254.169.254', '172.16.0.1'],
    ...['172.31.255.255', '192.168.1.1', '198.18.0.1', '224.0.0.1', '255.255.255.255'],
    ...[
      '::',
      '::1',
      '::7f00:1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::FFFF:8.8.8.8',
      '64:ff9b::7f00:1',
      '2002:7f00:1::',
    ],
    ...['fc00::1', 'fd12:3456::1', 'fe80::1', 'ff02::1', '2001:db8::1', 'localhost', '', '1.2.3', '0x7f000001'],
    // The last of each network.
    ...['0.255.255.255', '10.255.255.255', '100.127.255.255', '169.254.255.255', '192.0.0.255', '192.0.2.255'],
    ...['192.88.99.255', '192.168.255.255', '198.19.255.255', '198.51.100.255', '203.0.113.255', '239.255.255.255'],
    ...['::ffff:ffff', '64:ff9b::ffff:ffff', '64:ff9b:1:ffff::1', '100::ffff', '2001:1ff::1', '2001:db8:ffff::1'],
    ...['2002:ffff::1', '3fff:fff::1', '5f00:ffff::1', 'fdff::1', 'febf::1', 'feff::1', 'ffff::1'],
  ])('%s is forbidden', (address) => expect(isForbidden(address, [])).toBe(true));

  it.each([
    ...['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '192.169.0.1', '2606:4700::1111'],
    // The one before and the one after a network.
    ...['1.0.0.0', '9.255.255.255', '11.0.0.0', '100.63.255.255', '100.128.0.0', '169.253.255.255', '169.255.0.0'],
    ...['192.0.1.0', '192.0.3.0', '198.17.255.255', '198.20.0.0', '223.255.255.255'],
    ...['64:ff9b::1:0:0', '2001:200::', '2003::', '3ffe::', 'fbff::', 'fe00::'],
  ])('%s is not', (address) => expect(isForbidden(address, [])).toBe(false));

  it('an opened address is that one address in that one spelling', () => {
    expect(isForbidden('127.0.0.2', ['127.0.0.2'])).toBe(false);
    expect(isForbidden('127.0.0.1', ['127.0.0.2'])).toBe(true);
    expect(isForbidden('::ffff:127.0.0.2', ['127.0.0.2'])).toBe(true);
    expect(isForbidden('::1', ['::1'])).toBe(false);
  });
});

describe('a post', () => {
  it('arrives as it is, with the name it was sent to', async () => {
    const got: unknown[] = [];
    const port = await receiver(async (request, response) => {
      let body = '';
      for await (const part of request) body += part;
      got.push([request.method, request.url, request.headers['content-type'], request.headers.host, body]);
      response.writeHead(202).end();
    });
    const resolve = async () => ['127.0.0.1'];
    expect(await send(`http://shop.test:${port}/a?b`, { allowed: ['127.0.0.1'], resolve })).toMatchObject({
      status: 202,
    });
    expect(got).toEqual([['POST', '/a?b', 'text/plain', `shop.test:${port}`, 'hello']]);
  });

  it.each([
    'http://127.0.0.1',
    'http://[::1]',
    'http://0x7f.1',
    'http://2130706433',
    'http://017700000001',
    'http://[::ffff:127.0.0.1]',
    'http://localhost',
  ])('%s goes nowhere unless it is opened', async (origin) => {
    let hits = 0;
    const port = await receiver((_request, response) => {
      hits += 1;
      response.end();
    });
    expect(await send(`${origin}:${port}/`, { allowed: [] })).toHaveProperty('failure');
    expect(hits).toBe(0);
  });

  it('what is no address of the web is no place to post to, nor what a URL’s reader would leave out of one (S30)', async () => {
    let hits = 0;
    const port = await receiver((_request, response) => {
      hits += 1;
      response.end();
    });
    const at = `127.0.0.1:${port}`;
    const control = [`http://${at}/a\r\nb`, `http://${at}/\t`, ` http://${at}/`, `http://${at}/a b`, `http://${at}/\0`];
    for (const url of ['file:///etc/passwd', 'nothing', `ftp://${at}/`, `ws://${at}/`, ...control, `http://${at}/å`])
      expect([url, await send(url)]).toEqual([url, expect.objectContaining({ failure: expect.any(String) })]);
    expect(hits).toBe(0);
  });

  it('a name with one private address among public ones goes nowhere', async () => {
    const resolve = async () => ['8.8.8.8', '10.0.0.1'];
    expect(await send('http://shop.test/', { allowed: [], resolve })).toHaveProperty('failure');
  });

  it('a name is asked once: what it resolves to a moment later does not matter', async () => {
    let asked = 0;
    const port = await receiver((_request, response) => void response.writeHead(202).end());
    const resolve = async () => (asked++ === 0 ? ['127.0.0.1'] : ['10.0.0.1']);
    expect(await send(`http://shop.test:${port}/`, { allowed: ['127.0.0.1'], resolve })).toMatchObject({ status: 202 });
    expect(asked).toBe(1);
  });

  it('goes to the address that was checked for it, also where a connection to another of the name’s is kept', async () => {
    const hits: string[] = [];
    const port = await receiver((_request, response) => {
      hits.push('one');
      response.end();
    });
    await receiver(
      (_request, response) => {
        hits.push('two');
        response.end();
      },
      '127.0.0.2',
      port,
    );
    const allowed = ['127.0.0.1', '127.0.0.2'];
    const post = createPost({ allowed, resolve: async () => [allowed[hits.length] ?? '10.0.0.1'] });
    const message = { headers: {}, body: '', timeoutMs: 5_000, signal: new AbortController().signal };
    const url = `http://shop.test:${port}/`;
    for (const hit of ['one', 'two']) {
      expect(await post(url, message)).toMatchObject({ status: 200 });
      expect(hits.at(-1)).toBe(hit);
    }
    expect(await post(url, message)).toHaveProperty('failure');
    post.close();
    expect(hits).toEqual(['one', 'two']);
  });

  it('a redirect is not followed', async () => {
    let hits = 0;
    const port = await receiver((_request, response) => {
      hits += 1;
      response.writeHead(307, { location: `http://127.0.0.1:${port}/again` }).end();
    });
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ status: 307 });
    expect(hits).toBe(1);
  });

  it('a receiver that says nothing is given up (S29)', async () => {
    const port = await receiver(() => {});
    expect(await send(`http://127.0.0.1:${port}/`, undefined, 50)).toEqual({
      failure: 'it did not answer within 0.05 s: see what keeps it, or let it answer before it works',
      code: 'timed out',
    });
  });

  it('ends when it is told to: while it waits for an answer, while its name is looked up, and before it begins', async () => {
    const stopping = new AbortController();
    let asked = 0;
    const port = await receiver(() => {
      asked += 1;
      if (asked === 1) stopping.abort();
    });
    const message = { headers: {}, body: 'hello', timeoutMs: 60_000 };
    const post = createPost({ allowed: ['127.0.0.1'] });
    const url = `http://127.0.0.1:${port}/`;
    expect(await post(url, { ...message, signal: stopping.signal })).toMatchObject({ code: 'stopped' });
    expect(await post(url, { ...message, signal: stopping.signal })).toMatchObject({ code: 'stopped' });
    const looking = new AbortController();
    const resolve = () => {
      setImmediate(() => looking.abort());
      return new Promise<never>(() => {});
    };
    const named = createPost({ allowed: [], resolve });
    expect(await named('http://shop.test/', { ...message, signal: looking.signal })).toMatchObject({ code: 'stopped' });
    expect(
      await named('http://shop.test/', { ...message, timeoutMs: 5, signal: new AbortController().signal }),
    ).toMatchObject({ code: 'timed out' });
    expect(asked).toBe(1);
  });

  it('one word ends all posts that are under way, and listens once for all of them', async () => {
    const stopping = new AbortController();
    let asked = 0;
    const port = await receiver(() => {
      asked += 1;
      if (asked === 3) stopping.abort();
    });
    const post = createPost({ allowed: ['127.0.0.1'] });
    const message = { headers: {}, body: 'hello', timeoutMs: 60_000, signal: stopping.signal };
    const posts = Array.from({ length: 3 }, () => post(`http://127.0.0.1:${port}/`, message));
    expect(getEventListeners(stopping.signal, 'abort')).toHaveLength(1);
    for (const one of await Promise.all(posts)) expect(one).toMatchObject({ code: 'stopped' });
  });

  it('an endless answer is not read (S29)', async () => {
    const port = await receiver((_request, response) => {
      response.writeHead(202);
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on('drain', more);
      more();
    });
    const answer = await send(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ status: 202 });
    expect('body' in answer && answer.body.length).toBe(65_536);
  });

  it('a receiver that is not there, or cuts us off, is a failure', async () => {
    const port = await receiver((request) => void request.socket.destroy());
    expect(await send(`http://127.0.0.1:${port}/`)).toMatchObject({ code: 'ECONNRESET' });
    const resolve = async () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    expect(await send('http://nowhere.test/', { allowed: [], resolve })).toMatchObject({ code: 'ENOTFOUND' });
  });
});
