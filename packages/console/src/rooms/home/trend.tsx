import { count, share } from '../../parts/format.ts';
import { Table } from '../../parts/table.tsx';
import { useTimes } from '../../time/use-times.ts';
import type { DayRow } from './days.ts';

const height = 96;

/**
 * A bar a day, the known part of it filled. Drawn here, so that the first room needs no chart library; the numbers
 * stand below it.
 */
export function Trend({ rows }: { rows: readonly DayRow[] }) {
  const times = useTimes();
  const most = Math.max(1, ...rows.map(({ people }) => people));
  const size = (people: number) => (people / most) * height;
  const first = rows[0];
  return (
    <>
      <svg
        className="trend"
        viewBox={`0 0 ${rows.length * 10} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="People a day, known and anonymous; the table below holds the numbers"
      >
        {rows.map(({ start, people, known }, day) => (
          <g key={start}>
            <title>{`${times.day(start)}: ${count(people)} people, ${count(known)} known`}</title>
            <rect className="trend-day" x={day * 10} y={0} width={10} height={height} />
            <rect
              className="trend-anonymous"
              x={day * 10 + 1}
              y={height - size(people)}
              width={8}
              height={size(people)}
            />
            <rect className="trend-known" x={day * 10 + 1} y={height - size(known)} width={8} height={size(known)} />
          </g>
        ))}
      </svg>
      <p className="trend-ends muted">
        <span>{first !== undefined && times.shortDay(first.start)}</span>
        <span className="trend-key">
          <span className="trend-swatch trend-swatch-known" aria-hidden /> known
          <span className="trend-swatch" aria-hidden /> anonymous · most {count(most)}
        </span>
        <span>today</span>
      </p>
      <details>
        <summary>Numbers</summary>
        <Table
          caption="People a day, latest first"
          fileName="people-a-day"
          rows={rows.toReversed()}
          keyOf={({ start }) => String(start)}
          columns={[
            { head: 'Day', cell: ({ start }) => times.day(start) },
            { head: 'People', numeric: true, cell: ({ people }) => count(people), value: ({ people }) => people },
            { head: 'Known', numeric: true, cell: ({ known }) => count(known), value: ({ known }) => known },
            { head: 'Share', numeric: true, cell: ({ people, known }) => share(known / people) },
          ]}
        />
      </details>
    </>
  );
}
