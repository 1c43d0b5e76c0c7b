import type { Instant, Json, Statement } from '@selfsame/identity';
import { isObject, own } from '../json/values.ts';
import { parseTimeText } from './text.ts';

/** What a small number counts on a wire: a vendor's documents say seconds or milliseconds. */
export type Unit = 's' | 'ms';

const MICROSECONDS_FROM = 1e14;
const NANOSECONDS_FROM = 1e17;
/** .NET's ticks, tenths of a microsecond since the year 1: those of 1965–2219 are no nanoseconds that anybody sends. */
const TICKS_FROM = 6.2e17;
const TICKS_TO = 7e17;
const TICKS_AT_EPOCH_MS = 62_135_596_800_000;
/** The span of time that JavaScript can show, ms. */
const LAST = 8.64e15;

/**
 * The moment a value means, ms, in any spelling that programs print: a number counts seconds, milliseconds, microseconds
 * or nanoseconds since 1970 by its size, a text may also be a date. Undefined when it means none.
 */
export function readTime(value: Json | undefined, unit: Unit = 'ms'): Instant | undefined {
  if (typeof value === 'number') return bySize(value, unit);
  if (typeof value === 'string') return readText(value, unit);
  if (!isObject(value)) return undefined;
  // MongoDB's extended JSON; PHP's DateTime in json_encode.
  const { $date: date, date: php, timezone } = value;
  if (date !== undefined) return readTime(isObject(date) ? own(date, '$numberLong') : date, 'ms');
  if (typeof php !== 'string' || typeof timezone !== 'string') return undefined;
  return parseTimeText(`${php} ${timezone}`);
}

function readText(sent: string, unit: Unit): Instant | undefined {
  const text = sent.trim();
  if (/^(19|20)\d{6}$/.test(text)) return parseTimeText(text);
  if (/^-?\d{1,20}(\.\d{1,12})?$/.test(text))
    return unit === 's' || text.length >= 9 ? bySize(Number(text), unit) : undefined;
  const net = /^\/Date\((-?\d{1,16})(?:[+-]\d{4})?\)\/$/.exec(text);
  return net === null ? parseTimeText(text) : Number(net[1]);
}

function bySize(number: number, unit: Unit): Instant | undefined {
  const ms = Math.round(inMs(number, unit));
  return Math.abs(ms) <= LAST ? ms : undefined;
}

function inMs(number: number, unit: Unit): number {
  // From 2001 to 5138 as seconds; as milliseconds all of it lies before April 1973, when nobody measured anything.
  const isSeconds = unit === 's' ? number < SECONDS_TO : number >= SECONDS_FROM && number < SECONDS_TO;
  if (isSeconds) return number * 1000;
  if (number < MICROSECONDS_FROM) return number;
  if (number < NANOSECONDS_FROM) return number / 1e3;
  if (number >= TICKS_FROM && number < TICKS_TO) return number / 1e4 - TICKS_AT_EPOCH_MS;
  return number / 1e6;
}

const SECONDS_FROM = 1e9;
const SECONDS_TO = 1e11;

/** Before this, ms (1900), nothing was counted: a field that was never filled says the year 1, 1601 or 1899. */
const FIRST = -2_208_988_800_000;

/** A moment that a field has when nobody filled it. */
export const isUnfilled = (time: Instant): boolean => time < FIRST || time === 0;

/**
 * When an item happened, as far as its sender says: nothing where it says nothing, and why there is no time where it
 * says something that is none. Such an item is worth more than its time, and the rules say what it then gets ([T1]).
 */
export function whenOf(value: Json | undefined, unit: Unit = 'ms'): Pick<Statement, 'time' | 'untimed'> {
  if (value === undefined || value === null || value === '') return {};
  const time = readTime(value, unit);
  if (time === undefined) return { untimed: 'unreadable' };
  return isUnfilled(time) ? { untimed: 'unfilled' } : { time };
}
