import { type Policy, presets } from '@selfsame/identity';
import { expect, it, vi } from 'vitest';
import { decodeBase64 } from '../src/base64.ts';
import { parseItems, parseItemsInSteps } from '../src/json/items.ts';
import { parseInSteps } from '../src/json/large.ts';
import { LongText } from '../src/json/long-text.ts';
import { lineTexts, memberSpan, memberSpans } from '../src/json/parts.ts';
import { type Parsed, type ParseOptions, parseJson, repeatedKey } from '../src/json/shape.ts';
import { atOnce, STEP } from '../src/json/steps.ts';
import { decodeInSteps, decodeText } from '../src/json/text.ts';
import { mixpanel } from '../src/mixpanel/index.ts';
import { native } from '../src/native/index.ts';
import type { Protocol, WireRequest } from '../src/protocol.ts';
import { segment } from '../src/segment/index.ts';
import { dice } from './dice.ts';
import { createWorld, PUBLIC_KEY, request, SERVER_KEY } from './world.ts';

const seed = Number(process.env['SELFSAME_SEED'] ?? Date.now() % 2 ** 31);
const RUNS = process.env['SELFSAME_LONG'] === '1' ? 300_000 : 6_000;

/** Whole numbers below another, from a seed. */
function wholes(from: number): (below: number) => number {
  const roll = dice(from);
  return (below) => Math.floor(roll() * below);
}
type Roll = ReturnType<typeof wholes>;
const of = <T>(roll: Roll, list: readonly T[]): T => list[roll(list.length)] as T;

const blank = (roll: Roll) => (roll(4) > 0 ? '' : ' \n\t'.repeat(roll(4)));
const scalars = ['1', '-2.5e3', '12345678901234567890', '1e400', 'true', 'null', '""', '"a,b]"', '"\\""', '"\\\\"'];
const names = ['"a"', '"b"', '"__proto__"', '"\\u0061"', '"7"', '"long name of a member"'];

function text(roll: Roll, depth: number): string {
  const [before, after] = [blank(roll), blank(roll)];
  const size = roll(6);
  switch (depth === 0 ? 2 : roll(4)) {
    case 0:
      return `${before}[${Array.from({ length: size }, () => text(roll, depth - 1)).join()}]${after}`;
    case 1: {
      const members = Array.from({ length: size }, () => `${blank(roll)}${of(roll, names)}:${text(roll, depth - 1)}`);
      return `${before}{${members.join()}${size === 0 ? blank(roll) : ''}}${after}`;
    }
    default:
      return `${before}${of(roll, scalars)}${after}`;
  }
}

/** With a sign too many, too few or another. */
function spoiled(roll: Roll, good: string): string {
  const at = roll(good.length + 1);
  const sign = of(roll, [',', ':', '[', ']', '{', '}', '"', '\\', ' ', '1', '']);
  return good.slice(0, at) + sign + good.slice(at + roll(2));
}

/** As it is decoded where it is long. */
function inParts(roll: Roll, whole: string): LongText {
  const parts: string[] = [];
  for (let at = 0, next = 0; at < whole.length; at = next) {
    next = at + 1 + roll(9);
    if (/[\udc00-\udfff]/.test(whole[next] ?? '')) next += 1;
    parts.push(whole.slice(at, next));
  }
  return new LongText(parts);
}

it('a text in parts says what it says as one string', () => {
  for (let run = 0; run < 500; run++) {
    const roll = wholes(seed + run);
    const whole = spoiled(roll, text(roll, 3));
    const long = inParts(roll, whole);
    const about = JSON.stringify({ run: seed + run, whole });
    const [from, to] = [roll(whole.length + 1), roll(whole.length + 1)].sort((a, b) => a - b) as [number, number];
    expect([long.length, String(long)], about).toEqual([whole.length, whole]);
    for (const at of [from, to, 0, from - 1, -1]) expect(long.charCodeAt(at), about).toEqual(whole.charCodeAt(at));
    expect([long.slice(from, to), String(long.cut(from, to))], about).toEqual(Array(2).fill(whole.slice(from, to)));
    for (const sign of ['"', ',', 'x']) expect(long.indexOf(sign, from), about).toBe(whole.indexOf(sign, from));
    expect(long.search(/[^\s\uFEFF]/), about).toBe(whole.search(/[^\s\uFEFF]/));
    expect(atOnce(memberSpans(long)), about).toEqual(atOnce(memberSpans(whole)));
    expect(atOnce(lineTexts(long, 9)).map(String), about).toEqual(atOnce(lineTexts(whole, 9)));
  }
});

