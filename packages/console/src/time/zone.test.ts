import { describe, expect, it } from 'vitest';
import { instantOf, isoDay, midnight, midnightOf, wallOf } from './zone.ts';

const utc = (text: string) => Date.parse(`${text}Z`);
const said = (instant: number | undefined) => instant && new Date(instant).toISOString().slice(0, 16);

describe('a day begins at midnight by the clocks of its zone', () => {
  it.each([
    ['UTC', '2026-03-08', '2026-03-08T00:00'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00'],
    ['America/New_York', '2026-03-09', '2026-03-09T04:00'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00'],
    ['Europe/Berlin', '2026-10-26', '2026-10-25T23:00'],
    ['Asia/Kathmandu', '2026-03-08', '2026-03-07T18:15'],
    // There the clocks jump from midnight to one: the day begins at one.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00'],
    // And there they go back from one to midnight: the first of the two midnights begins the day.
    ['America/Havana', '2026-11-01', '2026-11-01T04:00'],
  ])('in %s, %s', (zone, day, expected) => {
    const start = midnightOf(zone, day);
    expect(said(start)).toBe(expected);
    expect(isoDay(zone, start as number)).toBe(day);
    expect(isoDay(zone, (start as number) - 1)).not.toBe(day);
    expect(midnight(zone, (start as number) + 3_600_000 * 5)).toBe(start);
  });

  it.each(['2026-13-45', '2026-02-30', '26-1-1', '', 'today', '2026-03-08T00:00'])('%j is no day', (text) => {
    expect(midnightOf('UTC', text)).toBeUndefined();
  });

  it('counts days on the calendar, not in hours', () => {
    const noon = utc('2026-03-20T16:00');
    expect(said(midnight('America/New_York', noon, -29))).toBe('2026-02-19T05:00');
    expect(said(midnight('America/New_York', noon, -7))).toBe('2026-03-13T04:00');
  });
});

it('what the clocks show leads back to the moment', () => {
  for (const zone of ['America/New_York', 'Europe/Berlin', 'Asia/Kathmandu', 'Pacific/Apia'])
    for (let at = utc('2026-01-01T00:07'); at < utc('2027-01-01T00:00'); at += 86_400_000 * 3.7)
      expect([zone, instantOf(zone, wallOf(zone, at))]).toEqual([zone, at]);
});
