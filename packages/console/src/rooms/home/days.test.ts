import { describe, expect, it } from 'vitest';
import { isoDay, midnightOf } from '../../time/zone.ts';
import { activeRange } from '../people/active.ts';
import { dayRows, signUpAmong } from './days.ts';

describe.each([
  ['Europe/Berlin', '2026-03-27', '2026-03-31'],
  ['America/New_York', '2026-10-30', '2026-11-03'],
  ['Asia/Kathmandu', '2026-03-27', '2026-03-31'],
])('days of %s, also where the clocks change', (zone, first, last) => {
  const [from, today] = [midnightOf(zone, first)!, midnightOf(zone, last)!];

  it('are each a row, also one without anybody', () => {
    const some = midnightOf(zone, isoDay(zone, from + 2.5 * 86_400_000))!;
    const rows = dayRows({ rows: [{ start: some, events: 9, people: 3, known: 1 }] }, from, today, zone);
    expect(rows).toHaveLength(5);
    expect(rows.map(({ start }) => isoDay(zone, start)).at(0)).toBe(first);
    expect(rows.map(({ start }) => isoDay(zone, start)).at(-1)).toBe(last);
    expect(rows.map(({ people }) => people)).toEqual([0, 0, 3, 0, 0]);
  });

  it('bound when somebody was last active', () => {
    const now = today + 3_600_000;
    expect(activeRange('today', zone, now)).toEqual({ active: { from: today } });
    const { active } = activeRange('7d', zone, now);
    expect(isoDay(zone, active!.from!)).toBe(isoDay(zone, today - 6 * 86_400_000 + 43_200_000));
    expect(activeRange('not-30d', zone, now).active?.to).toBe(activeRange('30d', zone, now).active?.from);
    expect(activeRange('', zone, now)).toEqual({});
  });
});

it('a sign-up is the most frequent event that reads like one', () => {
  expect(signUpAmong(['Page view', 'Signed Up', 'sign_up'])).toBe('Signed Up');
  expect(signUpAmong(['$pageview', 'user_registered', 'Account Created'])).toBe('user_registered');
  expect(signUpAmong(['userSignUp'])).toBe('userSignUp');
  expect(signUpAmong(['signup_completed'])).toBe('signup_completed');
  expect(signUpAmong(['Page view', 'Design upload', 'Purchase'])).toBeUndefined();
});
