import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { parseInSteps } from '../src/json/large.ts';
import { measure, parseJson, shapeLimits } from '../src/json/shape.ts';
import { atOnce } from '../src/json/steps.ts';

fc.configureGlobal({ seed: Number(process.env['SELFSAME_SEED']) });

const bytes = (text: string) => new TextEncoder().encode(text);
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const object = (keys: number) =>
  JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, i])));
const array = (length: number) => JSON.stringify(Array.from({ length }, () => 0));

describe('shape before use (S19)', () => {
  it.each([
    ['depth 32', nested(32), undefined],
    ['depth 33', nested(33), 'depth'],
    ['depth of a million', nested(1_000_000), 'depth'],
    ['1,000 keys', object(1_000), undefined],
    ['1,001 keys', object(1_001), 'keys'],
    ['10,000 elements', array(10_000), undefined],
    ['10,001 elements', array(10_001), 'elements'],
    ['the largest number', '1.7976931348623157e308', undefined],
    ['a larger number', '[{"a":1e400}]', 'number'],
    ['a larger number at the root', '-1e400', 'number'],
    ['half a document', '{"a":', 'syntax'],
    ['nothing', '', 'syntax'],
  ])('%s', (_name, text, problem) => {
    const parsed = parseJson(bytes(text));
    if (problem === undefined) expect(parsed).toEqual({ value: JSON.parse(text) });
    else expect(parsed).toMatchObject({ problem });
  });

  it('everything accepted serialises to the same value', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        const parsed = parseJson(bytes(text));
        if ('value' in parsed && !/\d{16}/.test(text))
          expect(JSON.parse(JSON.stringify(parsed.value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (input) => void parseJson(input)));
  });
});

describe('text (S23)', () => {
  it('refuses what is not UTF-8', () => {
    expect(parseJson(new Uint8Array([0x22, 0xc3, 0x28, 0x22]))).toMatchObject({ problem: 'utf-8' });
  });
  it('takes a byte order mark', () => expect(parseJson(bytes('\ufeff{"a":1}'))).toEqual({ value: { a: 1 } }));
  it('quotes nothing of the input (S40)', () =>
    expect(JSON.stringify(parseJson(bytes('{"secret'))).includes('secret')).toBe(false));
});

it.each([
  ['whole numbers', (i: number) => `${i}`],
  ['multiples of 2^16', (i: number) => `${i * 65_536}`],
  ['words', (i: number) => `k${i}`],
])('131,072 keys that are %s are refused before anything is looked up by them (S21)', (what, name) => {
  const text = `{${Array.from({ length: 131_072 }, (_, i) => `"${name(i)}":0`).join()}}`;
  const before = process.threadCpuUsage();
  const parsed = parseJson(text);
  const { user, system } = process.threadCpuUsage(before);
  console.log(`S21: 131,072 keys, ${what}: refused after ${((user + system) / 1_000).toFixed(1)} ms of CPU`);
  expect(parsed).toMatchObject({ problem: 'keys' });
  // Keys that fall together in a table take minutes.
  expect(user + system).toBeLessThan(1_000_000);
});

it('a long list of numbers is measured where it stands, and a number too large is found wherever it is', () => {
  const list = Array.from({ length: 9_000 }, (_, i) => i);
  const noted = vi.spyOn(Array.prototype, 'push');
  const measured = measure(list, shapeLimits);
  const notes = noted.mock.calls.length;
  noted.mockRestore();
  expect(measured).toEqual({ keys: 0 });
  expect(notes).toBe(0);
  for (const one of [Number.POSITIVE_INFINITY, [1, -Infinity], { a: { b: [{ c: Infinity }] } }])
    expect(measure(one, shapeLimits)).toMatchObject({ problem: 'number' });
});

it('a limit refuses before JSON is read: of what is no JSON it says the limit (S19, S21)', () => {
  const { depth, keys, elements } = shapeLimits;
  const unended = {
    keys: `{${Array.from({ length: keys + 1 }, (_, i) => `"${i}":0`).join()}`,
    elements: `[${Array.from({ length: elements + 1 }, () => '0').join()}`,
    depth: '['.repeat(depth + 1),
  };
  for (const [problem, text] of Object.entries(unended)) {
    expect(parseJson(text)).toMatchObject({ problem });
    expect(atOnce(parseInSteps(text, {}, 64))).toMatchObject({ problem });
  }
});

describe('repeated keys (S24)', () => {
  it.each([
    ['{"a":1,"a":1}', true],
    ['{"a":1,"\\u0061":2}', true],
    ['{"a" : 1 , "b" : {"c":1,"c":2} }', true],
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', false],
    ['{"a":"a\\":1,\\"a\\\\","b":"\\\\"}', false],
    ['{"a":"x","b":["a","b"]}', false],
    ['{"__proto__":1,"__proto__":2}', true],
  ])('%s', (text, repeated) => expect('problem' in parseJson(bytes(text))).toBe(repeated));

  it('asks only about the names that matter, when told which', () => {
    const unique = new Set(['token']);
    expect(parseJson('{"p":1,"p":2,"token":1}', { unique })).toEqual({ value: { p: 2, token: 1 } });
    expect(parseJson('[{"p":{"token":1,"tok\\u0065n":2}}]', { unique })).toMatchObject({ problem: 'repeated-key' });
    expect(parseJson('{"p":1,"p":2,"a":{"token":1},"b":{"token":1}}', { unique })).toHaveProperty('value');
  });

  it('finds a repeated key wherever it stands', () => {
    const tree = fc.letrec((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.constant('{}'), fc.constant('"\\""'), tie('object'), tie('array')),
      array: fc.array(tie('value'), { maxLength: 3 }).map((all) => `[${all.join(',')}]`),
      object: fc
        .array(fc.tuple(fc.constantFrom('a', 'b', '\\u0062', '\\"', ':'), tie('value')), { maxLength: 3 })
        .map((all) => `{${all.map(([key, value]) => `"${key}":${value}`).join(',')}}`),
    })).object;
    fc.assert(
      fc.property(tree, (text) => {
        const all = parseJson(text as string);
        const named = parseJson(text as string, { unique: new Set(['a', 'b', '"', ':']) });
        expect('problem' in named).toBe('problem' in all);
      }),
    );
  });
});

describe('prototype keys (S20)', () => {
  it('are data', () => {
    const parsed = parseJson('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(Object.hasOwn('value' in parsed ? (parsed.value as object) : {}, '__proto__')).toBe(true);
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});

describe('big integers', () => {
  const text = '{"mpid":8817374283749283741,"n":-9007199254740993,"small":9007199254740991,"float":1234567890123456.5}';
  it('keep their digits, as text', () =>
    expect(parseJson(text)).toEqual({
      value: {
        mpid: '8817374283749283741',
        n: '-9007199254740993',
        small: 9007199254740991,
        float: 1234567890123456.5,
      },
    }));
  it('of any length, and nothing else', () =>
    expect(parseJson(`[${'9'.repeat(400)}, 1e20, 0.12345678901234567890, "9007199254740993"]`)).toEqual({
      value: ['9'.repeat(400), 1e20, 0.12345678901234568, '9007199254740993'],
    }));
});
