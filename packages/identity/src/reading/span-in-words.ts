const NUMBERS = 'no one two three four five six seven eight nine ten eleven twelve'.split(' ');
const number = (n: number): string => NUMBERS[n] ?? String(n);
const many = (n: number, unit: string, one: string): string => (n === 1 ? one : `${number(n)} ${unit}s`);

/** A length of time as people say it: `four minutes`, `half an hour`, `13 days`. Rounded. `ms` ≥ 0. */
export function spanInWords(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 1) return 'a moment';
  if (seconds < 60) return many(seconds, 'second', 'a second');
  const minutes = Math.round(seconds / 60);
  if (minutes === 30) return 'half an hour';
  if (minutes < 60) return many(minutes, 'minute', 'a minute');
  const hours = Math.round(minutes / 60);
  if (hours < 48) return many(hours, 'hour', 'an hour');
  return many(Math.round(hours / 24), 'day', 'a day');
}
