import { useCallback, useMemo } from 'react';
import { useProject } from '../api/project.ts';
import type { AttributionAnswer, AttributionQuestion } from '../api/shapes.ts';
import { Chart, type Plot } from '../parts/chart.tsx';
import { count, people as countPeople, share } from '../parts/format.ts';
import { useMoney } from '../parts/money.ts';
import { type Column, Table } from '../parts/table.tsx';
import { splitName } from '../questions/breakdown.tsx';
import { Figure } from '../questions/figure.tsx';
import { WhoseCampaign } from '../questions/how-far-off.tsx';
import { type Behind, PeopleBehind, splitOf, Whose } from '../questions/people-behind.tsx';
import { readValuePart, type Shown, useShown, valuePart } from '../questions/shown.ts';

/** What a touch earned, of all or of one value of the breakdown. */
type Row = AttributionAnswer['rows'][number] & { readonly value?: string | null };

/** More bars than this nobody reads; the table has every row. */
const most = 15;

const touchName = (touch: string | null): string => (touch === null ? '(no touch)' : touch === '' ? '(empty)' : touch);
const part = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(2));

export function CampaignAnswers({
  found,
  question,
  earlier,
}: {
  found: AttributionAnswer;
  question: AttributionQuestion;
  /** Of the stretch of the same length before. */
  earlier: AttributionAnswer | undefined;
}) {
  const amount = useMoney();
  const [shown] = useShown();
  const money = question.revenueProperty !== undefined;
  const rows = useMemo(() => worthiest(found.rows, money), [found, money]);
  const draw = useCallback(
    (plot: Plot, width: number) => drawCampaigns(plot, width, rows.slice(0, most), money ? amount : undefined),
    [rows, money, amount],
  );
  if (found.total.conversions === 0)
    return <p className="muted">Nobody converted in this time. Try a longer time, or another event.</p>;
  const attributed = found.rows.filter(({ touch }) => touch !== null).reduce((sum, row) => sum + row.conversions, 0);
  const behind = shown && peopleOf(question, found, shown);
  return (
    <>
      <dl className="figures">
        {money && <Figure label="earned" value={amount(found.total.revenue)} />}
        <Figure label="conversions" value={count(found.total.conversions)} note={countPeople(found.total.people)} />
        {earlier !== undefined && earlier.total.conversions > 0 && (
          <Figure
            label="in the time before, as long"
            value={money ? amount(earlier.total.revenue) : count(earlier.total.conversions)}
          />
        )}
        <Figure label="came from a campaign" value={share(attributed / found.total.conversions)} />
      </dl>
      <WhoseCampaign />
      <Chart label="Conversions by campaign; the table below holds the numbers" draw={draw} />
      <EarnedTable
        caption="Conversions by campaign"
        fileName="campaigns"
        rows={rows}
        money={money}
        total={found.total}
      />
      {found.breakdown !== undefined && (
        <EarnedTable
          caption="Conversions by campaign, split"
          fileName="campaigns-split"
          rows={found.breakdown.flatMap(({ value, rows }) => worthiest(rows, money).map((row) => ({ ...row, value })))}
          money={money}
          total={found.total}
        />
      )}
      {behind !== undefined && <PeopleBehind key={behind.title} {...behind} />}
    </>
  );
}

const worthiest = (rows: AttributionAnswer['rows'], money: boolean): AttributionAnswer['rows'] =>
  money ? rows.toSorted((a, b) => b.revenue - a.revenue) : rows;

