import { describe, expect, it } from 'vitest';
import { compareClaims } from '../src/evidence/order.ts';
import type { Claim, Entry, IdentifierKey } from '../src/index.ts';
import { eventTime, untimedOf, withTimeNote } from '../src/words/time.ts';

const arrived = 10_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('when an item happened', () => {
  it.each([
    ['[T1] without a time, when it arrived', {}, arrived],
    ['[T2] a clock that is a minute off is taken at its word', { time: 5_000, sentAt: arrived + 60_000 }, 5_000],
    ['[T2] one that is an hour fast is put right', { time: arrived + HOUR - 5, sentAt: arrived + HOUR }, arrived - 5],
    ['[T2] one that seems an hour slow was perhaps delayed', { time: 5_000, sentAt: arrived - HOUR }, 5_000],
    ['[T2] nothing is sent before it happens', { time: 5_000, sentAt: -62_135_596_800_000 }, 5_000],
    ['[T2] nor years after', { time: 5_000, sentAt: 253_402_300_799_000 }, 5_000],
    ['[T3] not after it arrived', { time: arrived + 1 }, arrived],
    ['[T3] nor by a clock that is put right', { time: arrived + HOUR + 5, sentAt: arrived + HOUR }, arrived],
  ])('%s', (_rule, said, time) => {
    expect(eventTime(said, arrived)).toBe(time);
  });
});

describe('an item whose time is not believed', () => {
  const kept = { status: 'applied', notes: [] } as const;
  const reasons = (said: { readonly time?: number; readonly sentAt?: number; readonly untimed?: 'unreadable' }) => {
    const untimed = untimedOf(said, arrived);
    return withTimeNote(kept, { ...(untimed && { untimed }) } as Entry).notes.map(({ rule }) => rule);
  };
  it.each([
    ['[T1] one that cannot be read', { untimed: 'unreadable' as const }, ['T1']],
    ['[T1] none at all is no news', {}, []],
    ['[T3] a day ahead is a clock', { time: arrived + DAY }, []],
    ['[T3] more than a day is not', { time: arrived + DAY + 1 }, ['T3']],
    ['[T2] a clock known to be ahead', { time: arrived + 3 * DAY - 5, sentAt: arrived + 3 * DAY }, []],
  ])('%s', (_rule, said, rules) => expect(reasons(said)).toEqual(rules));

  it('leaves no note where nothing of the item is kept', () => {
    const duplicate = { status: 'duplicate', notes: [] } as const;
    expect(withTimeNote(duplicate, { untimed: 'unreadable' } as Entry)).toBe(duplicate);
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
