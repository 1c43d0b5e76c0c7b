/** How times are written: in the project's time zone, with a day of 24 hours, the same in charts, tables and sentences. */

const locale = 'en-GB';

export type Moment = string | number;

export interface Times {
  /** IANA name. */
  readonly zone: string;
  /** `14:05:09` */
  readonly clock: (at: Moment) => string;
  /** `20 Mar 2026` */
  readonly day: (at: Moment) => string;
  /** `20 Mar` */
  readonly shortDay: (at: Moment) => string;
  /** `Friday, 20 March 2026` */
  readonly longDay: (at: Moment) => string;
  /** `20 Mar 2026, 14:05` */
  readonly moment: (at: Moment) => string;
  /** How long ago, seen from `now`, ms; a day when it is long. */
  readonly ago: (at: number, now: number) => string;
}

const made = new Map<string, Times>();

/** Unknown zones, which an old browser may have, are written in UTC. */
export function timesIn(zone: string): Times {
  let times = made.get(zone);
  if (times === undefined) made.set(zone, (times = isKnown(zone) ? make(zone) : timesIn('UTC')));
  return times;
}

function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat(locale, { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

const two = '2-digit' as const;

function make(zone: string): Times {
  const writer = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone, hourCycle: 'h23' });
    return (at: Moment) => format.format(new Date(at));
  };
  const day = writer({ day: 'numeric', month: 'short', year: 'numeric' });
  return {
    zone,
    clock: writer({ hour: two, minute: two, second: two }),
    day,
    shortDay: writer({ day: 'numeric', month: 'short' }),
    longDay: writer({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    moment: writer({ day: 'numeric', month: 'short', year: 'numeric', hour: two, minute: two }),
    ago: (at, now) => ago(at, now) ?? day(at),
  };
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

function ago(time: number, now: number): string | undefined {
  const past = now - time;
  if (past < 45_000) return 'just now';
  if (past < 3_600_000) return relative.format(-Math.round(past / 60_000), 'minute');
  if (past < 86_400_000) return relative.format(-Math.round(past / 3_600_000), 'hour');
  return past < 30 * 86_400_000 ? relative.format(-Math.round(past / 86_400_000), 'day') : undefined;
}
