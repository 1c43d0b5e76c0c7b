import { presets } from '@selfsame/identity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pixel } from '../../src/pixel.ts';
import { segment } from '../../src/segment/index.ts';
import { createWorld, request, SERVER_KEY, WRITE_KEY } from '../world.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const world = () => createWorld(segment, presets['selfsame']!);
const basic = (key: string) => ({
  'content-type': 'application/json',
  authorization: `Basic ${Buffer.from(`${key}:`).toString('base64')}`,
});
const asPage = basic(WRITE_KEY);
const track = { type: 'track', anonymousId: 'd1', event: 'Viewed' };
const post = (path: string, body: unknown, headers: Record<string, string> = asPage) =>
  request('POST', path, body, headers);
const ok = '{"success":true}';
const no = (message: string) => JSON.stringify({ success: false, message });
const unknown = no('the write key is not known');
const data = (message: object) =>
  encodeURIComponent(Buffer.from(JSON.stringify({ writeKey: WRITE_KEY, ...message })).toString('base64'));
const bytes = (n: number) => 'x'.repeat(n);

describe('requests and answers', () => {
  it('half a character of an id, where a sender cut it, is U+FFFD as everywhere', async () => {
    const here = world();
    expect((await here.send(post('/v1/track', { ...track, userId: 'ann \ud83c' }))).status).toBe(200);
    expect(here.timeline()).toEqual(['user:ann \ufffd Viewed']);
  });

  it('a call as the address of a picture, for mails', async () => {
    const here = world();
    const urls = [`/v1/pixel/track?data=${data({ userId: 'ann', event: 'Mail opened' })}`, '/v1/pixel/track?data=%%%'];
    for (const url of [...urls, `/v1/pixel/page?data=${data({ anonymousId: 'd1' }).replaceAll('%3D', '')}`]) {
      const reply = await here.send(request('GET', url, '', {}));
      expect([reply.status, reply.headers['content-type'], reply.body]).toEqual([200, 'image/gif', pixel]);
    }
    expect(here.timeline()).toEqual(['user:ann Mail opened', 'device:d1 page']);
    expect(here.counts.get('rejected')).toBe(1);
    expect((await here.send(request('GET', '/v1/pixel/nothing?data=e30', '', {}))).status).toBe(404);
  });

  it.each([
    ['track', post('/v1/track', track), 200, ok],
    ['with a slash at the end', post('/v1/track/', track), 200, ok],
    ['the short form of a browser', post('/v1/t', track), 200, ok],
    ['text, as browsers send', post('/v1/t', track, { ...asPage, 'content-type': 'text/plain' }), 200, ok],
    ['the key in the body', post('/v1/t', { ...track, writeKey: WRITE_KEY }, {}), 200, ok],
    ['a batch', post('/v1/batch', { batch: [track] }), 200, ok],
    ['… beside an address with none', post('/v1/t?writeKey=', { ...track, writeKey: WRITE_KEY }, {}), 200, ok],
    ['a batch with the key in the body', post('/v1/b', { writeKey: WRITE_KEY, batch: [track] }, {}), 200, ok],
    [
      'a batch with the key in its messages',
      post('/v1/b', { batch: [{ ...track, writeKey: WRITE_KEY }] }, {}),
      200,
      ok,
    ],
    ['an empty batch', post('/v1/batch', { batch: [] }), 200, ok],
    ['an import', post('/v1/import', { batch: [track] }), 200, ok],
    ['the libraries’ own counters', post('/v1/m', { series: [] }), 200, ok],
    ['a preflight', request('OPTIONS', '/v1/t'), 204, ''],
    ['no key', post('/v1/track', track, {}), 401, unknown],
    ['an unknown key', post('/v1/track', track, basic('no')), 401, unknown],
    [
      'an unknown key beside a good one in the body',
      post('/v1/track', { ...track, writeKey: WRITE_KEY }, basic('no')),
      401,
      unknown,
    ],
    ['another scheme', post('/v1/track', track, { authorization: `Bearer ${WRITE_KEY}` }), 401, unknown],
    ['a key that is no base64', post('/v1/track', track, { authorization: 'Basic a' }), 401, unknown],
    ['the server key in the body (S3)', post('/v1/track', { ...track, writeKey: SERVER_KEY }, {}), 401, unknown],
    ['a key that is no text', post('/v1/track', { ...track, writeKey: 1 }, {}), 401, unknown],
    ['no JSON', post('/v1/track', '{'), 400, no('the body is not JSON')],
    [
      'the same key twice (S24)',
      post('/v1/track', '{"userId":"a","userId":"b","event":"x"}'),
      400,
      no('an object holds the same key twice'),
    ],
    [
      'a form (S24)',
      post('/v1/track', 'a=b', { ...asPage, 'content-type': 'application/x-www-form-urlencoded' }),
      415,
      no('send application/json'),
    ],
    ['no such call', post('/v1/trace', track), 404, no('there is no such call')],
    ['a name of the prototype', post('/v1/constructor', track), 404, no('there is no such call')],
    ['another method', request('GET', '/v1/track'), 405, no('use POST')],
    ['a batch that is none', post('/v1/batch', { batch: {} }), 400, no('batch must be an array')],
    [
      'a batch of too many',
      post('/v1/batch', { batch: Array(2_001).fill({}) }),
      400,
      no('a batch holds at most 2000 messages'),
    ],
    ['settings with an unknown key', request('GET', '/v1/projects/no/settings'), 401, unknown],
  ])('%s', async (_name, sent, status, body) => {
    const reply = await world().send(sent);
    expect([reply.status, reply.body]).toEqual([status, body]);
  });

  it('takes a batch that is put, as Analytics-CSharp does in Unity', async () => {
    const { send, timeline } = world();
    const put = { ...post('/v1/b', { batch: [track] }, asPage), method: 'PUT' };
    expect(await send(put)).toMatchObject({ status: 200, body: '{"success":true}' });
    expect(timeline()).toHaveLength(1);
  });

  it('lets pages read every answer and ask again later', () => {
    expect(segment.headers(post('/v1/t', track))).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'retry-after',
    });
    expect(segment.read(request('OPTIONS', '/v1/t'), world().host)).toMatchObject({
      reply: { headers: { 'access-control-allow-headers': 'authorization, content-type, x-retry-count' } },
    });
  });

  it('tells analytics.js to send here, and to load nothing else', async () => {
    const here = await world().send(request('GET', `/v1/projects/${WRITE_KEY}/settings`));
    expect(JSON.parse(String(here.body))).toMatchObject({
      integrations: {
        'Segment.io': { apiKey: WRITE_KEY, apiHost: 'id.shop.test:4400/segment/v1', protocol: 'http' },
      },
      metrics: { sampleRate: 0 },
      remotePlugins: [],
    });
    const secure = { ...request('GET', `/v1/projects/${WRITE_KEY}/settings`), origin: 'https://id.shop.test' };
    expect(String((await world().send(secure)).body)).toContain(
      '"apiHost":"id.shop.test/segment/v1","protocol":"https"',
    );
  });

  it('the server key speaks with more trust', async () => {
    const here = world();
    await here.send(post('/v1/track', track, basic(SERVER_KEY)));
    expect(here.entries[0]?.entry.trust).toBe(2);
  });
});

