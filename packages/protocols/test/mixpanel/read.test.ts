import { describe, expect, it } from 'vitest';
import { mixpanel } from '../../src/mixpanel/index.ts';
import type { WireRequest } from '../../src/protocol.ts';
import { base64, event, openProject, post, request } from './project.ts';

const { host } = openProject();

/** The names of the events read from a request. */
function names(sent: WireRequest): readonly unknown[] {
  const reading = mixpanel.read(sent, host);
  if (reading.type !== 'items') return [];
  return reading.items.map((item) =>
    item.type === 'statement' && item.statement.command.type === 'Track' ? item.statement.command.name : item,
  );
}

const tricky = event('ü>>>???~~~', { distinct_id: 'u', text: 'a+b c/ü&=%' });
const encoded = base64(tricky);
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = JSON.stringify(tricky);

describe('where and how records may come', () => {
  expect(encoded).toMatch(/\+.*\/|\/.*\+/);
  const one = ['ü>>>???~~~'];
  it.each<[string, WireRequest]>([
    ['query, base64', request('GET', `/track?data=${encodeURIComponent(encoded)}`)],
    ['query, base64 whose + arrives raw', request('GET', `/track?data=${encoded}`)],
    ['query, base64 for URLs', request('GET', `/track?data=${encoded.replaceAll('+', '-').replaceAll('/', '_')}`)],
    ['query, base64 without padding', request('GET', `/track?data=${encodeURIComponent(encoded.replace(/=+$/, ''))}`)],
    ['query, JSON', request('GET', `/track?data=${encodeURIComponent(json)}`)],
    ['query of a POST without a body', request('POST', `/track?data=${encodeURIComponent(encoded)}`)],
    ['form, base64', request('POST', '/track', `data=${encodeURIComponent(encoded)}`, form)],
    ['form, base64 not percent-encoded (Node)', request('POST', '/track', `data=${encoded}`, form)],
    ['form, base64 for URLs', request('POST', '/track', `data=${Buffer.from(json).toString('base64url')}`, form)],
    ['form, JSON', request('POST', '/track', `data=${encodeURIComponent(json)}`, form)],
    [
      'form, JSON with spaces as +',
      request('POST', '/track', `data=${encodeURIComponent(json).replaceAll('%20', '+')}`, form),
    ],
    ['form, among other fields', request('POST', '/track', `verbose=1&data=${encodeURIComponent(encoded)}&ip=1`, form)],
    [
      'form as text/plain (beacon)',
      request('POST', '/track', `data=${encodeURIComponent(encoded)}`, { 'content-type': 'text/plain;charset=UTF-8' }),
    ],
    ['form without a content type', request('POST', '/track', `data=${encodeURIComponent(encoded)}`)],
    ['body, JSON', request('POST', '/track', json, { 'content-type': 'application/json' })],
    ['body, JSON after blanks', request('POST', '/track', ` \n${json}\n`)],
    ['body, JSON as a form', request('POST', '/track', json, form)],
    ['body, base64', request('POST', '/track', encoded)],
    ['body, an array of one', request('POST', '/track', `[${json}]`)],
  ])('%s', (_name, sent) => {
    expect(names(sent)).toEqual(one);
    const reading = mixpanel.read(sent, host);
    expect(reading.type === 'items' && reading.items[0]).toMatchObject({
      statement: { command: { properties: { text: 'a+b c/ü&=%' } } },
    });
  });

  it('an array of two, and NDJSON', () => {
    const two = [event('a'), event('b')];
    expect(names(post('/track', two))).toEqual(['a', 'b']);
    const lines = `${two.map((line) => JSON.stringify(line)).join('\r\n')}\n\n`;
    expect(names(request('POST', '/track', lines, { 'content-type': 'application/x-ndjson' }))).toEqual(['a', 'b']);
  });

  it('one record that cannot be read costs its neighbours nothing (S23)', () => {
    const bad = ['{"event":1e400}', `{"event":${'['.repeat(40)}${']'.repeat(40)}}`, '{"event":"x","event":"y"}'];
    const good = JSON.stringify(event('a, {"[\\'));
    expect(names(request('POST', '/track', `[${good}, ${bad.join(',')} ,${good}]`))).toEqual([
      'a, {"[\\',
      expect.objectContaining({ type: 'refused', reason: 'record 1: event, a number is too large' }),
      expect.objectContaining({ type: 'refused', reason: 'record 2: event, it nests deeper than 32 levels' }),
      expect.objectContaining({ type: 'refused', reason: 'record 3: event, an object holds the same key twice' }),
      'a, {"[\\',
    ]);
    expect(names(request('POST', '/track', `${good}\nnonsense\n${good}`))).toEqual([
      'a, {"[\\',
      expect.objectContaining({ type: 'refused' }),
      'a, {"[\\',
    ]);
  });

  it('keys that programs take for something else are plain data (S20)', () => {
    const sent = '{"event":"e","properties":{"token":"PUB","__proto__":{"polluted":1},"constructor":1}}';
    const reading = mixpanel.read(request('POST', '/track', sent), host);
    const item = reading.type === 'items' ? reading.items[0] : undefined;
    const command = item?.type === 'statement' ? item.statement.command : undefined;
    expect(JSON.stringify(command?.type === 'Track' && command.properties)).toBe(
      '{"__proto__":{"polluted":1},"constructor":1}',
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('paths', () => {
  const data = `?data=${encodeURIComponent(encoded)}`;
  it.each(['/track', '/track/', '//track/', '/track//', '/any/prefix/track', '//mix//panel//track/'])(
    '%s tracks',
    (path) => expect(names(request('GET', path + data))).toHaveLength(1),
  );
  it.each([
    ['/flags/?context=%7B%7D&token=PUB', '{"flags":{}}'],
    ['/flags?flag_key=a', '{"flags":{}}'],
    ['/flags/definitions', '{"flags":[]}'],
    ['/settings/?sdk_config=1', '{"sdk_config":{"config":{}}}'],
    ['/settings', '{"sdk_config":{"config":{}}}'],
    ['/record/?seq=0', '{"code":200,"status":"OK"}'],
    ['/flags/12/first-time-events', '{"status":"OK"}'],
  ])('%s answers %s', (target, body) => {
    for (const method of ['GET', 'POST']) {
      const reading = mixpanel.read(request(method, target), host);
      expect(reading).toMatchObject({ type: 'answer', reply: { status: 200, body } });
    }
  });
  it.each([
    ['GET', '/', 404],
    ['GET', '/surveys', 404],
    ['GET', '/Track', 404],
    ['PUT', '/track', 405],
    ['DELETE', '/engage', 405],
  ])('%s %s is %i', (method, path, status) =>
    expect(mixpanel.read(request(method, path), host)).toMatchObject({ type: 'answer', reply: { status } }),
  );
});
