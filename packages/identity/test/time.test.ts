import { describe, expect, it } from 'vitest';
import type { Claim, IdentifierKey } from '../src/index.ts';
import { compareClaims } from '../src/order.ts';
import { eventTime } from '../src/time.ts';

const arrived = 10_000_000;

describe('when an item happened', () => {
  it.each([
    ['[T1] without a time, when it arrived', {}, arrived],
    ['[T2] a clock that is a minute off is taken at its word', { time: 5_000, sentAt: arrived - 60_000 }, 5_000],
    ['[T2] one that is an hour slow is put right', { time: 5_000, sentAt: arrived - 3_600_000 }, 3_605_000],
    ['[T3] not after it arrived', { time: arrived + 1 }, arrived],
    ['[T3] nor by a clock that is put right', { time: arrived, sentAt: arrived - 3_600_000 }, arrived],
  ])('%s', (_rule, said, time) => {
    expect(eventTime(said, arrived)).toBe(time);
  });
});

it('[O3] claims of one time and insert id have an order of their own, whichever came first', () => {
  const claim = (position: number, owner: string): Claim => ({
    position,
    time: 5_000,
    tie: 'i',
    wire: 'native',
    trust: 0,
    owner: owner as IdentifierKey,
  });
  const claims = [claim(1, 'user:ann'), claim(2, 'user:bob')];
  const sorted = (list: readonly Claim[]) => list.toSorted((a, b) => compareClaims('time', a, b));
  expect(sorted(claims.toReversed())).toEqual(sorted(claims));
});
