import { describe, expect, it } from 'vitest';
import { readRange } from './range.ts';

const now = new Date(2026, 2, 20, 15, 30).getTime();
const midnight = (year: number, month: number, day: number) => new Date(year, month - 1, day).getTime();
const range = (address: string) => readRange(new URLSearchParams(address), now);

describe('the time a question speaks of', () => {
  it.each([
    ['30 days up to today when nothing is said', '', { from: midnight(2026, 3, 20) - 29 * 86_400_000 }],
    ['a span', 'range=7d', { from: midnight(2026, 3, 14) }],
    ['all time', 'range=all', {}],
    ['nonsense as the standard', 'range=soon', { from: midnight(2026, 3, 20) - 29 * 86_400_000 }],
    [
      'two days, the last included',
      'from=2026-01-05&to=2026-01-06',
      { from: midnight(2026, 1, 5), to: midnight(2026, 1, 7) },
    ],
    ['an open end', 'from=2026-01-05', { from: midnight(2026, 1, 5) }],
  ])('is %s', (_, address, expected) => {
    expect(range(address)).toEqual(expected);
  });
});
