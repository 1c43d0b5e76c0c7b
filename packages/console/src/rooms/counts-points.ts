import type { CountsAnswer, Interval } from '../api/shapes.ts';
import { splitName } from '../questions/breakdown.tsx';
import type { Range } from '../questions/range.ts';
import { startsBetween } from '../time/interval.ts';
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

/** How an answer is cut: into which intervals, by whose clocks. */
export interface Cut {
  readonly interval: Interval;
  readonly zone: string;
}

type Rows = Pick<CountsAnswer, 'rows'>;

/** More lines than there are colours say nothing: the largest series are drawn, the table has all. */
const most = 8;

/** The starts of the intervals of a range up to `now`, ms; of one without a beginning or an end, those something happened in. */
export function startsOf({ rows }: Rows, { from, to }: Range, now: number, { interval, zone }: Cut): readonly number[] {
  const seen = rows.map(({ start }) => start);
  if (seen.length === 0 && from === undefined) return [];
  const first = from ?? Math.min(...seen);
  const last = from === undefined ? Math.max(...seen) : Math.max(...seen, Math.min((to ?? now) - 1, now));
  return startsBetween(first, last, interval, zone);
}

/**
 * The points of a line chart, one series an event and split. An interval in which nothing happened is a zero, not a
 * line drawn straight across.
 */
export function pointsOf(
  { rows }: Rows,
  starts: readonly number[],
  unit: Unit,
  zone: string,
): { readonly points: readonly Point[]; readonly series: readonly string[] } {
  const events = new Set(rows.map(({ event }) => event));
  const lines = new Map<string, Map<number, number>>();
  for (const row of rows) {
    const parts = [
      ...(events.size > 1 || row.value === undefined ? [row.event] : []),
      ...(row.value === undefined ? [] : [splitName(row.value)]),
    ];
    const series = parts.join(' · ');
    const line = lines.get(series) ?? new Map<number, number>();
    lines.set(series, line.set(row.start, row[unit]));
  }
  const total = (line: ReadonlyMap<number, number>) => [...line.values()].reduce((sum, value) => sum + value, 0);
  const largest = [...lines].sort(([, a], [, b]) => total(b) - total(a)).slice(0, most);
  return {
    series: largest.map(([series]) => series),
    points: largest.flatMap(([series, line]) =>
      starts.map((start) => ({ series, at: start, start: new Date(wallOf(zone, start)), value: line.get(start) ?? 0 })),
    ),
  };
}

/** What happened in the same place of the time before: by the start of an interval of now and the event. */
export function valuesBefore(
  { rows }: Rows,
  starts: readonly number[],
  startsBefore: readonly number[],
): (start: number, event: string) => { readonly people: number; readonly events: number } | undefined {
  const placeOf = new Map(starts.map((start, place) => [start, startsBefore[place]]));
  return (start, event) => {
    const before = placeOf.get(start);
    if (before === undefined) return undefined;
    return rows.find((row) => row.start === before && row.event === event) ?? { people: 0, events: 0 };
  };
}
