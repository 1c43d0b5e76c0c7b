import type { Instant } from '@selfsame/identity';

const form = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/**
 * The moment an ISO 8601 or RFC 3339 text names, ms; undefined when it names none. Without an offset it is UTC.
 * Own code because a wire has no `Date`, whose parser also believes much that is no date.
 */
export function parseIsoTime(text: string): Instant | undefined {
  if (text.length > 40) return undefined;
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map((part) => Number(part ?? 0)) as Moment;
  const offset = minutesOf(parts[8]);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  // A leap second is the first moment of the next minute.
  if (hour > 23 || minute > 59 || second > 60 || offset === undefined) return undefined;
  const fraction = Math.trunc(Number(`0.${parts[7] ?? 0}`) * 1000);
  const minutes = (daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute - offset;
  return (minutes * 60 + second) * 1000 + fraction;
}

type Moment = [year: number, month: number, day: number, hour: number, minute: number, second: number];

/** The minutes a time zone is ahead of UTC; undefined when there is no such zone. */
function minutesOf(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === 'Z' || zone === 'z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
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
