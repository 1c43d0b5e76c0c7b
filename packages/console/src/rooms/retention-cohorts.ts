import type { Interval, RetentionAnswer } from '../api/shapes.ts';
import { nextStart } from '../time/interval.ts';
import type { Times } from '../time/times.ts';

export interface Cohort {
  readonly name: string;
  readonly people: number;
  /** Share that came back in interval n, 0…1; only intervals that have begun. */
  readonly shares: readonly number[];
}

/** The cohorts of an answer. An interval that has not begun at `now` (ms) is left out: nobody could come back in it yet. */
export function cohortsOf(found: RetentionAnswer, interval: Interval, now: number, times: Times): readonly Cohort[] {
  return found.rows.map(({ cohort, people, returned }) => {
    const shares: number[] = [];
    let start = cohort;
    for (const came of returned) {
      if (start > now) break;
      shares.push(people === 0 ? 0 : came / people);
      start = nextStart(start, interval, times.zone);
    }
    return { name: times.day(cohort), people, shares };
  });
}
