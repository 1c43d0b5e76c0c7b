import type { Instant } from '@selfsame/identity';

/** A day as it is written: of a month, of a week (ISO 8601, Monday is 1), or of the year. */
export type WrittenDay =
  | { readonly year: number; readonly month: number; readonly day: number }
  | { readonly year: number; readonly week: number; readonly weekday: number }
  | { readonly year: number; readonly dayOfYear: number };

/** A date and a time of day as they are written, and how many minutes they are ahead of UTC. */
export type Written = WrittenDay & {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** ms */
  readonly fraction: number;
  readonly offset: number;
};

/** The moment, ms; undefined when there is no such date or time of day. Own code because a wire has no `Date`. */
export function momentOf(written: Written): Instant | undefined {
  const { hour, minute, second, fraction, offset } = written;
  const day = dayOf(written);
  if (day === undefined) return undefined;
  // A leap second is the first moment of the next minute, and 24:00 that of the next day.
  const isMidnight = hour === 24 && minute === 0 && second === 0 && fraction === 0;
  if ((hour > 23 && !isMidnight) || minute > 59 || second > 60) return undefined;
  const minutes = (day * 24 + hour) * 60 + minute - offset;
  return (minutes * 60 + second) * 1000 + fraction;
}

/** Days from 1970-01-01; undefined when there is no such day. */
function dayOf(written: WrittenDay): number | undefined {
  const { year } = written;
  if ('week' in written) {
    const { week, weekday } = written;
    const day = firstMonday(year) + (week - 1) * 7 + weekday - 1;
    return week < 1 || weekday < 1 || weekday > 7 || day >= firstMonday(year + 1) ? undefined : day;
  }
  if ('dayOfYear' in written) {
    const nth = written.dayOfYear;
    return nth < 1 || nth > (isLeap(year) ? 366 : 365) ? undefined : daysSinceEpoch(year, 1, 1) + nth - 1;
  }
  const { month, day } = written;
  return month < 1 || month > 12 || day < 1 || day > daysIn(year, month) ? undefined : daysSinceEpoch(year, month, day);
}

/** The Monday of a year's first week, the one that has 4 January in it. 1970-01-01 was a Thursday. */
function firstMonday(year: number): number {
  const fourth = daysSinceEpoch(year, 1, 4);
  return fourth - ((((fourth + 3) % 7) + 7) % 7);
}

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;

/** Days from 1970-01-01, in the Gregorian calendar. The year is counted from March, so that the leap day comes last. */
function daysSinceEpoch(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}
