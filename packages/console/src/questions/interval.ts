import type { Interval } from '../api/shapes.ts';

const length = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;

/** The start of the interval after the one that starts at `start`; ms, UTC, as answers are cut. */
export function nextStart(start: number, interval: Interval): number {
  if (interval !== 'month') return start + length[interval];
  const date = new Date(start);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}
