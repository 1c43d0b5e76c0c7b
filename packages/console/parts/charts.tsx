import { useCallback } from 'react';
import { wholeAxis } from '../src/parts/axes.ts';
import { Chart, hues, Legend, type Plot } from '../src/parts/chart.tsx';
import { count } from '../src/parts/format.ts';
import { useMoney } from '../src/parts/money.ts';
import { BriefTables, Table } from '../src/parts/table.tsx';
import { Value } from '../src/parts/text.tsx';
import { hostile } from './hostile.ts';

const rows = hostile.map((name, index) => ({ name, value: (index + 1) * 1_234.5 }));
const series = hostile.slice(0, 8);

export function Charts() {
  const money = useMoney();
  const bars = useCallback(
    (plot: Plot, width: number) => ({
      height: 40 + rows.length * 30,
      marginLeft: Math.min(160, width / 3),
      x: { label: null, ticks: 4 },
      y: { label: null, domain: rows.map(({ name }) => name), tickFormat: (name: string) => name.slice(0, 16) },
      marks: [plot.barX(rows, { x: 'value', y: 'name', fill: 'var(--accent)' })],
    }),
    [],
  );
  const lines = useCallback(
    (plot: Plot) => ({
      height: 200,
      x: { label: null },
      y: wholeAxis(8),
      color: { domain: [...series], range: [...hues] },
      marks: [
        plot.lineY(
          series.flatMap((name, at) => [0, 1, 2, 3].map((x) => ({ name, x, y: (x * (at + 1)) % 9 }))),
          { x: 'x', y: 'y', stroke: 'name', strokeWidth: 2 },
        ),
      ],
    }),
    [],
  );
  const table = (
    <Table
      caption="What strangers call things"
      fileName="parts"
      rows={rows}
      keyOf={({ name }) => name}
      columns={[
        { head: 'Name', cell: ({ name }) => name, sort: { now: 'ascending', onSort: () => {} } },
        { head: 'As a value', cell: ({ name }) => <Value value={name} />, value: ({ name }) => name },
        { head: 'Count', numeric: true, cell: ({ value }) => count(value), value: ({ value }) => value },
        { head: 'Earned', numeric: true, cell: ({ value }) => money(value), value: ({ value }) => value },
      ]}
    />
  );
  return (
    <section className="card">
      <h2>Charts and tables</h2>
      <Legend names={series} />
      <Chart label="Lines in every colour" draw={lines} />
      <Chart label="Bars with hostile names" draw={bars} />
      {table}
      <BriefTables value>{table}</BriefTables>
    </section>
  );
}
