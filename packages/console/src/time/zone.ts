/** The clocks of a time zone (an IANA name). Instants are ms since 1970; a wall time is what the clocks show, as if it were UTC. */

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    const numeric = 'numeric' as const;
    const parts = { year: numeric, month: numeric, day: numeric, hour: numeric, minute: numeric, second: numeric };
    format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', { ...parts, timeZone: zone, hourCycle: 'h23' });
    formats.set(zone, format);
  }
  return format;
}

/** What the clocks of the zone show at an instant. */
export function wallOf(zone: string, instant: number): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const whole = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  return whole + (((instant % 1000) + 1000) % 1000);
}

const offsetAt = (zone: string, instant: number): number => wallOf(zone, instant) - instant;
const day = 86_400_000;

/** When the clocks first show a wall time; one they skip is the moment they jump over it. */
export function instantOf(zone: string, wall: number): number {
  const [before, after] = [offsetAt(zone, wall - day), offsetAt(zone, wall + day)];
  const [first, second] = [wall - before, wall - after];
  if (offsetAt(zone, first) === before) return first;
  return offsetAt(zone, second) === after ? second : first;
}

/** The midnight that begins the day an instant lies in, moved by so many days. */
export function midnight(zone: string, instant: number, days = 0): number {
  const wall = wallOf(zone, instant);
  return instantOf(zone, Math.floor(wall / day) * day + days * day);
}

/** The day an instant lies in, as `2026-03-01`. */
export const isoDay = (zone: string, instant: number): string =>
  new Date(wallOf(zone, instant)).toISOString().slice(0, 10);

/** The midnight a day such as `2026-03-01` begins with; undefined when there is no such day. */
export function midnightOf(zone: string, text: string): number | undefined {
  const wall = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // 31 February reads as 3 March elsewhere; here it is no day.
  if (Number.isNaN(wall) || new Date(wall).toISOString().slice(0, 10) !== text) return undefined;
  return instantOf(zone, wall);
}
