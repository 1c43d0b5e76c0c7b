/** How numbers and lengths of time are written. */

const locale = 'en-GB';
const whole = new Intl.NumberFormat(locale);
const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
const money = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const count = (value: number): string => whole.format(value);

/** `1 person`, `2 people`. */
export const people = (value: number): string => `${count(value)} ${value === 1 ? 'person' : 'people'}`;
export const share = (value: number): string => (Number.isFinite(value) ? percent.format(value) : '–');
export const amount = (value: number): string => money.format(value);
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
