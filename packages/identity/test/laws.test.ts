import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, presets, type Statement } from '../src/index.ts';
import { digestOf, history } from './history.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED'] ?? Date.now() % 2 ** 31);
console.log(`identity laws: seed ${seed}`);
const runs = (normal: number) => ({ seed, numRuns: long ? normal * 10 : normal });

const timeOrdered = ['selfsame', 'xo', 'spid'].map((name) => presets[name] as Policy);

const shuffled = (size = { minLength: 2, maxLength: 30 }) =>
  history(size).chain((items) => fc.tuple(fc.constant(items), fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length })));

describe('laws', () => {
  it.each(timeOrdered.map((policy) => [policy.preset, policy] as const))('[G8] %s: one graph for every order of arrival', (_name, policy) => {
    fc.assert(
      fc.property(shuffled(), ([items, other]) => {
        expect(digestOf(other, policy)).toBe(digestOf(items, policy));
      }),
      runs(3_400),
    );
  });
});
export type { Statement };