describe('limits', () => {
  const message = (size: number) => {
    const text = JSON.stringify({ ...track, properties: { a: '' } });
    return text.replace('"a":""', `"a":"${bytes(size - text.length)}"`);
  };
  it.each([
    ['a message of 32 KB', '/v1/track', message(32_768), 200],
    ['one more byte', '/v1/track', message(32_769), 400],
    [
      'a batch of 500 KB',
      '/v1/batch',
      `{"batch":[${Array(16).fill(message(31_000)).join()}]${' '.repeat(15_973)}}`,
      200,
    ],
    [
      'one more byte in it',
      '/v1/batch',
      `{"batch":[${Array(16).fill(message(31_000)).join()}]${' '.repeat(15_974)}}`,
      400,
    ],
    ['a batch of one large message', '/v1/batch', `{"batch":[${message(32_769)}]}`, 400],
    ['2,000 messages', '/v1/batch', JSON.stringify({ batch: Array(2_000).fill(track) }), 200],
  ])('%s', async (_name, path, body, status) => expect((await world().send(post(path, body))).status).toBe(status));

  it('names the large message of a batch and keeps the others', async () => {
    const here = world();
    const reply = await here.send(post('/v1/batch', `{"batch":[${message(100)},${message(32_769)},${message(100)}]}`));
    expect(JSON.parse(String(reply.body))).toEqual({
      success: true,
      rejected: [{ index: 1, message: 'the message is larger than 32 KB' }],
    });
    expect(here.counts).toEqual(
      new Map([
        ['applied', 2],
        ['rejected', 1],
      ]),
    );
  });

  it('what the server turns away for its size is a 400 too, which libraries do not repeat', () => {
    expect(segment.limit?.('/v1/batch')).toBe(512_000);
    expect(segment.limit?.('/v1/track')).toBe(32_768);
    expect(segment.refuse(post('/v1/t', track), 413, 'too large').status).toBe(400);
    expect(segment.refuse(post('/v1/t', track), 503, 'wait').status).toBe(503);
  });
});