function EarnedTable({
  caption,
  fileName,
  rows,
  money,
  total,
}: {
  caption: string;
  fileName: string;
  rows: readonly Row[];
  money: boolean;
  total: AttributionAnswer['total'];
}) {
  const { currency } = useProject();
  const amount = useMoney();
  const split = rows.some(({ value }) => value !== undefined);
  const of = ({ touch, value }: Row): Shown => [valuePart(touch), ...(value === undefined ? [] : [valuePart(value)])];
  const columns: readonly (Column<Row> | false)[] = [
    { head: 'Touch', cell: ({ touch }) => touchName(touch) },
    split && { head: 'Split', cell: ({ value }) => splitName(value) },
    {
      head: 'Conversions',
      numeric: true,
      cell: ({ conversions }) => part(conversions),
      value: ({ conversions }) => conversions,
    },
    {
      head: 'People',
      numeric: true,
      cell: (row) => <Whose people={row.people} shown={['converted', ...of(row)]} />,
      value: ({ people }) => people,
    },
    money && {
      head: currency === null ? 'Revenue' : `Revenue, ${currency}`,
      numeric: true,
      cell: ({ revenue }) => amount(revenue),
      value: ({ revenue }) => revenue,
    },
    {
      head: 'Share',
      numeric: true,
      cell: (row) => share(money ? row.revenue / total.revenue : row.conversions / total.conversions),
      value: (row) => (money ? row.revenue / total.revenue : row.conversions / total.conversions),
    },
  ];
  return (
    <Table
      caption={caption}
      fileName={fileName}
      rows={rows}
      keyOf={({ touch, value }) => `${touchName(touch)}/${splitName(value)}`}
      columns={columns.filter((column) => column !== false)}
    />
  );
}

/** Whose conversions a touch is credited with, or who had it and did not convert: `converted|dropped:<touch>[:<value>]`. */
export function peopleOf(
  { breakdown, revenueProperty: _, timeZone: __, perIdentifier: ___, ...question }: AttributionQuestion,
  found: AttributionAnswer,
  [which, name, value]: Shown,
): Behind | undefined {
  const touch = readValuePart(name);
  if (name === undefined || touch === undefined || (which !== 'converted' && which !== 'dropped')) return undefined;
  const split = splitOf(breakdown, value);
  const rows = 'split' in split ? found.breakdown?.find((one) => valuePart(one.value) === value)?.rows : found.rows;
  const of = 'split' in split && value !== undefined ? ` · ${value.slice(1) || '(none)'}` : '';
  const rest = [name, ...(value === undefined ? [] : [value])];
  const { event } = question.conversion;
  return {
    title: `${touchName(touch)}${of}: ${which === 'converted' ? event : `came, without ${event}`}`,
    insight: 'attribution',
    question: { ...question, ...split, touch, part: which },
    people: which === 'converted' ? rows?.find((row) => row.touch === touch)?.people : undefined,
    ...(touch === null
      ? {}
      : which === 'converted'
        ? { others: { says: 'Those who came by it and did not', shown: ['dropped', ...rest] } }
        : { others: { says: 'Those who did', shown: ['converted', ...rest] } }),
  };
}

function drawCampaigns(
  plot: Plot,
  width: number,
  rows: readonly Row[],
  /** Writes money; absent: conversions are counted. */
  amount: ((value: number) => string) | undefined,
) {
  const bars = rows.map((row) => ({
    name: touchName(row.touch),
    worth: amount === undefined ? row.conversions : row.revenue,
    fill: row.touch === null ? 'var(--ink-faint)' : 'var(--accent)',
  }));
  return {
    height: 40 + bars.length * 34,
    marginLeft: Math.min(220, width / 2.5, 20 + 7 * Math.max(...bars.map(({ name }) => name.length))),
    marginRight: amount === undefined ? 70 : 110,
    x: { label: null, grid: true, ticks: 4, nice: true },
    y: { label: null, domain: bars.map(({ name }) => name), padding: 0.3, tickSize: 0 },
    marks: [
      plot.barX(bars, { y: 'name', x: 'worth', fill: 'fill', rx2: 4 }),
      plot.text(bars, {
        y: 'name',
        x: 'worth',
        text: ({ worth }: { worth: number }) => (amount === undefined ? part(worth) : amount(worth)),
        textAnchor: 'start' as const,
        dx: 6,
      }),
    ],
  };
}
