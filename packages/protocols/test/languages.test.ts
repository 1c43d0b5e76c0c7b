import { type Policy, presets } from '@selfsame/identity';
import { describe, expect, it } from 'vitest';
import { mixpanel } from '../src/mixpanel/index.ts';
import { mparticle } from '../src/mparticle/index.ts';
import { native } from '../src/native/index.ts';
import type { Item, Protocol } from '../src/protocol.ts';
import { segment } from '../src/segment/index.ts';
import { createWorld, request, WRITE_KEY } from './world.ts';

/** Values as languages print them, JSON or nearly so. */
const printed = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '-1',
    '7',
    '1.5',
    '1e3',
    '1e20',
    '-0',
    '1e400',
    '-1e999',
    'NaN',
    'Infinity',
    'None',
  ],
  ...['738529527931269425', '-9223372036854775808', '18446744073709551616', '9'.repeat(400), '0.1234567890123456789'],
  ...['""', '" "', '"null"', '"undefined"', '"(not set)"', '"0"', '"000000000000"', '"{{User ID}}"', '"a\\u0000b"'],
  ...[
    '"\\ud83c"',
    '"\\ud83c\\udf33"',
    '"🌳"',
    '"é"',
    `"${'x'.repeat(600)}"`,
    '"-"',
    '"[object Object]"',
    '"__proto__"',
  ],
  ...['[]', '{}', '[[]]', '["a"]', '[null]', '{"a":[]}', '{"__proto__":1}', '{"a":1,"a":2}', '{"constructor":{}}'],
  ...['"2026-11-20 10:20:30.5+00"', '"2026-11-20 10:20:30 UTC"', '"Fri, 20 Nov 2026 10:20:30 GMT"', '"noon"'],
  ...['"0001-01-01T00:00:00Z"', '"0000-00-00 00:00:00"', '1795170030', '1795170030500', '1795170030500000'],
  ...['1795170030500000123', '8640000000000001', '"/Date(1795170030500)/"', '{"$date":"2026-11-20T10:20:30Z"}'],
  ...[`${'['.repeat(40)}${']'.repeat(40)}`, `{${Array.from({ length: 1_001 }, (_, i) => `"k${i}":1`).join()}}`],
];

interface Wire {
  readonly wire: Protocol;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A request of these items. */
  readonly body: (items: readonly string[]) => string;
  /** An item of that name, with one more member where `at` says; `at` empty: none. */
  readonly item: (name: string, at: string, value: string) => string;
  readonly fields: readonly string[];
}

const json = { 'content-type': 'application/json' };
const member = (at: string, field: string, value: string) =>
  at === field ? `,"${field.split('.').pop()}":${value}` : '';
const inside = (at: string, group: string, value: string) =>
  at.startsWith(`${group}.`) ? `,"${group}":{"kept":${value}}` : at === group ? `,"${group}":${value}` : '';