it('what is parsed in steps is what is parsed at once, whatever is wrong with it', () => {
  console.log(`in steps: SELFSAME_SEED=${seed}`);
  let refused = 0;
  for (let run = 0; run < RUNS; run++) {
    const roll = wholes(seed + run);
    let sent = text(roll, 5);
    for (let spoils = roll(3); spoils > 0; spoils--) sent = spoiled(roll, sent);
    const options: ParseOptions = of(roll, [
      {},
      { unique: new Set(['a']) },
      { depth: 2 },
      { keys: 3, elements: 3 },
      { unique: new Set<string>() },
    ]);
    // A number that a repeated member hides is found in steps and not at once: refused either way.
    if (options.unique !== undefined) sent = sent.replace(/e\d{3,}/g, 'e40');
    const alike = (read: Parsed) => ('problem' in read && read.problem === 'number' ? repeatedKey : read);
    const once = parseJson(sent, options);
    if ('problem' in once) refused += 1;
    const step = 1 + roll(40);
    const inSteps = atOnce(parseInSteps(roll(2) === 0 ? sent : inParts(roll, sent), options, step));
    const about = `${JSON.stringify({ run: seed + run, step, sent, options })}`;
    expect(alike(inSteps), about).toEqual(alike(once));
    // The order of members and what hides behind a prototype too.
    if ('value' in once && 'value' in inSteps) expect(JSON.stringify(inSteps), about).toBe(JSON.stringify(once));
  }
  console.log(`${RUNS} texts, of which ${refused} were refused alike`);
});

it('bytes become the same text in steps, however they are cut', () => {
  const pieces = ['a', ',', 'å', '√', '😀', '\ufeff', '\u0800'].map((one) => [...new TextEncoder().encode(one)]);
  // Halves of characters as Java writes them, and bytes that are nothing.
  pieces.push(
    [0xed, 0xa0, 0xbd],
    [0xed, 0xb8, 0x80],
    [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
    [0x80],
    [0xc3],
    [0xed],
    [0xf0, 0x9f],
  );
  for (let run = 0; run < RUNS; run++) {
    const roll = wholes(seed + run);
    const bytes = Uint8Array.from(Array.from({ length: roll(30) }, () => of(roll, pieces)).flat());
    const step = 1 + roll(9);
    expect(String(atOnce(decodeInSteps(bytes, step))), `${seed + run}: ${[...bytes]} by ${step}`).toBe(
      decodeText(bytes),
    );
  }
});

it('of ten megabytes no step has more than the next few, and no string is longer', () => {
  let longest = 0;
  const note = (made: string) => {
    longest = Math.max(longest, made.length);
    return made;
  };
  const { slice, toString: inOne } = LongText.prototype;
  vi.spyOn(LongText.prototype, 'slice').mockImplementation(function (this: LongText, from, to) {
    return note(slice.call(this, from, to));
  });
  vi.spyOn(LongText.prototype, 'toString').mockImplementation(function (this: LongText) {
    return note(inOne.call(this));
  });
  const long = Array.from({ length: 2_000 }, (_, i) => ({
    insertId: `i${i}`,
    text: 'å,"'.repeat(1_000),
    n: [i, { i }],
  }));
  const tooDeep = { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) };
  // Also of what stands beside the items, and of one item alone.
  const part = long.slice(0, 300);
  const bodies = [{ items: long }, { items: [...part, tooDeep] }, { beside: part, items: [tooDeep, 1] }];
  for (const body of [...bodies, { items: [{ part, tooDeep }, 1] }]) {
    const sent = new TextEncoder().encode(JSON.stringify(body));
    const whole = atOnce(decodeInSteps(sent));
    expect(whole instanceof LongText && Math.max(...whole.parts().map(({ length }) => length))).toBeLessThan(STEP + 9);
    const options = { way: ['items'], names: ['insertId'] };
    let steps = 0;
    const reading = parseItemsInSteps(sent, options);
    let step = reading.next();
    for (; step.done !== true; step = reading.next()) steps += 1;
    expect(steps).toBeGreaterThan(sent.length / STEP);
    expect(step.value).toEqual(parseItems(sent, options));
    console.log(`${sent.length} bytes in ${steps} steps, the longest string of ${longest} characters`);
    expect(longest).toBeLessThan(2 * STEP);
  }
  vi.restoreAllMocks();
});

