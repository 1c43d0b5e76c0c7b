import { describe, expect, test } from 'vitest';
import { limits } from '../src/limits.ts';
import { exchange, statuses } from './raw.ts';
import { running } from './running.ts';

const post = (...lines: readonly string[]): string =>
  ['POST /v1/batch HTTP/1.1', 'Host: a', 'Content-Type: application/json', ...lines].join('\r\n');
const body = '{"key":"shop-public","items":[]}';

/** Each is answered with this status and nothing else, and the connection ends (S25). */
const corpus: readonly [name: string, bytes: string, status: number][] = [
  ['two lengths', post(`Content-Length: ${body.length}`, 'Content-Length: 3', '', body), 400],
  ['a length that repeats', post(`Content-Length: ${body.length}, ${body.length}`, '', body), 400],
  ['length and chunks', post(`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked', '', '0', '', ''), 400],
  ['a negative length', post('Content-Length: -1', '', body), 400],
  ['a length with a sign', post('Content-Length: +5', '', body), 400],
  ['a length in hexadecimal', post('Content-Length: 0x20', '', body), 400],
  ['an unknown transfer coding', post('Transfer-Encoding: gzip', '', body), 400],
  ['chunked, then another coding', post('Transfer-Encoding: chunked, identity', '', '0', '', ''), 400],
  ['a chunk size that is none', post('Transfer-Encoding: chunked', '', 'zz', body, '0', '', ''), 400],
  ['a chunk longer than it says', post('Transfer-Encoding: chunked', '', '2', body, '0', '', ''), 400],
  ['a chunk size beyond 64 bits', post('Transfer-Encoding: chunked', '', 'fffffffffffffffff', body, '0', '', ''), 400],
  ['a folded header', post('X-A: 1', ' 2', 'Content-Length: 0', '', ''), 400],
  ['a space before the colon', post('Content-Length : 0', '', ''), 400],
  ['a header without a name', post(': x', '', ''), 400],
  ['NUL in a header', post('X-A: a\0b', '', ''), 400],
  ['a bare line feed between headers', `POST /v1/batch HTTP/1.1\nHost: a\nContent-Length: 0\n\n`, 400],
  ['two hosts', 'GET /livez HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n', 400],
  ['no host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
  ['no HTTP', 'hello\r\n\r\n', 400],
  ['HTTP/2 without upgrade', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ['a method that is none', 'TRACKS /v1/batch HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['headers beyond their limit', post(`X-A: ${'a'.repeat(limits.headerBytes)}`, '', ''), 431],
  ['too many headers', post(...Array.from({ length: limits.headerCount }, (_, i) => `X-${i}: 1`), '', ''), 431],
  ['headers beyond what the parser takes', post(`X-A: ${'a'.repeat(2 * limits.urlBytes)}`, '', ''), 431],
  ['an endless address', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ['an endless path of a wire', `GET /xo/${'a/'.repeat(700_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
  ['a wire’s long query', `GET /mixpanel/track?data=${'a'.repeat(700_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 200],
];

describe('framing (S25)', () => {
  test('every malformed request is refused and its connection ends', async () => {
    const { url } = await running();
    const answers = await Promise.all(
      corpus.map(async ([name, bytes]) => [name, statuses(await exchange(url, bytes))]),
    );
    expect(answers).toEqual(corpus.map(([name, , status]) => [name, [status]]));
  });

  test('headers just within the limit are taken', async () => {
    const { url } = await running();
    const lines = ['GET /livez HTTP/1.1', 'Host: a', 'Connection: close'];
    const room = limits.headerBytes - 'Host: a\r\nConnection: close\r\nX-A: \r\n'.length;
    for (const [length, status] of [
      [room, 200],
      [room + 1, 431],
    ] as const)
      expect(statuses(await exchange(url, [...lines, `X-A: ${'a'.repeat(length)}`, '', ''].join('\r\n')))).toEqual([
        status,
      ]);
  });

  test('a second Authorization is not looked at alone (S24)', async () => {
    const { url } = await running();
    const request = post(
      'Authorization: Bearer shop-public',
      'Authorization: Bearer shop-server-key',
      `Content-Length: ${body.length}`,
      'Connection: close',
      '',
      body,
    );
    expect(statuses(await exchange(url, request))).toEqual([401]);
  });

  test('an address of a megabyte reaches the wire: Mixpanel sends data by GET', async () => {
    const { url } = await running();
    const event = { event: 'a', properties: { token: 'shop-public', distinct_id: 'x', text: 'a'.repeat(700_000) } };
    const data = encodeURIComponent(Buffer.from(JSON.stringify(event)).toString('base64'));
    const answer = await exchange(
      url,
      `GET /mixpanel/track/?data=${data} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200[\s\S]*\r\n\r\n1$/);
  });

  test('pipelined requests are answered one by one', async () => {
    const { url } = await running();
    const one = 'GET /livez HTTP/1.1\r\nHost: a\r\n\r\n';
    const last = 'GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(statuses(await exchange(url, one + one + last))).toEqual([200, 200, 200]);
  });
});
