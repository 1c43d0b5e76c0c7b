import type { Json } from '@selfsame/identity';
import { describe, expect, it, vi } from 'vitest';
import { isLonger, jsonLength } from '../src/json/length.ts';
import { native } from '../src/native/index.ts';
import { dice } from './dice.ts';
import { host, post, withServerKey } from './native/host.ts';

const seed = Number(process.env['SELFSAME_SEED'] ?? 1);
const RUNS = 3_000;

const signs = ['a', '"', '\\', '\n', '\u0001', '\u007f', 'å', '√', '😀', '\ud83d', '\ude00', '\u2028'];

function made(roll: (below: number) => number, depth: number): Json {
  const text = () => Array.from({ length: roll(6) }, () => signs[roll(signs.length)]).join('');
  switch (roll(depth === 0 ? 3 : 5)) {
    case 0:
      return [null, true, false, 0, -0, 1e21, 5e-324, -1.5, 2 ** 53][roll(9)] as Json;
    case 1:
    case 2:
      return text();
    case 3:
      return Array.from({ length: roll(4) }, () => made(roll, depth - 1));
    default:
      return Object.fromEntries(Array.from({ length: roll(4) }, () => [text(), made(roll, depth - 1)]));
  }
}

describe('the length of a value as JSON', () => {
  it('is that of its JSON, in characters and in bytes; above a limit it is above it', () => {
    console.log(`json length: SELFSAME_SEED=${seed}`);
    for (let run = 0; run < RUNS; run++) {
      const next = dice(seed + run);
      const value = made((below) => Math.floor(next() * below), 4);
      const text = JSON.stringify(value);
      const bytes = Buffer.byteLength(text);
      const about = `${seed + run}: ${text}`;
      expect(jsonLength(value, 'characters'), about).toBe(text.length);
      expect(jsonLength(value, 'bytes'), about).toBe(bytes);
      for (const most of [0, text.length - 1, text.length, text.length + 1])
        expect(jsonLength(value, 'characters', most) > most, `${about} by ${most}`).toBe(text.length > most);
      for (const most of [bytes - 1, bytes])
        expect(jsonLength(value, 'bytes', most) > most, `${about} by ${most}`).toBe(bytes > most);
      for (const most of [0, bytes - 1, bytes, bytes + 1, 6 * bytes]) {
        expect(isLonger(value, 'bytes', most), `${about} by ${most}`).toBe(bytes > most);
        expect(isLonger(value, 'characters', most), `${about} by ${most}`).toBe(text.length > most);
      }
    }
  });

  it('is counted without the text being made: ten megabytes of items are not ten of garbage', () => {
    const items = Array.from({ length: 2_000 }, (_, i) => ({
      type: 'track',
      name: 'Seen',
      ids: { device: `d${i}` },
      properties: { x: 'x'.repeat(5_000) },
    }));
    const request = post(JSON.stringify({ items }), withServerKey);
    const made = vi.spyOn(JSON, 'stringify');
    const read = native.read(request, host);
    const written = made.mock.results.reduce((sum, { value }) => sum + String(value).length, 0);
    made.mockRestore();
    expect(read.type === 'items' && read.items.length).toBe(2_000);
    expect(written).toBe(0);
  });
});
