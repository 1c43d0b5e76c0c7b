import { dice } from '@selfsame/store/traffic';
import { describe, expect, it } from 'vitest';
import { KeyTable } from '../src/seen/key-table.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`key-table: SELFSAME_SEED=${seed}`);

describe('a table of keys', () => {
  const roll = dice(seed);
  const pairs = Array.from({ length: 50_000 }, (_, i) => [Math.floor(roll() * 2 ** 53), i + 1] as const);
  // Hashes that are said twice, that start at one place, and those at both ends.
  const hash = (n: number) => (pairs[n] as readonly [number, number])[0];
  for (let i = 0; i < 1_000; i++) pairs.push([hash(i), 60_000 + i], [i * 2 ** 20, 70_000 + i]);
  pairs.push([0, 80_000], [2 ** 53 - 1, 80_001]);

  const table = new KeyTable();
  for (const [hash, position] of pairs) table.add(hash, position);
  const expected = new Map<number, number[]>();
  for (const [hash, position] of pairs) expected.set(hash, [position, ...(expected.get(hash) ?? [])]);

  it('finds every position of a hash, the latest first, and none of others', () => {
    expect(table.size).toBe(pairs.length);
    for (const [hash, positions] of expected) expect(table.find(hash)).toEqual(positions);
    for (let i = 0; i < 10_000; i++) {
      const other = Math.floor(roll() * 2 ** 53);
      expect(table.find(other)).toEqual(expected.get(other) ?? []);
    }
  });

  it('gives all pairs in the order of their hashes', () => {
    const given = [...table.inOrder()];
    expect(given.map(([hash]) => hash)).toEqual(pairs.map(([hash]) => hash).sort((a, b) => a - b));
    expect(new Set(given.map(([, position]) => position)).size).toBe(pairs.length);
  });

  it('takes in another one', () => {
    const both = new KeyTable();
    both.add(7, 1);
    both.addAll(table);
    expect(both.size).toBe(pairs.length + 1);
    expect(both.find(7)).toEqual([1]);
    for (const [hash, positions] of expected) expect(both.find(hash)).toEqual(positions);
  });
});
