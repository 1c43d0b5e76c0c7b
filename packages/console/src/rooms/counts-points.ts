import type { CountsAnswer, Interval } from '../api/shapes.ts';
import { splitName } from '../questions/breakdown.tsx';
import { nextStart } from '../time/interval.ts';
import { wallOf } from '../time/zone.ts';

export type Unit = 'people' | 'events';

export interface Point {
  readonly series: string;
  /** Where it stands on the axis: what the clocks of the zone show then, as if it were UTC. */
  readonly start: Date;
  /** When the interval starts, ms. */
  readonly at: number;
  readonly value: number;
}

/** More lines than there are colours say nothing: the largest series are drawn, the table has all. */
const most = 8;

/**
 * The points of a line chart, one series an event and split. An interval in which nothing happened is a zero, not a
 * line drawn straight across.
 */
export function pointsOf(
  found: Pick<CountsAnswer, 'rows'>,
  interval: Interval,
  unit: Unit,
  zone: string,
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
  const steps = startsBetween(Math.min(...starts), Math.max(...starts), interval, zone);
  const total = (line: ReadonlyMap<number, number>) => [...line.values()].reduce((sum, value) => sum + value, 0);
  const largest = [...lines].sort(([, a], [, b]) => total(b) - total(a)).slice(0, most);
  return {
    series: largest.map(([series]) => series),
    points: largest.flatMap(([series, line]) =>
      steps.map((start) => ({ series, at: start, start: new Date(wallOf(zone, start)), value: line.get(start) ?? 0 })),
    ),
  };
}

/** Every interval's start from the first to the last, both included; ms. */
function startsBetween(first: number, last: number, interval: Interval, zone: string): readonly number[] {
  const starts: number[] = [];
  for (let start = first; start <= last; start = nextStart(start, interval, zone)) starts.push(start);
  return starts;
}
