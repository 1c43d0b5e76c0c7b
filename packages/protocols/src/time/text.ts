import type { Instant } from '@selfsame/identity';
import { momentOf, type WrittenDay } from './calendar.ts';
import { momentIn } from './zone.ts';

/** A fraction comes after a point, with Microsoft's SQL Server after a colon, and as what it is from Ruby's Time. */
const FRACTION = '(?:[.,:](?<fraction>\\d{1,12})|\\s(?<part>\\d{1,12}/\\d{1,12}))';
const CLOCK = `(?<hour>\\d{1,2})[:.](?<minute>\\d{1,2})(?:[:.](?<second>\\d{1,2})${FRACTION}?)?(?:\\s?(?<half>[AaPp])\\.?[Mm]\\.?)?`;
const zone = (group: string): string =>
  `(?<${group}>[Zz]|(?:GMT|UTC)?[+-]\\d\\d(?::?\\d\\d(?::?\\d\\d)?)?|(?:GMT|UTC)[+-]\\d(?::\\d\\d)?|[A-Z]{2,5}|[A-Z][A-Za-z_]{2,13}/[A-Za-z_/+-]{2,40})`;
/** What some print after the zone and what adds nothing: its name, its city, both (Elixir), Go's monotonic clock. */
const TAIL =
  '(?:\\s?(?:[A-Z]{2,5}(?:\\s[A-Z][A-Za-z_]{2,13}/[A-Za-z_/+-]{2,40})?|[+-]\\d\\d(?::?\\d\\d)?|\\([^()]{1,60}\\)|\\[[\\w/+-]{1,60}\\]))?(?:\\sm=[+-][\\d.]{1,30})?';
const AT = `${CLOCK}(?:\\s?${zone('zone')}${TAIL})?`;
const WEEKDAY = '(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},?\\s{1,2})?';
const MONTH = '(?<name>[A-Za-z]{3,9})\\.?';
const DAY = '(?<day>\\d{1,2})';

/** The spellings, and who prints them. Each is tried in turn; none of two reads one text differently. */
const spellings: readonly RegExp[] = [
  // ISO 8601, RFC 3339, PostgreSQL, MySQL, BigQuery, Python, Ruby, Go, Java, Swift, .NET "o", "s" and "u"
  `(?<year>\\d{4})-(?<month>\\d{1,2})-${DAY}(?:(?:[Tt]|\\s{1,2})${AT})?`,
  // ISO 8601, days of weeks and of years; a week alone, or a year, is no moment
  `(?<year>\\d{4})-?W(?<week>\\d\\d)-?(?<weekday>\\d)(?:[Tt\\s]${AT})?`,
  `(?<year>\\d{4})-(?<nth>\\d{3})(?:[Tt\\s]${AT})?`,
  // Erlang's datetime, as calendar:universal_time() prints; a tuple of three alone may also be erlang:now()
  `\\{\\{(?<year>\\d{4}),\\s?(?<month>\\d{1,2}),\\s?${DAY}\\},\\s?\\{(?<hour>\\d{1,2}),\\s?(?<minute>\\d{1,2}),\\s?(?<second>\\d{1,2})(?:\\.(?<fraction>\\d{1,12}))?\\}\\}`,
  // Go's log, Japan
  `(?<year>\\d{4})/(?<month>\\d{1,2})/${DAY}(?:\\s${AT})?`,
  // ISO 8601 basic, MySQL's numbers, the documents of mParticle, GA4's days
  `(?<year>(?:19|20)\\d\\d)(?<month>\\d\\d)(?<day>\\d\\d)(?:T?(?<hour>\\d\\d)(?<minute>\\d\\d)(?<second>\\d\\d)?(?:[.,](?<fraction>\\d{1,12}))?${zone('zone')}?)?`,
  // .NET's invariant culture and the USA, month first; PostgreSQL "SQL"
  `(?<month>\\d{1,2})/${DAY}/(?<year>\\d{4})(?:,?\\s${AT})?`,
  // PostgreSQL "German"
  `${DAY}\\.(?<month>\\d{1,2})\\.(?<year>\\d{4})(?:,?\\s${AT})?`,
  // RFC 2822, HTTP (RFC 1123 and 850), cookies, .NET "r", Go RFC822, Oracle's day
  `${WEEKDAY}${DAY}[\\s-]${MONTH}[\\s-](?<year>\\d{4}|\\d\\d),?\\s${AT}`,
  // The logs of Apache and nginx
  `${DAY}/${MONTH}/(?<year>\\d{4}):${AT}`,
  // C, HTTP's asctime, Unix date, Ruby and Java's Date, PostgreSQL "Postgres"
  `${WEEKDAY}${MONTH}\\s{1,2}${DAY}\\s${CLOCK}\\s(?:${zone('zone')}\\s)?(?<year>\\d{4})(?:\\s${zone('after')})?`,
  // JavaScript's Date, US English
  `${WEEKDAY}${MONTH}\\s${DAY},?\\s(?<year>\\d{4})(?:,?\\s(?:at\\s)?${AT})?`,
].map((pattern) => new RegExp(`^${pattern}$`));

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Hours ahead of UTC of the names that mean one zone: those of RFC 2822, and others that are nobody else's. */
const zones: ReadonlyMap<string, number> = new Map([
  ...(['Z', 'UTC', 'GMT', 'UT', 'WET'] as const).map((name) => [name, 0] as const),
  ...([
    ['EST', -5],
    ['EDT', -4],
    ['CST', -6],
    ['CDT', -5],
    ['MST', -7],
    ['MDT', -6],
    ['PST', -8],
    ['PDT', -7],
  ] as const),
  ...([
    ['WEST', 1],
    ['CET', 1],
    ['CEST', 2],
    ['EET', 2],
    ['EEST', 3],
    ['MSK', 3],
    ['JST', 9],
    ['KST', 9],
    ['HKT', 8],
    ['SGT', 8],
    ['SAST', 2],
    ['AEST', 10],
    ['AEDT', 11],
    ['NZST', 12],
    ['NZDT', 13],
    ['AKST', -9],
    ['AKDT', -8],
    ['HST', -10],
  ] as const),
]);

