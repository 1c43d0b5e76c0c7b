import type { Verdict } from '@selfsame/identity';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native/index.ts';
import type { WireReply, WireRequest } from '../../src/protocol.ts';
import { host, post, withServerKey } from './host.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const track = { type: 'track', name: 'a', ids: { device: 'd' } } as const;

/** The answer to a request that is refused whole; where somebody is told of that, it counts as one item. */
async function answered(request: WireRequest): Promise<WireReply> {
  const read = native.read(request, host);
  if (read.type === 'answer') return read.reply;
  expect(read.items).toEqual([expect.objectContaining({ type: 'refused' })]);
  return read.reply([]);
}

function items(request: WireRequest) {
  const read = native.read(request, host);
  if (read.type !== 'items') throw new Error(`expected items, not ${String(read.reply.body)}`);
  return read;
}

describe('who speaks', () => {
  it.each([
    ['the public key in the header', post({ items: [track] }, { authorization: 'Bearer PUB' }), 0],
    ['the scheme in any case', post({ items: [track] }, { authorization: 'bearer PUB' }), 0],
    ['the public key in the body', post({ key: 'PUB', items: [track] }), 0],
    ['the same key twice', post({ key: 'PUB', items: [track] }, { authorization: 'Bearer PUB' }), 0],
    ['the server key', post({ items: [track] }, withServerKey), 2],
  ])('%s', (_name, request, trust) =>
    expect(items(request).items[0]).toMatchObject({ type: 'statement', statement: { trust, project: 'shop' } }),
  );

  it.each([
    ['nobody', post({ items: [track] }), 401, 'unknown_key'],
    ['an unknown key', post({ items: [track] }, { authorization: 'Bearer NO' }), 401, 'unknown_key'],
    ['another scheme', post({ items: [track] }, { authorization: 'Basic UFVCOg==' }), 401, 'unknown_key'],
    ['an unknown key in the body', post({ key: 'NO', items: [track] }), 401, 'unknown_key'],
    ['the server key in the body (S3)', post({ key: 'SRV', items: [track] }), 401, 'unknown_key'],
    ['a key that is no text', post('{"key":["PUB"],"items":[]}'), 401, 'unknown_key'],
    ['an unknown key, before its body is read', post('{', { authorization: 'Bearer NO' }), 401, 'unknown_key'],
    ['two different keys (S24)', post({ key: 'PUB', items: [track] }, withServerKey), 400, 'two_keys'],
    ['a repeated key (S24)', post('{"key":"NO","key":"PUB","items":[]}'), 400, 'bad_json_repeated_key'],
  ])('%s is turned away', async (_name, request, status, code) => {
    const reply = await answered(request);
    expect(reply.status).toBe(status);
    expect(JSON.parse(String(reply.body))).toMatchObject({ error: { code } });
  });
});

describe('the batch as a whole', () => {
  const send = (body: string) => post(body, withServerKey);
  const many = (n: number) => JSON.stringify({ items: Array.from({ length: n }, () => track) });
  it.each([
    ['no JSON', send('{'), 400, 'bad_json_syntax'],
    ['no UTF-8', post(new Uint8Array([0xff]), withServerKey), 400, 'bad_json_utf_8'],
    ['too deep', send(`{"items":${'['.repeat(34)}${']'.repeat(34)}}`), 400, 'bad_json_depth'],
    [
      'an infinite number',
      send('{"items":[{"type":"track","name":"a","properties":{"n":1e400}}]}'),
      400,
      'bad_json_number',
    ],
    [
      'an identifier twice',
      send('{"items":[{"type":"identify","ids":{"user":"a","user":"b"}}]}'),
      400,
      'bad_json_repeated_key',
    ],
    ['no object', send('[]'), 400, 'bad_batch'],
    ['no items', send('{}'), 400, 'bad_batch'],
    ['items that are no array', send('{"items":{}}'), 400, 'bad_batch'],
    ['2,001 items', send(many(2_001)), 413, 'too_many_items'],
    [
      'a form',
      { ...send('a=1'), headers: { ...withServerKey, 'content-type': 'application/x-www-form-urlencoded' } },
      415,
      'unsupported_media_type',
    ],
    ['a GET', { ...send(''), method: 'GET' }, 405, 'method_not_allowed'],
  ])('%s is refused', async (_name, request, status, code) => {
    const reply = await answered(request);
    expect([reply.status, JSON.parse(String(reply.body)).error.code]).toEqual([status, code]);
  });

  it('takes 2,000 items', () => expect(items(send(many(2_000))).items).toHaveLength(2_000));
  it('takes none', () => expect(items(send('{"items":[]}')).items).toEqual([]));
  it('takes text/plain, which a page may send without asking', () =>
    expect(
      items(post({ key: 'PUB', items: [track] }, { 'content-type': 'text/plain;charset=UTF-8' })).items,
    ).toHaveLength(1));

  it('a sentAt that is no time is named and costs no item', () => {
    const { items: read } = items(post({ sentAt: 'soon', items: [track] }, withServerKey));
    expect(read).toMatchObject([{ type: 'statement' }, { type: 'refused', reason: expect.stringContaining('sentAt') }]);
  });

  it('hands sentAt to every item', () =>
    expect(items(post({ sentAt: '1970-01-01T00:00:05Z', items: [track] }, withServerKey)).items[0]).toMatchObject({
      statement: { sentAt: 5_000 },
    }));

  it('refuses one item of more than 1 MiB and takes its neighbours', () => {
    const item = (size: number) => ({ ...track, properties: { text: 'x'.repeat(size) } });
    const overhead = JSON.stringify(item(0)).length;
    const read = items(post({ items: [track, item(1_048_576 - overhead), item(1_048_577 - overhead)] }, withServerKey));
    expect(read.items.map((one) => one.type)).toEqual(['statement', 'statement', 'refused']);
  });

  it('a bad item in the middle costs only itself (S23)', () => {
    const read = items(send('{"items":[{"type":"track","name":"a"},{"type":7},{"type":"track","name":"b"}]}'));
    expect(read.items.map((one) => one.type)).toEqual(['statement', 'refused', 'statement']);
  });
});

