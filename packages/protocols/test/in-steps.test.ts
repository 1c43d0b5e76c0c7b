import { type Policy, presets } from '@selfsame/identity';
import { expect, it } from 'vitest';
import { decodeBase64 } from '../src/base64.ts';
import { parseItems, parseItemsInSteps } from '../src/json/items.ts';
import { parseInSteps } from '../src/json/large.ts';
import { type Parsed, type ParseOptions, parseJson, repeatedKey } from '../src/json/shape.ts';
import { atOnce, STEP } from '../src/json/steps.ts';
import { decodeInSteps, decodeText } from '../src/json/text.ts';
import { mixpanel } from '../src/mixpanel/index.ts';
import { native } from '../src/native/index.ts';
import type { Protocol, WireRequest } from '../src/protocol.ts';
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
    const inSteps = atOnce(parseInSteps(sent, options, step));
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
    expect(atOnce(decodeInSteps(bytes, step)), `${seed + run}: ${[...bytes]} by ${step}`).toBe(decodeText(bytes));
  }
});

it('of ten megabytes no step has more than the next few', () => {
  const long = Array.from({ length: 2_000 }, (_, i) => ({
    insertId: `i${i}`,
    text: 'å,"'.repeat(1_000),
    n: [i, { i }],
  }));
  for (const items of [long, [...long, { deep: JSON.parse('['.repeat(40) + ']'.repeat(40)) }]]) {
    const sent = new TextEncoder().encode(JSON.stringify({ items }));
    const options = { way: ['items'], names: ['insertId'] };
    let steps = 0;
    const reading = parseItemsInSteps(sent, options);
    let step = reading.next();
    for (; step.done !== true; step = reading.next()) steps += 1;
    expect(steps).toBeGreaterThan(sent.length / STEP);
    expect(step.value).toEqual(parseItems(sent, options));
    console.log(`${sent.length} bytes in ${steps} steps`);
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
