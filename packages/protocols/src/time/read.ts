import type { Instant, Json, Statement } from '@selfsame/identity';
import { idOf, isObject, own } from '../json/values.ts';
import { momentOf } from './calendar.ts';
import { parseTimeText } from './text.ts';

/** What a small number counts on a wire: a vendor's documents say seconds or milliseconds. */
export type Unit = 's' | 'ms';

const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;
/**
 * Counts from other beginnings, of years that nobody means by a count since 1970: .NET's ticks since the year 1 (of
 * 1965–2219), Windows' since 1601 and Chrome's microseconds since 1601 (of 1981–2108).
 */
const otherCounts: readonly {
  readonly from: number;
  readonly to: number;
  readonly perMs: number;
  readonly at1970: number;
}[] = [
  { from: 6.2e17, to: 7e17, perMs: 1e4, at1970: 62_135_596_800_000 },
  { from: 1.2e17, to: 1.6e17, perMs: 1e4, at1970: 11_644_473_600_000 },
  { from: 1.2e16, to: 1.6e16, perMs: 1e3, at1970: 11_644_473_600_000 },
];
/** The span of time that JavaScript can show, ms. */
const LAST = 8.64e15;

/**
 * The moment a value means, ms, in any spelling that programs print: a number counts seconds, milliseconds, microseconds
 * or nanoseconds since 1970 by its size, a text may also be a date. Undefined when it means none that JavaScript can show.
 */
export function readTime(value: Json | undefined, unit: Unit = 'ms'): Instant | undefined {
  const time = anyTime(value, unit);
  return time !== undefined && Math.abs(time) <= LAST ? time : undefined;
}

function anyTime(value: Json | undefined, unit: Unit): Instant | undefined {
  if (typeof value === 'number') return bySize(value, unit);
  if (typeof value === 'string') return readText(value, unit);
  if (Array.isArray(value)) return ofFields(value);
  if (!isObject(value)) return undefined;
  // MongoDB's extended JSON; PHP's DateTime in json_encode; Firestore and protocol buffers.
  const { $date: date, date: php, timezone } = value;
  const seconds = own(value, '_seconds') ?? own(value, 'seconds');
  const nanos = own(value, '_nanoseconds') ?? own(value, 'nanoseconds') ?? own(value, 'nanos') ?? 0;
  if (seconds !== undefined) {
    const whole = readTime(seconds, 's');
    return whole === undefined || typeof nanos !== 'number' ? undefined : whole + Math.trunc(nanos / 1e6);
  }
  if (date !== undefined) return readTime(isObject(date) ? own(date, '$numberLong') : date, 'ms');
  if (typeof php !== 'string' || typeof timezone !== 'string') return undefined;
  return parseTimeText(`${php} ${timezone}`);
}

/**
 * Java's LocalDateTime as Jackson prints it: year, month, day, hour, minute, second, nanoseconds; the last may be missing.
 * Erlang's datetime, whose two tuples become two lists.
 */
function ofFields(sent: readonly Json[]): Instant | undefined {
  const [date, time] = sent;
  const isErlang = sent.length === 2 && Array.isArray(date) && Array.isArray(time) && time.length === 3;
  const fields = isErlang ? [...(date as readonly Json[]), ...(time as readonly Json[])] : sent;
  if (fields.length < 3 || fields.length > 7) return undefined;
  const numbers = fields.map((field) => (Number.isInteger(field) ? (field as number) : Number.NaN));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, nanos = 0] = numbers;
  if (numbers.some(Number.isNaN)) return undefined;
  return momentOf({ year, month, day, hour, minute, second, fraction: Math.trunc(nanos / 1e6), offset: 0 });
}

function readText(sent: string, unit: Unit): Instant | undefined {
  // Some encode a time that is text already.
  const text = sent.trim().replace(/^"(.*)"$/, '$1');
  if (/^(19|20)\d{6}(\d{6})?$/.test(text)) return parseTimeText(text);
  if (/^-?\d{1,20}(\.\d{1,12})?(E\+?\d{1,2})?$/i.test(text))
    return unit === 's' || text.length >= 9 ? bySize(Number(text), unit) : undefined;
  const net = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(text);
  return net === null ? parseTimeText(text) : Number(net[1]);
}

function bySize(number: number, unit: Unit): Instant | undefined {
  // MySQL's `NOW() + 0`, 20261120102030: as milliseconds the year 2600 and more.
  if (number > DIGITS_FROM && number < DIGITS_TO) return parseTimeText(String(number));
  return Math.round(inMs(number, unit));
}

function inMs(number: number, unit: Unit): number {
  // From 2001 to 5138 as seconds; as milliseconds all of it lies before April 1973, when nobody measured anything.
  const isSeconds = unit === 's' ? number < SECONDS_TO : number >= SECONDS_FROM && number < SECONDS_TO;
  if (isSeconds) return number * 1000;
  if (number < MICROSECONDS_FROM) return number;
  const other = otherCounts.find(({ from, to }) => number >= from && number < to);
  if (other !== undefined) return number / other.perMs - other.at1970;
  return number < NANOSECONDS_FROM ? number / 1e3 : number / 1e6;
}

/** Dates of 1970 to 2099 with the time of day after them, as one number. */
const DIGITS_FROM = 1.97e13;
const DIGITS_TO = 2.1e13;
const SECONDS_FROM = 1e9;
const SECONDS_TO = 1e11;

/** Before this, ms (1900), nothing was counted: a field that was never filled says the year 1, 1601 or 1899. */
const FIRST = -2_208_988_800_000;
/** The end of the year 9999 counted in seconds, or in milliseconds, as the size of either reads: "for ever", and no time. */
const FOR_EVER = 253_402_300_799;

/** What programs say for no time: 0, or -1 ms or s. */
const NONE: readonly Instant[] = [0, -1, -1_000];

/** A moment that a field has when nobody filled it. */
export const isUnfilled = (time: Instant): boolean =>
  time < FIRST || NONE.includes(time) || Math.abs(time - FOR_EVER - 0.5) <= 0.5;

/** A member that says nothing, as programs print it: absent, null, false, empty. */
export const isNoTime = (value: Json | undefined): boolean => value !== true && idOf(value) === undefined;

/**
 * When an item happened, as far as its sender says: nothing where it says nothing, and why there is no time where it
 * says something that is none. Such an item is worth more than its time, and the rules say what it then gets ([T1]).
 */
export function whenOf(value: Json | undefined, unit: Unit = 'ms'): Pick<Statement, 'time' | 'untimed'> {
  if (isNoTime(value)) return {};
  const time = readTime(value, unit);
  if (time === undefined) return { untimed: 'unreadable' };
  return isUnfilled(time) ? { untimed: 'unfilled' } : { time };
}
