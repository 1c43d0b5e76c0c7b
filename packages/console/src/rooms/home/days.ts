import type { DaysAnswer } from '../../api/shapes.ts';
import { midnight } from '../../time/zone.ts';

export interface DayRow {
  readonly start: number;
  readonly people: number;
  readonly known: number;
}

/** A row for every day of the zone from `from` to `today`, both their first moments: a day without anybody is a day too. */
export function dayRows({ rows }: DaysAnswer, from: number, today: number, zone: string): readonly DayRow[] {
  const byStart = new Map(rows.map((row) => [row.start, row]));
  const days: DayRow[] = [];
  for (let start = from; start <= today; start = midnight(zone, start, 1)) {
    const { people = 0, known = 0 } = byStart.get(start) ?? {};
    days.push({ start, people, known });
  }
  return days;
}

/** The most frequent event whose name reads like somebody signing up. */
export const signUpAmong = (names: readonly string[]): string | undefined =>
  names.find((name) => signUp.test(wordsOf(name)));

const signUp = /\b(sign(ed)? ?up|register(ed)?|registration|(account|user) created|created? (an )?account)\b/;

/** `userSignedUp`, `user_signed_up` and `User signed up` are the same words. */
const wordsOf = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .toLowerCase();
