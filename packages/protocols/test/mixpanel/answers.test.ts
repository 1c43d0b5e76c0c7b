import { describe, expect, it } from 'vitest';
import { mixpanel } from '../../src/mixpanel/index.ts';
import { event, NOW, openProject, post, request, text } from './project.ts';

const good = event('a', { distinct_id: 'u1' });
const accepted = ['1', '{"status":1,"error":null}'] as const;
const bad = (reason: string) => ['0', JSON.stringify({ status: 0, error: reason })] as const;

describe('answers of tracking routes', () => {
  it.each<[string, string, unknown, readonly [string, string]]>([
    ['accepted', '/track', good, accepted],
    ['one of two usable', '/track', [{}, good], accepted],
    ['an unknown token', '/track', { event: 'a', properties: { token: 'NO' } }, accepted],
    ['older than five days', '/track', event('a', { time: NOW / 1000 - 6 * 86_400 }), accepted],
    ['to be ignored', '/track', event('a', { $ignore: true }), accepted],
    ['an identity event in the simplified merge', '/track', event('$identify', { distinct_id: 'u1' }), accepted],
    ['an event that names nobody', '/track', event('a'), accepted],
    ['an empty token', '/track', { event: 'a', properties: { token: '' } }, bad('token, missing or empty')],
    ['no properties', '/track', { event: 'a' }, bad('token, missing or empty')],
    ['no event', '/track', { properties: { token: 'PUB' } }, bad('event, missing')],
    ['a blank event', '/track', event(''), bad('event, missing')],
    ['no object', '/track', [1, 'x', null], bad('event, missing')],
    ['an empty array', '/track', [], bad('data, missing or empty')],
    [
      'an identify of nobody',
      '/track',
      event('$identify', { $anon_distinct_id: 'x' }),
      bad('distinct_id, missing or empty'),
    ],
    ['an insert id of another form', '/track', event('a', { $insert_id: 'order:4711_b' }), accepted],
    ['an insert id of another kind', '/track', event('a', { $insert_id: { $oid: '5f' } }), accepted],
    [
      'an id of 513 bytes',
      '/track',
      event('a', { $user_id: 'x'.repeat(513) }),
      bad("'properties.distinct_id' is invalid: an identifier is longer than 512 bytes"),
    ],
    [
      'a profile of an id of 513 bytes',
      '/engage',
      { $token: 'PUB', $distinct_id: 'x'.repeat(513), $set: { a: 1 } },
      bad("'$distinct_id' is invalid: an identifier is longer than 512 bytes"),
    ],
    [
      'a group of an id of 513 bytes',
      '/groups',
      { $token: 'PUB', $group_key: 'company', $group_id: 'x'.repeat(513), $set: { a: 1 } },
      bad("'$group_id' is invalid: an identifier is longer than 512 bytes"),
    ],
    ['a profile', '/engage', { $token: 'PUB', $distinct_id: 'u1', $set: { a: 1 } }, accepted],
    ['a profile of an unknown token', '/engage', { $token: 'NO', $distinct_id: 'u1', $set: { a: 1 } }, accepted],
    ['a profile without a token', '/engage', { $distinct_id: 'u1', $set: { a: 1 } }, bad('$token, missing or empty')],
    ['a profile of nobody', '/engage', { $token: 'PUB', $set: { a: 1 } }, bad('$distinct_id, missing or empty')],
    [
      'a profile of a blocklisted id',
      '/engage',
      { $token: 'PUB', $distinct_id: ' NULL ', $set: { a: 1 } },
      bad('$distinct_id, missing or empty'),
    ],
    ...[1.5, ['u'], { id: 'u' }].flatMap((id): [string, string, unknown, readonly [string, string]][] => [
      [
        `a profile of ${JSON.stringify(id)}`,
        '/engage',
        { $token: 'PUB', $distinct_id: id, $set: { a: 1 } },
        bad('$distinct_id, must be text or a whole number'),
      ],
      [
        `a group of ${JSON.stringify(id)}`,
        '/groups',
        { $token: 'PUB', $group_key: 'company', $group_id: id, $set: { a: 1 } },
        bad('$group_id, must be text or a whole number'),
      ],
    ]),
    ['a group', '/groups', { $token: 'PUB', $group_key: 'company', $group_id: 'Acme', $set: { a: 1 } }, accepted],
    [
      'a group without a key',
      '/groups',
      { $token: 'PUB', $group_id: 'Acme', $set: { a: 1 } },
      bad('$group_key, missing or empty'),
    ],
    [
      'a group without an id',
      '/groups',
      { $token: 'PUB', $group_key: 'company', $set: { a: 1 } },
      bad('$group_id, missing or empty'),
    ],
    [
      'a group key that is no kind',
      '/groups',
      { $token: 'PUB', $group_key: 'a:b', $group_id: 'x', $set: {} },
      bad('$group_key, must be 1 to 58 letters, digits, or _ . $ -'),
    ],
  ])('%s (%s)', async (_name, path, sent, [plain, verbose]) => {
    for (const [query, body] of [
      ['', plain],
      ['?verbose=0', plain],
      ['?verbose=1&ip=1&_=1', verbose],
      ['?verbose=2', verbose],
    ] as const) {
      const { reply } = await openProject().send(post(path, sent, query));
      expect(reply.status).toBe(200);
      expect(text(reply)).toBe(body);
    }
  });

  // Python's and Ruby's libraries read nothing but an answer in JSON.
  it.each(['/track', '/engage'])('%s: verbose among the fields of the form', async (path) => {
    const sent = path === '/track' ? good : { $token: 'PUB', $distinct_id: 'u1', $set: { a: 1 } };
    const data = encodeURIComponent(JSON.stringify(sent));
    for (const body of [`data=${data}&verbose=1&ip=0`, `ip=0&verbose=1&data=${data}`, `data=${btoa(data)}&verbose=1`]) {
      const { reply } = await openProject().send(request('POST', path, body));
      expect(text(reply)).toBe(
        body.includes(data) ? accepted[1] : JSON.stringify({ status: 0, error: 'the body is not JSON' }),
      );
    }
    const { reply } = await openProject().send(request('POST', path, JSON.stringify([sent, '&verbose=1&'])));
    expect(text(reply)).toBe('1');
  });

  it.each([
    ['no data', request('GET', '/track?ip=1'), []],
    ['an empty form', request('POST', '/track', 'data='), []],
    ['no base64', request('GET', '/track?data=%%%'), ['rejected']],
    ['base64 of no JSON', request('GET', `/track?data=${btoa('hello')}`), ['rejected']],
    ['broken JSON', request('POST', '/track', '{"event":'), ['rejected']],
    ['no UTF-8', request('POST', '/track', new Uint8Array([0xff, 0xfe])), ['rejected']],
  ] as const)('%s is 0, and counts as a refused item where something was sent', async (_name, sent, counted) => {
    const { reply, verdicts } = await openProject().send(sent);
    expect([reply.status, text(reply), verdicts.map(({ status }) => status)]).toEqual([200, '0', counted]);
  });

  it('img=1 is a GIF; without data it counts nothing', async () => {
    const project = openProject();
    const pixel = await project.send(request('POST', '/track/?img=1&verbose=1'));
    expect(pixel.reply.headers).toMatchObject({ 'Content-Type': 'image/gif' });
    expect(text(pixel.reply).slice(0, 6)).toBe('GIF89a');
    expect(pixel.verdicts).toEqual([]);
    expect((await project.send(post('/track', good, '?img=1'))).verdicts).toHaveLength(1);
    expect(await project.events()).toHaveLength(1);
  });

  it.each([
    ['?callback=fn', 'fn(1)', 'text/javascript'],
    ['?callback=a.b_$1&verbose=1', 'a.b_$1({"status":1,"error":null})', 'text/javascript'],
    ['?callback=alert(1)//', '1', 'text/plain'],
    [`?callback=${'a'.repeat(65)}`, '1', 'text/plain'],
  ])('%s answers %s (S33)', async (query, body, type) => {
    const { reply } = await openProject().send(post('/track', good, query));
    expect(text(reply)).toBe(body);
    expect(reply.headers).toMatchObject({
      'Content-Type': `${type}; charset=utf-8`,
      'X-Content-Type-Options': 'nosniff',
    });
  });
});

