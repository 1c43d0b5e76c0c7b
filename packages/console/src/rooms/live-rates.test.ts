import { expect, it } from 'vitest';
import type { StatsAnswer } from '../api/shapes.ts';
import { keptSamples, rateOf, type Sample } from './live-rates.ts';

const received = (at: number, n: number): Sample<StatsAnswer> => ({ at, stats: { received: n } as StatsAnswer });
const rate = (...samples: readonly Sample<StatsAnswer>[]) => rateOf(samples, (stats) => stats.received);

it('a rate is what came between the oldest and the newest count, a second', () => {
  expect(rate()).toBeUndefined();
  expect(rate(received(0, 10))).toBeUndefined();
  expect(rate(received(0, 10), received(10_000, 25))).toBe('1.5');
  expect(rate(received(0, 0), received(10_000, 12_340))).toBe('1234');
  expect(rate(received(0, 5), received(10_000, 5))).toBe('0');
  // The server began anew.
  expect(rate(received(0, 500), received(10_000, 3))).toBe('0');
});

it('looks back half a minute', () => {
  let samples: readonly Sample<StatsAnswer>[] = [];
  for (let at = 0; at <= 60_000; at += 5_000) samples = keptSamples(samples, received(at, at));
  expect(samples[0]?.at).toBe(35_000);
  expect(samples.at(-1)?.at).toBe(60_000);
});
