import { describe, expect, it } from 'vitest';
import { type RangeWords, rangeBefore, readRange } from './range.ts';

const words = (some: Partial<RangeWords>): RangeWords => ({ range: null, from: null, to: null, ...some });
const utc = (text: string) => Date.parse(`${text}Z`);

describe('the time a question speaks of', () => {
  // The clocks of New York go forward on 8 March, those of Berlin on the 29th; Kathmandu is 5:45 ahead.
  const now = utc('2026-03-20T15:30');
  it.each([
    ['UTC', {}, '2026-02-19T00:00', undefined],
    ['America/New_York', {}, '2026-02-19T05:00', undefined],
    ['America/New_York', { range: '7d' }, '2026-03-14T04:00', undefined],
    ['Europe/Berlin', { range: '7d' }, '2026-03-13T23:00', undefined],
    ['Asia/Kathmandu', { range: 'today' }, '2026-03-19T18:15', undefined],
    ['Asia/Kathmandu', { range: 'all' }, undefined, undefined],
    ['UTC', { range: 'soon' }, '2026-02-19T00:00', undefined],
    ['America/New_York', { from: '2026-03-07', to: '2026-03-08' }, '2026-03-07T05:00', '2026-03-09T04:00'],
    ['Europe/Berlin', { from: '2026-03-29', to: '2026-03-29' }, '2026-03-28T23:00', '2026-03-29T22:00'],
    ['UTC', { from: '2026-01-05' }, '2026-01-05T00:00', undefined],
    ['UTC', { from: '2026-13-45', to: '2026-01-06' }, undefined, '2026-01-07T00:00'],
  ])('in %s, %o', (zone, some, from, to) => {
    expect(readRange(words(some), now, zone)).toEqual({
      ...(from === undefined ? {} : { from: utc(from) }),
      ...(to === undefined ? {} : { to: utc(to) }),
    });
  });

  it('has a stretch of as many days before it', () => {
    const zone = 'America/New_York';
    const range = readRange(words({ range: '7d' }), now, zone);
    expect(rangeBefore(range, now, zone)).toEqual({ from: utc('2026-03-07T05:00'), to: utc('2026-03-14T04:00') });
    expect(rangeBefore({}, now, zone)).toBeUndefined();
  });
});
