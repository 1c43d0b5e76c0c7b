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
  names.find((name) => /sign(ed)?[ _-]?up|regist(er|ration)|account[ _-]?created|created?[ _-]?account/i.test(name));
