import type { Interval } from '@selfsame/store';

const DAY = 86_400_000;
/** ms; a month has no fixed length. */
const lengths = new Map<Interval, number | undefined>([
  ['hour', 3_600_000],
  ['day', DAY],
  ['week', 7 * DAY],
  ['month', undefined],
]);

/**
 * SQL for the start of the UTC interval a time lies in, ms; a week starts on Monday.
 * @throws RangeError when the interval is none of the four: its name becomes part of the text (S38).
 */
export function startSql(interval: Interval, time: string): string {
  if (!lengths.has(interval)) throw new RangeError('an interval is hour, day, week or month');
  return `epoch_ms(date_trunc('${interval}', epoch_ms(${time})))`;
}

/** SQL for how many intervals lie between two starts. */
export function distanceSql(interval: Interval, start: string, later: string): string {
  const length = lengths.get(interval);
  return length === undefined
    ? `date_diff('month', epoch_ms(${start}), epoch_ms(${later}))`
    : `((${later} - ${start}) // ${length})`;
}