describe('limits', () => {
  const bytes = (n: number) => {
    const empty = JSON.stringify([event('a', { x: '' })]).length - 2;
    return [event('a', { x: 'x'.repeat(n - empty) }), event('b')];
  };
  it.each([
    ['2,000 records', Array.from({ length: 2000 }, () => good), 200],
    ['2,001 records, so that the browser halves its batch', Array.from({ length: 2001 }, () => good), 413],
  ])('%s', async (_name, records, status) => {
    expect((await openProject().send(post('/track', records))).reply.status).toBe(status);
  });
  it.each([
    ['more elements than an array may have', `[${'1,'.repeat(100_000)}1]`],
    ['lines that are no JSON', '{}\n\n'.repeat(100_000)],
  ])('%s are counted before they are read', async (_name, body) => {
    expect((await openProject().send(request('POST', '/track', body))).reply.status).toBe(413);
  });
  it.each([
    [-1, 2],
    [0, 2],
    [1, 1],
  ])('1 MiB %i bytes for one event', async (over, kept) => {
    const { verdicts } = await openProject().send(post('/track', bytes(1024 * 1024 + over)));
    expect(verdicts.filter((verdict) => verdict.status === 'applied')).toHaveLength(kept);
  });
  it.each([
    ['x'.repeat(36), 'duplicate'],
    ['x'.repeat(37), 'duplicate'],
    ['x'.repeat(500), 'duplicate'],
    ['Az-09', 'duplicate'],
    ['a b', 'duplicate'],
    ['order:4711_ø', 'duplicate'],
    [{ a: 1 }, 'duplicate'],
    [12, 'duplicate'],
    ['', 'applied'],
    [null, 'applied'],
    ['undefined', 'applied'],
  ])('insert id %j: the event is kept, and again it is %s', async (insertId, status) => {
    const once = event('a', { $insert_id: insertId, time: NOW / 1000 });
    const { verdicts } = await openProject().send(post('/track', [once, once]));
    expect(verdicts.map((verdict) => verdict.status)).toEqual(['applied', status]);
    const update = { $token: 'PUB', $distinct_id: 'u1', $add: { n: 1 }, $insert_id: insertId };
    const updated = await openProject().send(post('/engage', [update, update]));
    expect(updated.verdicts.map((verdict) => verdict.status)).toEqual(['applied', status]);
  });
});

