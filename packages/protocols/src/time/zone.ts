import type { Instant } from '@selfsame/identity';
import { momentOf } from './calendar.ts';

/**
 * The moment at which clocks in a zone show a wall time; undefined when there is no such zone.
 * @param zone IANA name
 * @param wall the wall clock read as UTC, ms
 */
export function momentIn(zone: string, wall: Instant): Instant | undefined {
  const format = formatOf(zone);
  if (format === undefined) return undefined;
  // Twice, since the first guess may stand on the other side of a change of the clocks.
  const guess = wall - aheadAt(wall, format);
  return wall - aheadAt(guess, format);
}

/** How far a zone is ahead of UTC at a moment, ms. */
function aheadAt(moment: Instant, format: Intl.DateTimeFormat): number {
  const parts = new Map(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const of = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const shown = momentOf({
    year: of('year'),
    month: of('month'),
    day: of('day'),
    hour: of('hour'),
    minute: of('minute'),
    second: of('second'),
    fraction: 0,
    offset: 0,
  });
  return shown === undefined ? 0 : shown - Math.floor(moment / 1000) * 1000;
}

/** Made once a zone, since making one is slow; there are some six hundred zones, in any case. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat | undefined {
  const name = zone.toLowerCase();
  const made = formats.get(name);
  if (made !== undefined) return made;
  const number = 'numeric';
  const date = { year: number, month: number, day: number } as const;
  const time = { hour: number, minute: number, second: number, hourCycle: 'h23' } as const;
  try {
    const format = new Intl.DateTimeFormat('en', { timeZone: zone, calendar: 'iso8601', ...date, ...time });
    formats.set(name, format);
    return format;
  } catch {
    // Names that are none are the sender's, and without end.
    return undefined;
  }
}