/** The moment a text names in any spelling that databases, languages and protocols print, ms. Without a zone it is UTC. */
export function parseTimeText(sent: string): Instant | undefined {
  const text = bare(sent.trim().replace('\u2212', '-'));
  if (text.length > 100) return undefined;
  for (const spelling of spellings) {
    const parts = spelling.exec(text)?.groups;
    if (parts !== undefined) return momentOfParts(parts);
  }
  return undefined;
}

/** What Elixir's `inspect` puts around a time: `~U[…]`, `#DateTime<…>`. */
const bare = (text: string): string =>
  /^(?:~[A-Z]\[([^[\]]{1,99})\]|#\w{1,20}<([^<>]{1,99})>)$/.exec(text)?.slice(1).join('') ?? text;

/** The moment an ISO 8601 or RFC 3339 text names, ms; undefined when it names none. Without an offset it is UTC. */
export function parseIsoTime(text: string): Instant | undefined {
  const parts = text.length > 40 ? undefined : spellings[0]?.exec(text)?.groups;
  return parts === undefined ? undefined : momentOfParts(parts);
}

type Parts = Readonly<Record<string, string | undefined>>;

function momentOfParts(parts: Parts): Instant | undefined {
  const { year = '', half, part = '' } = parts;
  const zone = parts['zone'] ?? parts['after'];
  const region = zone?.includes('/') ? zone : undefined;
  const offset = region === undefined ? minutesOf(zone) : 0;
  const hour = Number(parts['hour'] ?? 0);
  if (offset === undefined || (half !== undefined && (hour < 1 || hour > 12))) return undefined;
  const isAfternoon = half?.toLowerCase() === 'p';
  const [over, under] = part.split('/').map(Number);
  const fraction = under ? (over as number) / under : Number(`0.${parts['fraction'] ?? '0'}`);
  if (fraction >= 1) return undefined;
  const moment = momentOf({
    ...dayOf(year.length === 2 ? Number(year) + (Number(year) < 70 ? 2000 : 1900) : Number(year), parts),
    hour: half === undefined ? hour : (hour % 12) + (isAfternoon ? 12 : 0),
    minute: Number(parts['minute'] ?? 0),
    second: Number(parts['second'] ?? 0),
    fraction: Math.trunc(fraction * 1000),
    offset,
  });
  return moment === undefined || region === undefined ? moment : momentIn(region, moment);
}

function dayOf(year: number, { name, month, day, week, weekday, nth }: Parts): WrittenDay {
  if (week !== undefined) return { year, week: Number(week), weekday: Number(weekday) };
  if (nth !== undefined) return { year, dayOfYear: Number(nth) };
  return { year, month: name === undefined ? Number(month) : monthOf(name), day: Number(day) };
}

const fullNames = ['january', 'february', 'march', 'april', 'may', 'june', 'july'].concat([
  ...['august', 'september', 'october', 'november', 'december'],
]);

/** 1–12; 0 for what is no month. */
function monthOf(name: string): number {
  const text = name.toLowerCase();
  return text.length === 3 ? months.indexOf(text) + 1 : fullNames.indexOf(text) + 1;
}

/** The minutes a time zone is ahead of UTC; undefined when it is none, or more than one. */
function minutesOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return 0;
  const offset = /([+-])(\d\d?):?(\d\d)?:?(\d\d)?$/.exec(zone);
  if (offset === null) {
    const hours = zones.get(zone.toUpperCase());
    return hours === undefined ? undefined : hours * 60;
  }
  const [, sign, hours, minutes = '0', seconds = '0'] = offset;
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes) + Number(seconds) / 60);
}
