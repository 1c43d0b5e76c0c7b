import { presets } from '@selfsame/identity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { xo } from '../../src/xo/index.ts';
import { createWorld, PUBLIC_KEY, request } from '../world.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const world = () => createWorld(xo, presets['xo']!);
const view = { action: 'view', target: { product: '123' }, user: { identities: { sessionid: 's1' } } };
const post = (body: unknown, headers?: Record<string, string>) => request('POST', `/${PUBLIC_KEY}`, body, headers);
const parsed = (reply: { readonly body: string | Uint8Array }) => JSON.parse(String(reply.body));
const nested = (levels: number) => JSON.parse(`${'['.repeat(levels)}${']'.repeat(levels)}`);

describe('requests and answers', () => {
  it.each([
    ['an array, as the SDK sends', post([view]), 200, '{"profiles":{}}'],
    ['one object, as the REST call sends', post(view), 200, '{"profiles":{}}'],
    ['an empty array', post([]), 200, '{"profiles":{}}'],
    [
      'text, which needs no preflight',
      post([view], { 'content-type': 'text/plain;charset=UTF-8' }),
      200,
      '{"profiles":{}}',
    ],
    ['no content type', post([view], {}), 200, '{"profiles":{}}'],
    ['the key in capitals', request('POST', `/${PUBLIC_KEY.toUpperCase()}`, [view]), 200, '{"profiles":{}}'],
    ['a slash at the end', request('POST', `/${PUBLIC_KEY}/`, [view]), 200, '{"profiles":{}}'],
    [
      'a key nobody owns',
      request('POST', '/00000000-375f-4cf2-8efd-ed86d909718e', [view]),
      401,
      '{"error":"Unauthorized","message":"Unknown tracker key"}',
    ],
    [
      'a key that is no UUID',
      request('POST', '/shop', [view]),
      422,
      '{"error":"Unprocessable Entity","message":"Tracker key not valid"}',
    ],
    ['no JSON', post('{'), 400, '{"error":"Bad Request","message":"the body is not JSON"}'],
    ['nothing', post(''), 400, '{"error":"Bad Request","message":"the body is not JSON"}'],
    [
      'a form (S24)',
      post('action=view', { 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      '{"error":"Unsupported Media Type","message":"Send the activities as application/json"}',
    ],
    ['no key', request('POST', '/', [view]), 404, '{"error":"Not Found","message":"Nothing is here"}'],
    [
      'another path',
      request('POST', `/${PUBLIC_KEY}/more`, [view]),
      404,
      '{"error":"Not Found","message":"Nothing is here"}',
    ],
    [
      'another method',
      request('PUT', `/${PUBLIC_KEY}`, [view]),
      405,
      '{"error":"Method Not Allowed","message":"Method not allowed"}',
    ],
    ['a preflight', request('OPTIONS', `/${PUBLIC_KEY}`), 204, ''],
    ['clusters', request('GET', `/${PUBLIC_KEY}/users/sessionid/s1/clusters`), 200, '{"data":{}}'],
    [
      'clusters with an unknown key',
      request('GET', '/00000000-375f-4cf2-8efd-ed86d909718e/users/sessionid/s1/clusters'),
      401,
      '{"error":"Unauthorized","message":"Unknown tracker key"}',
    ],
    [
      'clusters with a key that is no UUID',
      request('GET', '/shop/users/sessionid/s1/clusters'),
      422,
      '{"error":"Unprocessable Entity","message":"Tracker key not valid"}',
    ],
  ])('%s', async (_name, sent, status, body) => {
    const reply = await world().send(sent);
    expect([reply.status, reply.body]).toEqual([status, body]);
  });

  it('lets pages read every answer', () => {
    expect(xo.headers(post([view]))).toEqual({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'GET, POST, OPTIONS',
      'access-control-allow-headers': 'content-type, x-sdk',
      'access-control-max-age': '86400',
    });
    expect(xo.read(request('OPTIONS', '/shop'), world().host)).toMatchObject({
      reply: {
        status: 204,
        headers: {
          'access-control-allow-methods': 'GET, POST, OPTIONS',
          'access-control-allow-headers': 'content-type, x-sdk',
          'access-control-max-age': '86400',
        },
      },
    });
  });

  it('turns away in its own dialect', () => {
    expect(xo.refuse(post([]), 413, 'too large')).toMatchObject({
      status: 413,
      body: '{"error":"Payload Too Large","message":"too large"}',
    });
    expect(xo.limit?.('/')).toBe(262_144);
  });

  it.each(['xo.js', 'xo.all-2.min.js', 'xo.all-2.compat.min.js'])('serves the script as %s', async (name) => {
    const reply = await world().send(request('GET', `/${name}`));
    expect(reply.headers).toMatchObject({ 'content-type': 'text/javascript; charset=utf-8' });
    expect(() => new Function('window', String(reply.body))).not.toThrow();
  });

  it('takes 2,000 activities and no more', async () => {
    const here = world();
    expect((await here.send(post(Array(2_000).fill(view)))).status).toBe(200);
    expect((await here.send(post(Array(2_001).fill(view)))).status).toBe(400);
    expect(here.counts.get('rejected')).toBe(2_001);
  });
});

describe('the format', () => {
  it('takes members as programs print them that have no value, and whole numbers as identities', async () => {
    const here = world();
    const user = {
      identities: { sessionid: 's1', ecommerceId: 7, crmid: '', loyalty: null },
      segments: null,
      traits: [],
    };
    const nothing = { metadata: null, segments: null, sourceId: null, opposite: null, timestamp: null };
    const reply = await here.send(request('POST', `/${PUBLIC_KEY}`, [{ ...view, ...nothing, target: [], user }]));
    expect(reply.status).toBe(200);
    expect(here.timeline()).toEqual([expect.stringMatching(/^user:7 /)]);
  });

  const user = { identities: { sessionid: 's1' } };
  it.each([
    ['no action', { target: {}, user }, 'action must be a string'],
    ['an action that is no text', { ...view, action: 1 }, 'action must be a string'],
    ['no target', { action: 'view', user }, 'target must be an object of strings'],
    ['a target of numbers', { ...view, target: { product: 1 } }, 'target must be an object of strings'],
    ['a target that is a list', { ...view, target: ['x'] }, 'target must be an object of strings'],
    ['no user', { action: 'view', target: {} }, 'user must be an object'],
    ['no identities', { ...view, user: {} }, 'user.identities must be an object of strings'],
    ['no identity', { ...view, user: { identities: {} } }, 'user.identities must name at least a session'],
    [
      'an identity that is a fraction',
      { ...view, user: { identities: { crmid: 7.5 } } },
      'user.identities must be an object of strings',
    ],
    [
      'empty identities',
      { ...view, user: { identities: { sessionid: '', crmid: null } } },
      'user.identities must name at least a session',
    ],
    [
      'a long identity',
      { ...view, user: { identities: { sessionid: 'x'.repeat(513) } } },
      'user.identities an identifier is longer than 512 bytes',
    ],
    [
      'a repository with a colon',
      { ...view, user: { identities: { 'a:b': 'x' } } },
      'user.identities an identifier kind must be 1–64 letters, digits, or _ . $ -',
    ],
    [
      'segments that are text',
      { ...view, user: { ...user, segments: 'a,b' } },
      'user.segments must be an array of strings',
    ],
    ['traits that are a list', { ...view, user: { ...user, traits: ['x'] } }, 'user.traits must be an object'],
    ['traits that are text', { ...view, user: { ...user, traits: 'x' } }, 'user.traits must be an object'],
    ['a price in text', { ...view, metadata: { price: '9.90' } }, 'metadata.price must be a number'],
    ['a quantity in text', { ...view, metadata: { quantity: '1' } }, 'metadata.quantity must be a number'],
    ['a currency that is a number', { ...view, metadata: { currency: 1 } }, 'metadata.currency must be a string'],
    ['an order that is a number', { ...view, metadata: { orderId: 1 } }, 'metadata.orderId must be a string'],
    ['a market that is a list', { ...view, metadata: { market: [] } }, 'metadata.market must be a string'],
    [
      'nested metadata',
      { ...view, metadata: { a: {} } },
      'metadata must hold strings, numbers, booleans and arrays only',
    ],
    [
      'metadata of null',
      { ...view, metadata: { a: null } },
      'metadata must hold strings, numbers, booleans and arrays only',
    ],
    ['no metadata object', { ...view, metadata: ['x'] }, 'metadata must be an object'],
    ['activity segments that are numbers', { ...view, segments: [1] }, 'segments must be an array of strings'],
    ['a source that is a number', { ...view, sourceId: 5 }, 'sourceId must be a string'],
    ['an opposite in text', { ...view, opposite: 'yes' }, 'opposite must be a boolean'],
    ['a time that is none', { ...view, timestamp: 'yesterday' }, 'timestamp must be an ISO 8601 time'],
    ['a time that is no text and no number', { ...view, timestamp: true }, 'timestamp must be an ISO 8601 time'],
    ['no object', 'view', 'must be an object'],
  ])('%s refuses the request whole', async (_name, activity, message) => {
    const here = world();
    const reply = await here.send(post([view, activity]));
    expect(reply.status).toBe(422);
    expect(parsed(reply)).toEqual({ error: 'Unprocessable Entity', message: `activity 1: ${message}` });
    expect(here.entries).toEqual([]);
    expect(here.counts).toEqual(new Map([['rejected', 2]]));
  });

  it.each([
    ['an empty action', { ...view, action: '' }],
    ['an empty target', { ...view, target: {} }],
    ['several targets', { ...view, target: { facet: 'brand', brand: 'Dior' } }],
    ['lists in metadata', { ...view, metadata: { colours: [1, 'red', { deep: null }], price: 9990, sale: true } }],
    ['an empty source', { ...view, sourceId: '' }],
    ['members it does not know', { ...view, later: { any: 'thing' } }],
    ['any traits', { ...view, user: { identities: { sessionid: 's1' }, traits: { a: null, b: [1], c: { d: 1 } } } }],
    [
      'a name of the prototype',
      JSON.parse(
        '{"action":"view","target":{"__proto__":"x"},"user":{"identities":{"sessionid":"s1"},"traits":{"__proto__":{"a":1},"constructor":1}}}',
      ),
    ],
  ])('takes %s', async (_name, activity) => expect((await world().send(post(activity))).status).toBe(200));

  it.each([
    [
      'the same key twice (S24)',
      `[{"action":"a","target":{},"user":{"identities":{"sessionid":"a","sessionid":"b"}}}]`,
    ],
    [
      'an infinite number (S19)',
      `[{"action":"a","target":{},"metadata":{"price":1e400},"user":{"identities":{"sessionid":"a"}}}]`,
    ],
    ['too deep (S19)', JSON.stringify([{ ...view, metadata: { a: nested(33) } }])],
    ['no UTF-8', new Uint8Array([0x5b, 0xff, 0x5d])],
  ])('refuses %s', async (_name, body) => expect((await world().send(post(body))).status).toBe(400));

  it('never fails and never answers outside the table', async () => {
    const here = world();
    const table = new Set([200, 400, 401, 404, 405, 415, 422, 204]);
    const almost = fc.record(
      {
        action: fc.oneof(fc.string(), fc.jsonValue()),
        target: fc.oneof(fc.dictionary(fc.string(), fc.string()), fc.jsonValue()),
        user: fc.oneof(
          fc.record({
            identities: fc.dictionary(
              fc.constantFrom('sessionid', 'sessionId', 'ecommerceId', '__proto__', 'a b'),
              fc.string(),
            ),
            traits: fc.jsonValue(),
          }),
          fc.jsonValue(),
        ),
        metadata: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.oneof(
      fc.uint8Array(),
      fc.string(),
      almost.map((one) => JSON.stringify([one])),
      fc.json(),
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        expect(table.has((await here.send(post(sent))).status)).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });
});
