/** How numbers and times are written. Times are shown in the reader's own zone; the answer's own text is in the title. */

const locale = 'en-GB';
const whole = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' });
const moment = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

export const count = (value: number): string => whole.format(value);

/** `1 person`, `2 people`. */
export const people = (value: number): string => `${count(value)} ${value === 1 ? 'person' : 'people'}`;
export const share = (value: number): string => (Number.isFinite(value) ? percent.format(value) : '–');
export const amount = (value: number): string => money.format(value);
export const clockOf = (time: string | number): string => clock.format(new Date(time));
export const dayOf = (time: string | number): string => day.format(new Date(time));
export const longDayOf = (time: string | number): string => longDay.format(new Date(time));
export const momentOf = (time: string | number): string => moment.format(new Date(time));

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in its two largest units; ms in. */
export function duration(ms: number | null): string {
  if (ms === null) return '–';
  const at = units.findIndex(([, size]) => ms >= size);
  if (at < 0) return '< 1 s';
  const [unit, size] = units[at]!;
  const main = Math.floor(ms / size);
  const next = units[at + 1];
  const rest = next === undefined ? 0 : Math.floor((ms - main * size) / next[1]);
  return rest > 0 && main < 10 ? `${main} ${unit} ${rest} ${next![0]}` : `${main} ${unit}`;
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** How long ago, seen from `now`; both ms. */
export function ago(time: number, now: number): string {
  const past = now - time;
  if (past < 45_000) return 'just now';
  if (past < 3_600_000) return relative.format(-Math.round(past / 60_000), 'minute');
  if (past < 86_400_000) return relative.format(-Math.round(past / 3_600_000), 'hour');
  if (past < 30 * 86_400_000) return relative.format(-Math.round(past / 86_400_000), 'day');
  return dayOf(time);
}
