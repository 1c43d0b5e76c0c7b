import { createServer, type RequestListener } from 'node:http';
import express from 'express';
import Fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { expressVisitor, fastifyVisitor, type Visitor, visitorFor, visitorOf, withVisitor } from '../src/index.ts';

const options = { key: 'PUB-1', domain: 'example.com' } as const;
const device = '0b0f7a1e-7a55-4a3a-9d3c-0c7f5a0e2b11';

describe('the visitor of a request', () => {
  it('somebody without a cookie gets a new UUID; whoever has one keeps it for as long again', () => {
    const first = visitorOf(undefined, options);
    expect(first).toMatchObject({ isNew: true, device: expect.stringMatching(/^[\da-f-]{36}$/) });
    expect(first.setCookie).toBe(
      `ss_PUB-1=${first.device}; Path=/; Max-Age=31536000; SameSite=Lax; Domain=example.com; Secure`,
    );
    expect(visitorOf(`a=b; ss_PUB-1=${device}; c=d`, options)).toMatchObject({ isNew: false, device });
  });

  it.each([
    '',
    'ss_PUB-1=',
    'ss_PUB-1=a b',
    'ss_PUB-1="x"',
    `ss_PUB-1=${'x'.repeat(129)}`,
    'ss_PUB-1=a\r\nX: y',
    'xss_PUB-1=a',
  ])('is nobody’s: %j', (cookies) => {
    expect(visitorOf(cookies, options).isNew).toBe(true);
  });

  it('names only what a cookie’s name may have', () => {
    expect(visitorOf('', { key: 'a=b;c' }).setCookie).toMatch(/^ss_a_b_c=/);
    expect(visitorOf('', { key: 'k', name: 'vid', secure: false, httpOnly: true, days: 1 }).setCookie).toMatch(
      /^vid=\S+ Path=\/; Max-Age=86400; SameSite=Lax; HttpOnly$/,
    );
  });
});

/** What a framework answers a visitor with and without the cookie. */
async function ask(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
  const get = async (headers: Record<string, string>) => {
    const answer = await fetch(url, { headers: { ...headers, connection: 'close' } });
    return { body: await answer.text(), cookies: answer.headers.getSetCookie() };
  };
  return { known: await get({ cookie: `ss_PUB-1=${device}` }), stranger: await get({}) };
}
function expectVisitors({ known, stranger }: Awaited<ReturnType<typeof ask>>) {
  expect(known.body).toBe(device);
  expect(known.cookies).toEqual(expect.arrayContaining(['own=1', expect.stringContaining(`ss_PUB-1=${device};`)]));
  expect(stranger.body).toMatch(/^[\da-f-]{36}$/);
  expect(stranger.cookies).toEqual(expect.arrayContaining([expect.stringContaining(`ss_PUB-1=${stranger.body};`)]));
}

describe('in a framework, beside its own cookies', () => {
  it('node:http', async () => {
    expectVisitors(
      await ask((request, response) => {
        response.setHeader('set-cookie', 'own=1');
        response.end(visitorFor(request, response, options).device);
      }),
    );
  });

  it('Express', async () => {
    const app = express();
    app.use((_request, response, next) => {
      response.setHeader('set-cookie', 'own=1');
      next();
    });
    app.use(expressVisitor(options));
    app.get(
      '/',
      (request, response) => void response.send((request as unknown as { visitor: Visitor }).visitor.device),
    );
    expectVisitors(await ask(app));
  });

  it('Fastify', async () => {
    const app = Fastify();
    await app.register(fastifyVisitor, options);
    app.get('/', async (request, reply) => {
      reply.header('set-cookie', 'own=1');
      return (request as unknown as { visitor: Visitor }).visitor.device;
    });
    await app.ready();
    onTestFinished(() => app.close());
    expectVisitors(await ask((request, response) => app.routing(request, response)));
  });

  it('Next.js middleware, which speaks Request and Response', () => {
    const response = new Response(null, { headers: { 'set-cookie': 'own=1' } });
    const visitor = withVisitor(
      new Request('https://shop.test/', { headers: { cookie: `ss_PUB-1=${device}` } }),
      response,
      options,
    );
    expect(visitor).toMatchObject({ device, isNew: false });
    expect(response.headers.getSetCookie()).toEqual(['own=1', visitor.setCookie]);
  });
});
