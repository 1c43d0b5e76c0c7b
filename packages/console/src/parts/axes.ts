import type { ScaleOptions } from '@observablehq/plot';
import { type Times, timesIn } from '../time/times.ts';
import { count } from './format.ts';

/** An axis of people or events: nobody is half. `most` is the largest value on it. */
export function wholeAxis(most: number): ScaleOptions {
  const ticks = Math.max(1, Math.min(4, Math.ceil(most)));
  return { label: null, grid: true, nice: true, zero: true, ticks, tickFormat: compact };
}

const short = new Intl.NumberFormat('en-GB', { notation: 'compact' });
const compact = (value: number): string =>
  Number.isInteger(value) ? (value < 10_000 ? count(value) : short.format(value)) : '';

/**
 * An axis of time whose values are wall times (`wallOf`), so that its midnights are the zone's. Written as the tables
 * write times: days, or hours of 24 where it spans few days.
 */
export function timeAxis(walls: readonly Date[], _times: Times, width: number): ScaleOptions {
  const [first, last] = [Math.min(...walls.map(Number)), Math.max(...walls.map(Number))];
  const times = timesIn('UTC');
  const hours = last - first <= 3 * 86_400_000;
  const days = (last - first) / 86_400_000;
  const write = (at: Date): string => {
    const midnight = at.getTime() % 86_400_000 === 0;
    if (midnight) return days > 300 ? times.day(at.getTime()) : times.shortDay(at.getTime());
    return hours ? times.clock(at.getTime()).slice(0, 5) : '';
  };
  return { type: 'utc', label: null, ticks: Math.max(2, Math.floor(width / 110)), tickFormat: write };
}
