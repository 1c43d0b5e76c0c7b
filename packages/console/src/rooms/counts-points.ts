import type { CountsAnswer, Interval } from '../api/shapes.ts';
import { splitName } from '../questions/breakdown.tsx';

export type Unit = 'people' | 'events';

export interface Point {
  readonly series: string;
  readonly start: Date;
  readonly value: number;
}

/** More lines than there are colours say nothing: the largest series are drawn, the table has all. */
const most = 8;

/**
 * The points of a line chart, one series an event and split. An interval in which nothing happened is a zero, not a
 * line drawn straight across.
 */
export function pointsOf(
  found: CountsAnswer,
  interval: Interval,
  unit: Unit,
): { readonly points: readonly Point[]; readonly series: readonly string[] } {
  const events = new Set(found.rows.map(({ event }) => event));
  const lines = new Map<string, Map<number, number>>();
  for (const row of found.rows) {
    const parts = [
      ...(events.size > 1 || row.value === undefined ? [row.event] : []),
      ...(row.value === undefined ? [] : [splitName(row.value)]),
    ];
    const series = parts.join(' · ');
    const line = lines.get(series) ?? new Map<number, number>();
    lines.set(series, line.set(row.start, row[unit]));
  }
  const starts = found.rows.map(({ start }) => start);
  const steps = startsBetween(Math.min(...starts), Math.max(...starts), interval);
  const total = (line: ReadonlyMap<number, number>) => [...line.values()].reduce((sum, value) => sum + value, 0);
  const largest = [...lines].sort(([, a], [, b]) => total(b) - total(a)).slice(0, most);
  return {
    series: largest.map(([series]) => series),
    points: largest.flatMap(([series, line]) =>
      steps.map((start) => ({ series, start: new Date(start), value: line.get(start) ?? 0 })),
    ),
  };
}

const length = { hour: 3_600_000, day: 86_400_000, week: 7 * 86_400_000 } as const;

/** Every interval's start from the first to the last, both included; ms, UTC, as the answers are cut. */
function startsBetween(first: number, last: number, interval: Interval): readonly number[] {
  const starts: number[] = [];
  for (let start = first; start <= last; ) {
    starts.push(start);
    if (interval === 'month') {
      const date = new Date(start);
      start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
    } else start += length[interval];
  }
  return starts;
}
