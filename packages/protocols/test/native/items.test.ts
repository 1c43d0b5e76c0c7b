import { describe, expect, it } from 'vitest';
import { native } from '../../src/native/index.ts';
import { host, post, withServerKey } from './host.ts';

/** What one item became: a command with what is said beside it, or the reason for none. */
function reading(item: unknown): unknown {
  const read = native.read(post(JSON.stringify({ items: [item] }), withServerKey), host);
  if (read.type !== 'items') throw new Error('expected items');
  const [only] = read.items;
  if (only?.type !== 'statement') return only?.reason;
  const { project, wire, trust, ...said } = only.statement;
  expect({ project, wire, trust }).toEqual({ project: 'shop', wire: 'native', trust: 2 });
  return said;
}

const device = { kind: 'device', value: 'd1' };
const user = { kind: 'user', value: '42' };

describe('items become commands', () => {
  it.each([
    [
      {
        type: 'track',
        name: 'Bought',
        ids: { device: 'd1', user: '42' },
        properties: { price: 9 },
        insertId: 'i 1',
        time: 1000,
      },
      {
        command: { type: 'Track', ids: [device, user], name: 'Bought', properties: { price: 9 } },
        insertId: 'i 1',
        time: 1000,
      },
    ],
    [{ type: 'track', name: 'Ping' }, { command: { type: 'Track', ids: [], name: 'Ping', properties: {} } }],
    [
      { type: 'page', ids: { device: 'd1' }, properties: { path: '/' }, time: '1970-01-01T00:00:01Z' },
      { command: { type: 'Track', ids: [device], name: 'page', properties: { path: '/' } }, time: 1000 },
    ],
    [{ type: 'identify', ids: { device: 'd1', user: 42 } }, { command: { type: 'Identify', ids: [device, user] } }],
    [{ type: 'login', ids: { device: 'd1', user: null } }, { command: { type: 'Identify', ids: [device] } }],
    [{ type: 'modify', ids: { user: '42' } }, { command: { type: 'Identify', ids: [user] } }],
    [{ type: 'logout', ids: { device: 'd1' } }, { command: { type: 'Logout', ids: [device] } }],
    [
      { type: 'traits', ids: { user: '42' }, traits: { plan: 'pro', old: null } },
      {
        command: {
          type: 'Describe',
          ids: [user],
          changes: [
            { op: 'set', name: 'plan', value: 'pro' },
            { op: 'unset', name: 'old' },
          ],
        },
      },
    ],
    [
      { type: 'segments', ids: { user: '42' }, segments: ['vip', 'vip'] },
      {
        command: {
          type: 'Describe',
          ids: [user],
          changes: [{ op: 'set', name: 'segments', on: 'segments', value: ['vip'] }],
        },
      },
    ],
    [
      { type: 'segments', ids: { user: '42' }, segments: ['vip'], op: 'add' },
      {
        command: {
          type: 'Describe',
          ids: [user],
          changes: [{ op: 'union', name: 'segments', on: 'segments', value: ['vip'] }],
        },
      },
    ],
    [
      { type: 'segments', ids: { user: '42' }, segments: ['a', 'b'], op: 'remove' },
      {
        command: {
          type: 'Describe',
          ids: [user],
          changes: [
            { op: 'remove', name: 'segments', on: 'segments', value: 'a' },
            { op: 'remove', name: 'segments', on: 'segments', value: 'b' },
          ],
        },
      },
    ],
    [
      { type: 'merge', ids: [{ user: '42' }, { device: 'd1' }] },
      { command: { type: 'Merge', one: user, other: device } },
    ],
    [
      { type: 'traits', ids: { user: '42' }, op: 'replace', traits: { plan: 'pro', old: null } },
      {
        command: {
          type: 'Describe',
          ids: [user],
          changes: [
            { op: 'clear', of: 'wire' },
            { op: 'set', name: 'plan', value: 'pro' },
            { op: 'unset', name: 'old' },
          ],
        },
      },
    ],
    [
      { type: 'consent', ids: { device: 'd1' }, consent: 'denied' },
      { command: { type: 'Consent', ids: [device], consent: 'denied' } },
    ],
  ])('%j', (item, said) => expect(reading(item)).toEqual(said));

  it('keeps a prototype key as the data it is (S20)', () => {
    const item = '{"type":"traits","ids":{"user":"42"},"traits":{"__proto__":{"polluted":true}}}';
    expect(reading(JSON.parse(item))).toEqual({
      command: {
        type: 'Describe',
        ids: [user],
        changes: [{ op: 'set', name: '__proto__', value: { polluted: true } }],
      },
    });
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('items that say nothing we can read are refused by themselves', () => {
  it.each([
    [null, 'an item is an object'],
    [[], 'an item is an object'],
    [{}, /^type must be one of track, page/],
    [{ type: 'constructor' }, /^type must be one of/],
    [{ type: 'track' }, /^name must be/],
    [{ type: 'track', name: '' }, /^name must be/],
    [{ type: 'track', name: 'x'.repeat(256) }, /^name must be/],
    [{ type: 'track', name: 'a', properties: ['x'] }, /^properties must be/],
    [{ type: 'track', name: 'a', ids: 'd1' }, /^ids must be/],
    [{ type: 'track', name: 'a', ids: { device: ['d1'] } }, /^an identifier must be text/],
    [{ type: 'track', name: 'a', ids: { user: 1.5 } }, /text or a whole number/],
    [{ type: 'track', name: 'a', time: 'yesterday' }, /^time must be/],
    [{ type: 'track', name: 'a', time: 1e300 }, /^time must be/],
    [{ type: 'track', name: 'a', time: true }, /^time must be/],
    [{ type: 'track', name: 'a', insertId: 'x'.repeat(129) }, /^insertId must be/],
    [{ type: 'track', name: 'a', insertId: 'é' }, /^insertId must be/],
    [{ type: 'track', name: 'a', insertId: 7.5 }, /^insertId must be/],
    [{ type: 'identify' }, /^ids must be/],
    [{ type: 'traits', ids: {}, traits: 'pro' }, /^traits must be/],
    [{ type: 'traits', ids: {}, traits: { a: 1 }, op: 'clear' }, /^op must be/],
    [{ type: 'traits', ids: {}, op: 'replace' }, /^traits must be/],
    [{ type: 'segments', ids: {}, segments: 'vip' }, /^segments must be/],
    [{ type: 'segments', ids: {}, segments: [1] }, /^segments must be/],
    [{ type: 'segments', ids: {}, segments: [], op: 'clear' }, /^op must be/],
    [{ type: 'merge', ids: { user: '1' } }, /^ids of a merge/],
    [{ type: 'merge', ids: [{ user: '1' }] }, /^ids of a merge/],
    [{ type: 'merge', ids: [{ user: '1' }, {}] }, /^ids of a merge/],
    [{ type: 'merge', ids: [{ user: '1' }, { user: '2', email: 'a@b' }] }, /^ids of a merge/],
    [{ type: 'merge', ids: [{ user: '1' }, { user: '2' }, { user: '3' }] }, /^ids of a merge/],
    [{ type: 'consent', ids: {}, consent: true }, /^consent must be/],
  ])('%j', (item, reason) =>
    expect(reading(item)).toEqual(typeof reason === 'string' ? reason : expect.stringMatching(reason)),
  );
});
