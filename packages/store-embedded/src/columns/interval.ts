import type { Interval, TimeZone } from '@selfsame/store';
import type { Parameters } from './parameters.ts';

const HOUR = 3_600_000;
const intervals: ReadonlySet<Interval> = new Set(['hour', 'day', 'week', 'month']);

/** The intervals of a zone in SQL. Times in and out are ms; a week starts on Monday. */
export interface Calendar {
  /** SQL for the start of the interval a time lies in. */
  start(time: string): string;
  /** SQL for how many intervals lie between two starts. */
  distance(start: string, later: string): string;
}

/**
 * UTC is cut by plain arithmetic; other zones by DuckDB's calendar, which costs some 0.2 µs a row.
 * @throws RangeError when the interval is none of the four: its name becomes part of the text (S38).
 */
export function calendarOf(parameters: Parameters, interval: Interval, timeZone: TimeZone = 'UTC'): Calendar {
  if (!intervals.has(interval)) throw new RangeError('an interval is hour, day, week or month');
  const zone = timeZone === 'UTC' ? undefined : parameters.text(timeZone);
  const local = (time: string) =>
    zone === undefined ? `epoch_ms(${time})` : `timezone(${zone}, make_timestamptz(${time} * 1000))`;
  const instant = (wall: string) => (zone === undefined ? `epoch_ms(${wall})` : `epoch_ms(timezone(${zone}, ${wall}))`);
  return {
    start: (time) =>
      interval === 'hour'
        ? // An hour that the clocks repeat is two hours, and in Kathmandu one begins at a quarter past.
          `(${time} - (epoch_ms(${local(time)}) % ${HOUR} + ${HOUR}) % ${HOUR})`
        : instant(`date_trunc('${interval}', ${local(time)})`),
    distance: (start, later) =>
      interval === 'hour'
        ? `((${later} - ${start}) // ${HOUR})`
        : `date_diff('${interval}', ${local(start)}, ${local(later)})`,
  };
}