describe('messages', () => {
  it.each([
    ['no id', '/v1/track', { event: 'x' }, 'userId or anonymousId is required'],
    [
      'ids that are empty or null',
      '/v1/track',
      { event: 'x', userId: '', anonymousId: null },
      'userId or anonymousId is required',
    ],
    ['an id that is a list', '/v1/track', { event: 'x', userId: ['a'] }, 'userId must be a string'],
    ['an id that is no whole number', '/v1/track', { event: 'x', userId: 1.5 }, 'userId must be a string'],
    ['no event', '/v1/track', { userId: 'a' }, 'event is required'],
    ['properties that are a list', '/v1/track', { ...track, properties: ['x'] }, 'properties must be an object'],
    ['traits that are text', '/v1/identify', { userId: 'a', traits: 'x' }, 'traits must be an object'],
    ['no group', '/v1/group', { userId: 'a' }, 'groupId is required'],
    ['no earlier id', '/v1/alias', { userId: 'a' }, 'previousId is required'],
    ['no later id', '/v1/alias', { previousId: 'a' }, 'userId or anonymousId is required'],
    [
      'a group that is none',
      '/v1/group',
      { userId: 'a', groupId: 'undefined', traits: { n: 1 } },
      'groupId names nobody',
    ],
    ['an earlier id that is none', '/v1/alias', { userId: 'a', previousId: 'null' }, 'previousId names nobody'],
    ['a later id that is none', '/v1/alias', { userId: '(not set)', previousId: 'a' }, 'userId names nobody'],
    [
      'an id too long for the rules',
      '/v1/track',
      { ...track, userId: bytes(513) },
      'an identifier is longer than 512 bytes',
    ],
    ['no object', '/v1/track', '"x"', 'a message must be an object'],
  ])('%s is refused', async (_name, path, body, message) => {
    const here = world();
    const reply = await here.send(post(path, body));
    expect([reply.status, reply.body]).toEqual([400, no(message)]);
    const inBatch = await here.send(
      post('/v1/batch', { batch: [track, typeof body === 'string' ? 1 : { ...body, type: path.slice(4) }] }),
    );
    expect(inBatch.status).toBe(200);
    expect(JSON.parse(String(inBatch.body)).rejected[0].index).toBe(1);
    expect(here.timeline()).toEqual(['device:d1 Viewed']);
  });

  it.each([
    ['long', bytes(129)],
    ['in other letters', 'größe-1'],
    ['a fraction', 7.5],
    ['an object', { $oid: '6563' }],
    ['a list', ['a', 1]],
  ])('a message id that is %s is kept as one made of it', async (_name, messageId) => {
    const here = world();
    for (const id of [messageId, messageId, [messageId, 'another']])
      expect((await here.send(post('/v1/track', { ...track, messageId: id }))).status).toBe(200);
    expect(here.counts).toEqual(
      new Map([
        ['applied', 2],
        ['duplicate', 1],
      ]),
    );
  });

  it('a batch without one good message is a 400', async () => {
    const reply = await world().send(post('/v1/batch', { batch: [{ type: 'poke' }] }));
    expect([reply.status, JSON.parse(String(reply.body)).rejected]).toEqual([
      400,
      [{ index: 0, message: 'type must be identify, track, page, screen, group or alias' }],
    ]);
  });

  it('never fails and never answers outside the table', async () => {
    const here = world();
    const id = fc.oneof(fc.string(), fc.integer(), fc.constantFrom(null, '', 'ann', 'd1', '\ud800'));
    const almost = fc.record(
      {
        type: fc.oneof(fc.constantFrom('track', 'identify', 'group', 'alias', 'page', '__proto__'), fc.string()),
        userId: id,
        anonymousId: id,
        previousId: id,
        groupId: id,
        event: fc.string(),
        messageId: fc.string(),
        timestamp: fc.oneof(
          fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
          fc.string(),
        ),
        traits: fc.jsonValue(),
        context: fc.jsonValue(),
      },
      { requiredKeys: ['type'] },
    );
    const body = fc.oneof(
      fc.uint8Array(),
      fc.json(),
      almost.map((one) => JSON.stringify(one)),
      fc.array(almost, { maxLength: 4 }).map((batch) => JSON.stringify({ batch })),
    );
    const path = fc.constantFrom('/v1/t', '/v1/identify', '/v1/g', '/v1/alias', '/v1/batch', '/v1/import', '/v1/x');
    await fc.assert(
      fc.asyncProperty(path, body, async (where, sent) => {
        expect([200, 400, 404]).toContain((await here.send(post(where, sent))).status);
      }),
      { numRuns: 5_000 },
    );
  });
});
