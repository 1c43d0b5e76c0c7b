import type { Interval } from '../api/shapes.ts';
import { instantOf, midnight, wallOf } from './zone.ts';

const days = { day: 1, week: 7 } as const;

/** The start of the interval after the one that starts at `start`, ms, by the clocks of the zone. */
export function nextStart(start: number, interval: Interval, zone: string): number {
  if (interval === 'hour') return start + 3_600_000;
  const wall = new Date(wallOf(zone, start));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const next = interval === 'month' ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, day + days[interval]);
  return instantOf(zone, next);
}

/** The start of the interval a moment lies in, ms; weeks begin on Monday. */
export function startOf(at: number, interval: Interval, zone: string): number {
  const wall = new Date(wallOf(zone, at));
  if (interval === 'hour') return at - (wall.getTime() % 3_600_000);
  if (interval === 'month') return instantOf(zone, Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), 1));
  return midnight(zone, at, interval === 'day' ? 0 : -((wall.getUTCDay() + 6) % 7));
}

/** Every interval's start from the one `first` lies in to the one `last` lies in, ms. */
export function startsBetween(first: number, last: number, interval: Interval, zone: string): readonly number[] {
  const starts: number[] = [];
  for (let start = startOf(first, interval, zone); start <= last; start = nextStart(start, interval, zone))
    starts.push(start);
  return starts;
}