describe('the answer', () => {
  const verdicts: readonly Verdict[] = [
    { status: 'applied', person: 'p1' as NonNullable<Verdict['person']>, notes: [] },
    { status: 'applied', notes: [] },
    { status: 'rejected', rule: 'V1', reason: 'an identifier is empty', notes: [] },
    { status: 'duplicate', rule: 'D1', notes: [] },
  ];

  it('tells the server key whose each item is, in order', async () => {
    const reply = await items(post({ items: Array(4).fill(track) }, withServerKey)).reply(verdicts);
    expect([reply.status, JSON.parse(String(reply.body))]).toEqual([
      200,
      {
        results: [
          { status: 'applied', personId: 'p1' },
          { status: 'applied', personId: null },
          { status: 'rejected', reason: 'an identifier is empty', personId: null },
          { status: 'duplicate', personId: null },
        ],
      },
    ]);
  });

  it('tells a public key nothing about anyone (S12)', async () => {
    const reply = await items(post({ key: 'PUB', items: Array(4).fill(track) })).reply(verdicts);
    expect(JSON.parse(String(reply.body))).toEqual({
      results: [
        { status: 'applied' },
        { status: 'applied' },
        { status: 'rejected', reason: 'an identifier is empty' },
        { status: 'duplicate' },
      ],
    });
  });
});

describe('browsers', () => {
  const preflight = { ...post(''), method: 'OPTIONS' };
  it('may ask from any origin, without credentials (S31)', async () => {
    const reply = await answered(preflight);
    expect(reply).toMatchObject({ status: 204, headers: { 'access-control-allow-methods': 'POST, OPTIONS' } });
    expect(native.headers(preflight)).toMatchObject({ 'access-control-allow-origin': '*' });
    expect({ ...reply.headers, ...native.headers(preflight) }).not.toHaveProperty('access-control-allow-credentials');
  });
});

describe('whatever is sent (S26)', () => {
  it('never throws, and answers 200, 400, 401 or 413', async () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    const body = fc.oneof(
      fc.string(),
      fc.json(),
      fc
        .record({
          items: fc.array(
            fc.record(
              {
                type: fc.constantFrom('track', 'merge', 'traits', 'segments'),
                ids: json,
                name: json,
                time: json,
                traits: json,
              },
              { requiredKeys: [] },
            ),
          ),
        })
        .map((one) => JSON.stringify(one)),
    );
    await fc.assert(
      fc.asyncProperty(body, fc.boolean(), async (text, trusted) => {
        const read = native.read(post(text, trusted ? withServerKey : {}), host);
        const reply =
          read.type === 'answer'
            ? read.reply
            : await read.reply(read.items.map(() => ({ status: 'applied', notes: [] })));
        expect([200, 400, 401, 413]).toContain(reply.status);
        JSON.parse(String(reply.body));
      }),
      { numRuns: 2_000 },
    );
  });
});