const wires: readonly Wire[] = [
  {
    wire: segment,
    path: '/v1/batch',
    headers: { ...json, authorization: `Basic ${btoa(`${WRITE_KEY}:`)}` },
    body: (items) => `{"batch":[${items.join()}]}`,
    item: (name, at, value) =>
      `{"type":"track","event":"${name}"${at === 'userId' ? '' : ',"userId":"u"'}${['userId', 'anonymousId', 'messageId', 'timestamp', 'originalTimestamp', 'sentAt'].map((field) => member(at, field, value)).join('')}${['properties', 'context'].map((group) => inside(at, group, value)).join('')}}`,
    fields: [
      'userId',
      'anonymousId',
      'messageId',
      'timestamp',
      'originalTimestamp',
      'sentAt',
      'properties',
      'context',
      'properties.kept',
    ],
  },
  {
    wire: native,
    path: '/v1/batch',
    headers: { ...json, authorization: `Bearer ${WRITE_KEY}` },
    body: (items) => `{"items":[${items.join()}]}`,
    item: (name, at, value) =>
      `{"type":"track","name":"${name}"${at === 'ids' ? '' : at === 'ids.user' ? `,"ids":{"user":${value}}` : ',"ids":{"user":"u"}'}${['ids', 'insertId', 'time'].map((field) => member(at, field, value)).join('')}${inside(at, 'properties', value)}}`,
    fields: ['ids', 'ids.user', 'insertId', 'time', 'properties', 'properties.kept'],
  },
  {
    wire: mixpanel,
    path: '/track',
    headers: json,
    body: (items) => `[${items.join()}]`,
    item: (name, at, value) =>
      `{"event":"${name}","properties":{"token":"${WRITE_KEY}"${['distinct_id', '$user_id', '$device_id', '$insert_id', 'time', 'kept'].map((field) => member(at, field, value)).join('')}}}`,
    fields: ['distinct_id', '$user_id', '$device_id', '$insert_id', 'time', 'kept'],
  },
  {
    wire: mparticle,
    path: `/v3/JS/${WRITE_KEY}/events`,
    headers: json,
    body: (items) => `{"environment":"production","mpid":"5","events":[${items.join()}]}`,
    item: (name, at, value) =>
      `{"event_type":"custom_event","data":{"event_name":"${name}"${['source_message_id', 'timestamp_unixtime_ms', 'custom_attributes'].map((field) => member(at, field, value)).join('')}${inside(at, 'product', value)}}}`,
    fields: ['source_message_id', 'timestamp_unixtime_ms', 'custom_attributes', 'product.kept'],
  },
];

/** The value a field must come back with; a whole number beyond 2^53 as its digits. */
const meantBy = (text: string): unknown =>
  /^-?\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text)) ? text : JSON.parse(text);

const nameOf = (item: Item): string | undefined =>
  item.type === 'statement' && item.statement.command.type === 'Track' ? item.statement.command.name : undefined;

/** Numbers from a seed (mulberry32). */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SEED = 20_261_128;
const CASES = 10_000;

describe(`what languages print, in every field of every wire (seed ${SEED})`, () => {
  it(`${CASES} requests: neighbours stay, values are not changed, refusals have a reason`, () => {
    const roll = dice(SEED);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(roll() * list.length)] as T;
    let kept = 0;
    let refused = 0;
    const worlds = new Map(
      wires.map(({ wire }) => [
        wire,
        createWorld(wire, presets['selfsame'] as Policy, { start: Date.UTC(2026, 10, 24) }),
      ]),
    );
    for (let i = 0; i < CASES; i++) {
      const { wire, path, headers, body, item, fields } = pick(wires);
      const [field, value] = [pick(fields), pick(printed)];
      const text = body([item('A', '', ''), item('Odd', field, value), item('B', '', '')]);
      const sent = `${wire.name} ${field} ${value.slice(0, 60)}`;
      const reading = worlds.get(wire)?.read(request('POST', path, text, headers));
      if (reading?.type !== 'items') throw new Error(`${sent}: the request was refused whole`);
      const names = reading.items.map(nameOf);
      expect([sent, names.includes('A'), names.includes('B')]).toEqual([sent, true, true]);
      const odd = reading.items.find((one) => nameOf(one) === 'Odd');
      if (odd === undefined) {
        const reasons = reading.items.flatMap((one) => (one.type === 'refused' ? [one.reason] : []));
        expect([sent, reasons.length]).toEqual([sent, 1]);
        expect(reasons[0]?.length).toBeGreaterThan(5);
        refused += 1;
        continue;
      }
      kept += 1;
      if (!field.endsWith('kept') || odd.type !== 'statement' || odd.statement.command.type !== 'Track') continue;
      const { properties } = odd.statement.command;
      const found = field === 'product.kept' ? (properties['product'] as { kept: unknown }).kept : properties['kept'];
      expect([sent, found]).toEqual([sent, meantBy(value)]);
    }
    expect(kept).toBeGreaterThan(refused);
    expect(refused).toBeGreaterThan(CASES / 20);
  });
});