it('a text value, a name and blanks that are longer than a step are read in steps, too', () => {
  const long = 'å\\n\\u00e5\\"\\\\'.repeat(40_000);
  let longest = 0;
  const parse = JSON.parse;
  vi.spyOn(JSON, 'parse').mockImplementation((text: string, ...rest: readonly []) => {
    longest = Math.max(longest, text.length);
    return parse(text, ...rest);
  });
  const blanks = ' \n'.repeat(2 * STEP);
  for (const [sent, most] of [
    [`"${long}"`, STEP],
    [`{"items":[1,"${long}",${blanks}2,${blanks}],"a":${blanks}"${long}"${blanks}}`, 2 * STEP],
    [`{"items":[1,"${long}",${blanks}2],"a":${blanks}"${long}"${blanks}}${blanks}`, 2 * STEP],
    [`{"items":["${long}" 1]}`, 2 * STEP],
    [`{"items":["${long}" "${long}"]}`, 2 * STEP],
    [`{"items":"${long}`, 2 * STEP],
    [`{"items":"${long}\\u12"}`, 2 * STEP],
    [`{"items":[1]}${'x'.repeat(2 * 1_048_576)}`, 2 * STEP],
    [`[${'1'.repeat(2 * 1_048_576)}`, 2 * STEP],
    // A name is what it is.
    [`{"${long}":1,"b":"${long}"}`, 2 * long.length],
  ] as const) {
    longest = 0;
    const read = atOnce(parseInSteps(new LongText(sent.match(/[\s\S]{1,60000}/g) as string[])));
    expect(longest, sent.slice(0, 30)).toBeLessThan(most + 100);
    expect(JSON.stringify(read) === JSON.stringify(parseJson(sent)), sent.slice(0, 30)).toBe(true);
  }
  vi.restoreAllMocks();
});

it('a text value is cut between no two signs that spell one, wherever a step ends', () => {
  for (const text of ['[1,"\\u00e9\\ud83d1.5e-7\\\\\\ude00",true]', '["\\\\\\\\\\n\\u0041\\n\\u0042\\"\\\\\\u0043"]'])
    for (let step = 1; step < text.length; step++)
      expect([step, atOnce(parseInSteps(text, {}, step))]).toEqual([step, { value: JSON.parse(text) }]);
});

it('what stands in pieces without a name is gone through once, and not once for each piece', () => {
  let looked = 0;
  class Counted extends LongText {
    override indexOf(sign: string, from: number): number {
      const found = super.indexOf(sign, from);
      looked += (found < 0 ? this.length : found) - from;
      return found;
    }
    override slice(from: number, to = this.length): string {
      looked += to - from;
      return super.slice(from, to);
    }
  }
  for (const piece of ['1,', '"a",', '"a" ,1,']) {
    const sent = new Counted(Array.from({ length: 2_000 }, (_, i) => (i === 0 ? `{${piece}` : piece)));
    looked = 0;
    expect(atOnce(memberSpan(sent, 'items'))).toBe(undefined);
    expect(looked / sent.length, piece).toBeLessThan(4);
  }
});

const events = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    event: 'Seen',
    properties: {
      token: PUBLIC_KEY,
      distinct_id: `u${i}`,
      $insert_id: `i${i}`,
      time: 1_764_000_000,
      text: 'å'.repeat(900),
    },
  }));
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64');
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const json = { 'content-type': 'application/json' };
const large: readonly (readonly [string, Protocol, WireRequest])[] = [
  ['Mixpanel, JSON', mixpanel, request('POST', '/track', JSON.stringify(events(500)), json)],
  ['Mixpanel, a form', mixpanel, request('POST', '/track', `data=${encodeURIComponent(encoded(events(500)))}`, form)],
  [
    'Mixpanel, a form of JSON',
    mixpanel,
    request('POST', '/track', `data=${encodeURIComponent(JSON.stringify(events(300)))}`, form),
  ],
  [
    'Mixpanel, lines',
    mixpanel,
    request(
      'POST',
      '/track',
      events(500)
        .map((one) => JSON.stringify(one))
        .join('\n'),
      json,
    ),
  ],
  [
    'our own',
    native,
    request(
      'POST',
      '/batch',
      JSON.stringify({
        items: events(500).map((one, i) => ({ type: 'track', name: 'Seen', ids: { user: `u${i}` }, properties: one })),
      }),
      { ...json, authorization: `Bearer ${SERVER_KEY}` },
    ),
  ],
  [
    'Segment',
    segment,
    request(
      'POST',
      '/v1/batch',
      JSON.stringify({
        batch: events(200).map((one, i) => ({ type: 'track', userId: `u${i}`, event: 'Seen', properties: one })),
      }),
      { ...json, authorization: `Basic ${btoa(`${SERVER_KEY}:`)}` },
    ),
  ],
];

it.each(large)('a large body is read in steps, and as at once: %s', async (_name, wire, sent) => {
  const { host } = createWorld(wire, presets['selfsame'] as Policy);
  const reading = wire.readInSteps?.(sent, host);
  if (reading === undefined) throw new Error('has no steps');
  let steps = 0;
  let step = reading.next();
  for (; step.done !== true; step = reading.next()) {
    steps += 1;
    // Others are read in between, small ones at once.
    if (steps % 7 === 0) decodeBase64(new TextEncoder().encode(encoded('x'.repeat(1_000))));
  }
  const once = await wire.read(sent, host);
  expect(steps).toBeGreaterThan(sent.body.length / STEP);
  expect(step.value.type).toBe('items');
  expect(JSON.stringify(step.value)).toBe(JSON.stringify(once));
});
