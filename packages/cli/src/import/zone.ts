/**
 * The moment at which clocks in a zone showed a wall time.
 * Mixpanel's events before 2023 were kept as if the project's wall clock showed UTC.
 * @param wall seconds or ms since 1970 of the wall clock read as UTC; the answer is in the same unit
 * @param zone IANA name
 * @throws RangeError when there is no such zone
 */
export function fromZone(wall: number, zone: string): number {
  const unit = Math.abs(wall) < 1e11 ? 1000 : 1;
  const ms = wall * unit;
  // Twice, since the first guess may stand on the other side of a change of the clocks.
  const guess = ms - offsetAt(ms, zone);
  return (ms - offsetAt(guess, zone)) / unit;
}

/** How far a zone is ahead of UTC at a moment, ms. */
function offsetAt(ms: number, zone: string): number {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const of = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour') % 24, of('minute'), of('second'));
  return shown - Math.floor(ms / 1000) * 1000;
}

const known = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = known.get(zone);
  if (format === undefined) {
    const number = 'numeric';
    const date = { year: number, month: number, day: number } as const;
    const time = { hour: number, minute: number, second: number, hourCycle: 'h23' } as const;
    format = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'iso8601', ...date, ...time });
    known.set(zone, format);
  }
  return format;
}
