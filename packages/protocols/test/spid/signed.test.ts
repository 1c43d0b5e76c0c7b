import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSigned, sign, signatureOf } from '../../src/signed-blob.ts';
import { createPlatform, signed } from './platform-world.ts';
import { sampleTraits, signedAnswer, vectors } from './vectors.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const hostOf = (secret: string) => createPlatform({ secret }).host;
const open = (blob: string, secret = 'test') => openSigned(blob, 'shop', hostOf(secret));

describe('published blobs', () => {
  it.each(vectors)('$name', ({ blob, secret, over }) => {
    expect(open(blob, secret)).toMatchObject({ over });
    expect(open(blob, `${secret}x`)).toEqual({ problem: 'the signature is wrong' });
  });

  it('the sample says what its page says', () => {
    const { algorithm, t, ...traits } = (open(vectors[0]!.blob) as { payload: Record<string, unknown> }).payload;
    expect({ algorithm, t, traits }).toEqual({ algorithm: 'HMAC-SHA256', t: 1372150257.11, traits: sampleTraits });
  });

  it('we sign as the vendor does', () => {
    const { secret, sig, data } = signedAnswer;
    const host = hostOf(secret);
    expect(signatureOf(data, 'shop', host)).toBe(sig);
    expect(sign(JSON.parse(Buffer.from(data, 'base64url').toString()), 'shop', host)).toBe(`${sig}.${data}`);
  });
});

/** S6: an edit anywhere, also one that a lenient decoder would read as the same bytes. */
it('every single-character edit of every blob is refused', () => {
  const alphabet = [
    ...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
    '.',
    '=',
    '+',
    '/',
    ' ',
    '\n',
    'é',
  ];
  let edits = 0;
  const accepted: string[] = [];
  for (const { blob, secret } of vectors) {
    const host = hostOf(secret);
    for (let at = 0; at <= blob.length; at++) {
      const [before, after] = [blob.slice(0, at), blob.slice(at)];
      const rest = after.slice(1);
      const edited = new Set([
        before + rest,
        ...alphabet.flatMap((one) => [before + one + rest, before + one + after]),
      ]);
      edited.delete(blob);
      for (const text of edited) {
        edits += 1;
        if (!('problem' in openSigned(text, 'shop', host))) accepted.push(text);
      }
    }
  }
  expect(accepted).toEqual([]);
  expect(edits).toBeGreaterThan(15_000);
});

describe('form', () => {
  const [signature = '', payload = ''] = signed({ a: 1 }).split('.');
  it.each([
    ['nothing', ''],
    ['no dot', `${signature}${payload}`],
    ['no signature', `.${payload}`],
    ['no payload', `${signature}.`],
    ['three parts', `${signature}.${payload}.`],
    ['parts changed over', `${payload}.${signature}`],
    ['padding', `${signature}=.${payload}`],
    ['the other alphabet', `${signature.replaceAll('-', '+').replaceAll('_', '/')}+.${payload}`],
    ['a short signature', `${Buffer.from(signature, 'base64url').subarray(0, 31).toString('base64url')}.${payload}`],
    ['a signature in hex', `${Buffer.from(signature, 'base64url').toString('hex')}.${payload}`],
    ['an array', signed([1])],
    ['null', signed('null')],
    ['a number', signed('1')],
    ['no JSON', signed('{')],
    ['a name twice', signed('{"sub":"1","sub":"2"}')],
    ['a number that is none', signed('{"a":1e999}')],
    ['bytes that are no text', rawlySigned(Buffer.from([0x7b, 0xff, 0x7d]))],
  ])('%s is refused', (_name, blob) => expect(open(blob)).toHaveProperty('problem'));

  it.each([
    ['HMAC-SHA256', true],
    ['hmac-sha256', true],
    [undefined, true],
    ['none', false],
    ['HMAC-SHA1', false],
    ['', false],
    [null, false],
    [['HMAC-SHA256'], false],
  ])('algorithm %j: %j', (algorithm, isTaken) => {
    expect('payload' in open(signed({ a: 1, algorithm }))).toBe(isTaken);
  });

  it('a signature of any other length is refused, and is no exception (S4)', () => {
    for (let length = 0; length <= 100; length++) {
      const bytes = Buffer.alloc(length, Buffer.from(signature, 'base64url'));
      const opened = open(`${bytes.toString('base64url')}.${payload}`);
      expect([length, 'payload' in opened]).toEqual([length, length === 32]);
    }
  });

  it('what PHP escapes is hashed as it came', () => {
    expect(open(signed('{"a":"\\/\\u00e5"}'))).toMatchObject({ payload: { a: '/å' } });
  });

  it('a prototype key is a name like any other', () => {
    const { payload: traits } = open(signed('{"__proto__":1}')) as { payload: object };
    expect(Object.keys(traits)).toEqual(['__proto__']);
  });
});

it('opens what it signs, and nothing else', () => {
  const host = hostOf('test');
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.boolean(), fc.integer())), (value) => {
      fc.pre(!('algorithm' in value));
      const opened = openSigned(sign(value, 'shop', host), 'shop', host);
      expect(opened).toMatchObject({ over: 'payload-text' });
      expect(JSON.stringify((opened as { payload: object }).payload)).toBe(JSON.stringify(value));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(openSigned(text, 'shop', host)).toHaveProperty('problem');
    }),
  );
});

function rawlySigned(bytes: Buffer): string {
  const text = bytes.toString('base64url');
  return `${createHmac('sha256', 'test').update(text).digest('base64url')}.${text}`;
}
