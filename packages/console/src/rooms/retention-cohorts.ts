import type { Interval, RetentionAnswer } from '../api/shapes.ts';
import { nextStart } from '../time/interval.ts';
import type { Times } from '../time/times.ts';

export interface Cohort {
  readonly name: string;
  /** The start of its interval, ms. */
  readonly cohort: number;
  readonly people: number;
  /** People who came back in interval n; only intervals that have begun. */
  readonly returned: readonly number[];
}

/** The cohorts of an answer. An interval that has not begun at `now` (ms) is left out: nobody could come back in it yet. */
export function cohortsOf(
  found: Pick<RetentionAnswer, 'rows'>,
  interval: Interval,
  now: number,
  times: Times,
): readonly Cohort[] {
  return found.rows.map(({ cohort, people, returned }) => {
    const begun: number[] = [];
    let start = cohort;
    for (const came of returned) {
      if (start > now) break;
      begun.push(came);
      start = nextStart(start, interval, times.zone);
    }
    return { name: times.day(cohort), cohort, people, returned: begun };
  });
}

/** The share of each cohort that came back in interval n, 0…1. */
export const sharesOf = ({ people, returned }: Pick<Cohort, 'people' | 'returned'>): readonly number[] =>
  returned.map((came) => (people === 0 ? 0 : came / people));

/** All cohorts as one: for each interval, the people of those cohorts for which it has begun, and how many came back. */
export function together(cohorts: readonly Cohort[]): readonly { readonly people: number; readonly came: number }[] {
  const longest = Math.max(0, ...cohorts.map(({ returned }) => returned.length));
  return Array.from({ length: longest }, (_, n) => {
    const begun = cohorts.filter(({ returned }) => returned.length > n);
    const sum = (of: (cohort: Cohort) => number) => begun.reduce((all, cohort) => all + of(cohort), 0);
    return { people: sum(({ people }) => people), came: sum(({ returned }) => returned[n] ?? 0) };
  });
}
