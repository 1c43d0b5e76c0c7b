import type { Interval } from '../api/shapes.ts';
import { instantOf, wallOf } from './zone.ts';

const days = { day: 1, week: 7 } as const;

/** The start of the interval after the one that starts at `start`, ms, by the clocks of the zone. */
export function nextStart(start: number, interval: Interval, zone: string): number {
  if (interval === 'hour') return start + 3_600_000;
  const wall = new Date(wallOf(zone, start));
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const next = interval === 'month' ? Date.UTC(year, month + 1, 1) : Date.UTC(year, month, day + days[interval]);
  return instantOf(zone, next);
}
