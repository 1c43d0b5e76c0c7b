import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { native } from '../../src/native/index.ts';
import { host, post } from './host.ts';

const T = host.now / 1000;
/** Signs as a customer's backend does: the host's secret of that name. */
const sign = (payload: object, secret = 'signing') => {
  const text = Buffer.from(JSON.stringify(payload)).toString('base64url');
  return `${createHmac('sha256', secret).update(text).digest('base64url')}.${text}`;
};
function read(item: object) {
  const reading = native.read(post(JSON.stringify({ key: 'PUB', items: [item] })), host);
  if (reading.type !== 'items') throw new Error('expected items');
  return reading.items[0];
}
const traits = (payload: object, ids: object = { device: 'd', user: 'ann' }) =>
  read({ type: 'traits', ids, signed: sign(payload) });
const login = (payload: object, ids: object = { device: 'd', email: 'not@signed' }) =>
  read({ type: 'login', ids, signed: sign(payload) });

it('without a signature, null as absent, an item is the page’s own word', () => {
  const item = { type: 'traits', ids: { user: 'ann' }, traits: { plan: 'pro' } };
  expect(read({ ...item, signed: null })).toEqual(read(item));
  expect(read(item)).toMatchObject({ type: 'statement' });
});

describe('signed traits', () => {
  it('are the backend’s word (T1), of the moment they were signed, about one person', () => {
    expect(traits({ plan: 'pro', t: T - 60, sub: 'ann', algorithm: 'HMAC-SHA256' })).toMatchObject({
      statement: {
        trust: 1,
        time: (T - 60) * 1000,
        command: {
          type: 'Describe',
          ids: [{ kind: 'user', value: 'ann' }],
          changes: [{ op: 'set', name: 'plan', value: 'pro' }],
        },
      },
    });
    expect(traits({ plan: 'pro' }, { device: 'd' })).toMatchObject({
      statement: { command: { ids: [{ kind: 'device' }] } },
    });
  });

  it.each([
    [
      'another secret (S9)',
      () => read({ type: 'traits', ids: { user: 'ann' }, signed: sign({ plan: 'pro' }, 'other') }),
    ],
    ['not signed at all', () => read({ type: 'traits', ids: { user: 'ann' }, signed: 'pro' })],
    ['no text', () => read({ type: 'traits', ids: { user: 'ann' }, signed: 5 })],
    ['stale (S7)', () => traits({ plan: 'pro', t: T - 86_401 })],
    ['of the future (S7)', () => traits({ plan: 'pro', t: T + 86_401 })],
    ['somebody else’s (S7)', () => traits({ plan: 'pro', t: T, sub: 'bob' })],
    ['another algorithm (S6)', () => traits({ plan: 'pro', algorithm: 'none' })],
    ['a session answer (S8)', () => traits({ result: true, serverTime: 1 })],
    ['a callback (S8)', () => traits({ object: 'user', entry: [] })],
    ['an identity (S8)', () => traits({ use: 'identity', ids: { user: 'ann' }, t: T })],
    ['an object as a value', () => traits({ plan: { a: 1 } })],
    ['empty', () => traits({ t: T })],
    ['a track item', () => read({ type: 'track', name: 'a', signed: sign({ plan: 'pro' }) })],
  ])('refused: %s', (_, item) => {
    expect(item()).toMatchObject({ type: 'refused', reason: expect.stringMatching(/^signed: |^only traits/) });
  });
});

describe('a signed identity', () => {
  it('is the backend’s word; of the page’s own ids only the browser’s go with it', () => {
    expect(login({ use: 'identity', ids: { user: 'ann' }, t: T })).toMatchObject({
      statement: {
        trust: 1,
        command: {
          type: 'Identify',
          ids: [
            { kind: 'user', value: 'ann' },
            { kind: 'device', value: 'd' },
          ],
        },
      },
    });
  });

  it.each([
    ['stale (S7)', { use: 'identity', ids: { user: 'ann' }, t: T - 301 }],
    ['without its time', { use: 'identity', ids: { user: 'ann' } }],
    ['of nobody', { use: 'identity', ids: {}, t: T }],
    ['without ids', { use: 'identity', t: T }],
    ['traits (S8)', { plan: 'pro', t: T }],
  ])('refused: %s', (_, payload) => {
    expect(login(payload)).toMatchObject({ type: 'refused' });
  });
});

