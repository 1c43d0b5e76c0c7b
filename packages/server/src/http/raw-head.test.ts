import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { LOOKED_AT, messageOf } from './raw-head.ts';

const read = (begun: string, last = '') => {
  const message = messageOf(new Socket(), Buffer.from(begun), Buffer.from(last));
  return message && { method: message.method, url: message.url, headers: { ...message.headers } };
};
const get = 'GET /xo/k?a=1 HTTP/1.1\r\nHost: a\r\n';
const long = `${get}Cookie: ${'c'.repeat(LOOKED_AT - get.length - 8)}`;

test('what can be told of a head that is no request', () => {
  const of = (headers: object) => ({ method: 'GET', url: '/xo/k?a=1', headers: { host: 'a', ...headers } });
  expect(read(`${get}Origin:  o \r\nX-A: \0`)).toEqual(of({ origin: 'o' }));
  expect(read(get, 'Origin: o\r\nX')).toEqual(of({ origin: 'o' }));
  // The last piece lies behind what was not kept: its first line is the end of another.
  expect(read(long, 'rigin: p\r\nOrigin: o\r\nOrig')).toEqual(of({ origin: 'o' }));
  expect(read(`${get}X-Mp-Key: a\r\nx-mp-key: b\r\n`)).toEqual(of({ 'x-mp-key': 'a, b' }));
  expect(read(`${get}X-Mp-Key: half a k`)).toEqual(of({}));
  expect(read(`GET /mixpanel/track?data=${'d'.repeat(LOOKED_AT)}`)?.url).toMatch(/^\/mixpanel\/track\?data=d+$/);
  for (const none of ['', 'hello\r\n', 'PRI * HTTP/2.0\r\n\r\n', '\x16\x03\x01']) expect(read(none)).toBeUndefined();
});