describe('CORS', () => {
  it('echoes the origin with credentials, on every answer', () => {
    expect(mixpanel.headers(request('GET', '/nothing', '', { origin: 'null' }))).toEqual({
      'access-control-allow-origin': 'null',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(mixpanel.headers(request('GET', '/track'))).toEqual({ vary: 'Origin' });
  });
  it('answers every preflight with what was asked for', () => {
    for (const path of ['/track/', '/flags/', '/settings', '/record', '/import', '/elsewhere']) {
      const asked = request('OPTIONS', path, '', {
        origin: 'https://a.example',
        'access-control-request-headers': 'X-Mine, Traceparent, bad header',
      });
      expect(mixpanel.read(asked, openProject().host)).toEqual({
        type: 'answer',
        reply: {
          status: 204,
          headers: {
            'access-control-allow-methods': 'GET, POST, OPTIONS',
            'access-control-allow-headers': 'authorization, content-type, traceparent, x-mine',
            'access-control-max-age': '86400',
          },
          body: '',
        },
      });
    }
  });
});

describe('what the server itself turns away', () => {
  it.each([
    ['/track', 503, '{"error":"busy","status":"error"}'],
    ['/engage/', 429, '{"error":"busy","status":"error"}'],
    [
      '/import',
      413,
      '{"code":413,"error":"request exceeds max limit of 10485760 bytes","status":"Request Entity Too Large"}',
    ],
    [
      '/import',
      429,
      '{"code":429,"error":"Project exceeded rate limits. Please retry the request with exponential backoff.","status":"Too Many Requests"}',
    ],
    ['/import', 503, '{"code":503,"error":"busy","status":"Service Unavailable"}'],
  ])('%s %i', (path, status, body) =>
    expect(mixpanel.refuse(request('POST', path), status, 'busy')).toMatchObject({ status, body }),
  );
});