describe('what a signed text may say of itself (S7)', () => {
  const one = { use: 'identity', ids: { user: 'ann' }, t: T };

  it('its project, which must be this one', () => {
    // It is no trait.
    expect([traits({ plan: 'pro', $audience: 'shop' }), login({ ...one, $audience: 'shop' })]).toMatchObject([
      { statement: { command: { changes: [{ name: 'plan' }] } } },
      { statement: { trust: 1, command: { type: 'Identify' } } },
    ]);
  });

  it('a nonce, by which two items are the same whatever the page names them', () => {
    const once = { ...one, $nonce: 'n1' };
    const named = (insertId: string) =>
      read({ type: 'login', ids: { device: insertId }, insertId, signed: sign(once) });
    const repeat = { key: 'signed/n1', keep: 'first' };
    for (const item of [named('a'), named('b')]) expect(item).toMatchObject({ statement: { trust: 1, repeat } });
    expect(traits({ plan: 'pro', $nonce: 'n1' })).toMatchObject({
      statement: { repeat, command: { changes: [{ name: 'plan' }] } },
    });
  });

  it('neither, as until now: a trait may have the plain name', () => {
    expect(login(one)).not.toHaveProperty('statement.repeat');
    const changes = [{ name: 'audience' }, { name: 'aud' }, { name: 'nonce' }];
    expect(traits({ audience: 'x', aud: 'x', nonce: 'x' })).toMatchObject({ statement: { command: { changes } } });
  });

  it.each([
    ['another project', { $audience: 'other' }],
    ['a project in capitals', { $audience: 'SHOP' }],
    ['no project', { $audience: '' }],
    ['a list of projects', { $audience: ['shop'] }],
    ['null for a project', { $audience: null }],
    ['an empty nonce', { $nonce: '' }],
    ['a nonce that is a number', { $nonce: 5 }],
    ['a nonce that is null', { $nonce: null }],
    ['a nonce that is too long', { $nonce: 'n'.repeat(101) }],
    ['a nonce with a line break', { $nonce: 'a\nb' }],
  ])('refused: %s', (_, said) => {
    const refused = {
      type: 'refused',
      reason: expect.stringMatching(/^signed: it (is for another project|has a nonce)/),
    };
    expect([traits({ plan: 'pro', ...said }), login({ ...one, ...said })]).toMatchObject([refused, refused]);
  });
});

describe('traits that count', () => {
  it.each([
    ['add', { n: 2 }, [{ op: 'add', name: 'n', value: 2 }]],
    ['append', { l: 'x' }, [{ op: 'append', name: 'l', value: 'x' }]],
    ['union', { l: ['x'] }, [{ op: 'union', name: 'l', value: ['x'] }]],
    ['remove', { l: 'x' }, [{ op: 'remove', name: 'l', value: 'x' }]],
  ])('%s', (op, given, changes) => {
    expect(read({ type: 'traits', ids: { user: 'ann' }, op, traits: given })).toMatchObject({
      statement: { command: { changes } },
    });
  });
  it.each([
    ['2', 'only a number can be added to a trait'],
    // The reader of JSON keeps its digits (S19), so it comes as text.
    ['9007199254740993', 'a whole number beyond 2^53 cannot be added to a trait: the sum would not be exact'],
  ])('the text %s cannot be added', (n, reason) => {
    const item = { type: 'traits', ids: { user: 'ann' }, op: 'add', traits: { n } };
    expect(read(item)).toMatchObject({ type: 'refused', reason });
  });
});
