import { useCallback } from 'react';
import { useChoice, useText } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import { useProject } from '../api/project.ts';
import type { AttributionAnswer, AttributionModel, AttributionQuestion } from '../api/shapes.ts';
import { Chart, type Plot } from '../parts/chart.tsx';
import { count, people, share } from '../parts/format.ts';
import { useMoney } from '../parts/money.ts';
import { Await } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Working } from '../parts/working.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventPicker } from '../questions/events.tsx';
import { Figure } from '../questions/figure.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useNames } from '../questions/names.ts';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';

const day = 86_400_000;
const models: readonly (readonly [AttributionModel, string])[] = [
  ['last-touch', 'the last touch'],
  ['first-touch', 'the first touch'],
  ['linear', 'all touches equally'],
];
const touches = [
  ['utm_campaign', 'Campaign'],
  ['utm_source', 'Source'],
  ['utm_medium', 'Medium'],
  ['utm_term', 'Term'],
  ['utm_content', 'Content'],
  ['gclid', 'Google click id'],
  ['fbclid', 'Facebook click id'],
] as const;
const lookBacks = [
  [String(day), '1 day'],
  [String(7 * day), '7 days'],
  [String(30 * day), '30 days'],
  [String(90 * day), '90 days'],
] as const;

const choices = { model: models.map(([value]) => value), lookback: lookBacks.map(([value]) => value) };

/** More bars than this nobody reads; the table has every row. */
const most = 15;

/** The question of the address, and its answers. */
function useCampaigns() {
  const { filters, asked, setFilters } = useFilters('conversion', 1);
  const [model, setModel] = useChoice<AttributionModel>('model', choices.model, 'last-touch');
  const [by, setBy] = useText('touch');
  const [lookBack, setLookBack] = useChoice('lookback', choices.lookback, String(30 * day));
  const [revenue, setRevenue] = useText('revenue');
  const { range, before } = useScope();
  const conversion = asked[0];
  const question: AttributionQuestion | null =
    conversion === undefined
      ? null
      : {
          ...range,
          conversion,
          model,
          by: by || 'utm_campaign',
          lookBack: Number(lookBack),
          ...(revenue === '' ? {} : { revenueProperty: revenue }),
        };
  const answer = useInsight<AttributionAnswer>('attribution', question);
  const earlier = useInsight<AttributionAnswer>(
    'attribution',
    question === null || before === undefined ? null : { ...question, ...before },
  );
  return {
    filters,
    setFilters,
    model,
    setModel,
    by,
    setBy,
    lookBack,
    setLookBack,
    revenue,
    setRevenue,
    answer,
    earlier,
  };
}

/** The answer alone, for the board. */
export function CampaignsCard() {
  const { answer, earlier, revenue } = useCampaigns();
  return (
    <Await answer={answer} waiting={<Working />}>
      {(found) => <Answer found={found} earlier={earlier.data} money={revenue !== ''} />}
    </Await>
  );
}

/** Which campaign earned the conversions, over whole people. */
export default function Campaigns() {
  const {
    filters,
    setFilters,
    model,
    setModel,
    by,
    setBy,
    lookBack,
    setLookBack,
    revenue,
    setRevenue,
    answer,
    earlier,
  } = useCampaigns();
  const problems = useQuestionProblems(choices, ['conversion']);
  const names = useNames('names').data ?? [];
  const properties = useNames('properties', filters[0]?.event).data ?? [];
  return (
    <QuestionRoom
      title="Campaigns"
      about="Which campaign brought the people who converted, even when they came on one device and bought on another."
      problems={problems}
      controls={
        <>
          {filters[0] !== undefined && (
            <EventPicker
              filter={filters[0]}
              names={names}
              label="Conversion"
              onChange={(filter) => setFilters([filter])}
            />
          )}
          <div className="toolbar">
            <Choice
              label="Worth"
              value={revenue}
              options={[['', 'Count conversions'], ...properties.map(([name]) => [name, name] as const)]}
              onChange={setRevenue}
            />
            <Choice label="Credit goes to" value={model} options={models} onChange={setModel} />
            <Choice label="Report by" value={by || 'utm_campaign'} options={touches} onChange={setBy} />
            <Choice label="Looking back" value={lookBack} options={lookBacks} onChange={setLookBack} />
            <RangePicker />
          </div>
        </>
      }
    >
      <Await answer={answer} waiting={<Working />}>
        {(found) => <Answer found={found} earlier={earlier.data} money={revenue !== ''} />}
      </Await>
    </QuestionRoom>
  );
}

const touchName = (touch: string | null): string => touch ?? '(no touch)';
const part = (value: number): string => (Number.isInteger(value) ? count(value) : value.toFixed(2));

function Answer({
  found,
  earlier,
  money,
}: {
  found: AttributionAnswer;
  /** Of the stretch of the same length before. */
  earlier: AttributionAnswer | undefined;
  money: boolean;
}) {
  const { currency } = useProject();
  const amount = useMoney();
  const draw = useCallback(
    (plot: Plot, width: number) => {
      const rows = found.rows.slice(0, most).map((row) => ({
        name: touchName(row.touch),
        worth: money ? row.revenue : row.conversions,
        fill: row.touch === null ? 'var(--ink-faint)' : 'var(--accent)',
      }));
      return {
        height: 40 + rows.length * 34,
        marginLeft: Math.min(220, width / 2.5, 20 + 7 * Math.max(...rows.map(({ name }) => name.length))),
        marginRight: 70,
        x: { label: null, grid: true, ticks: 4, nice: true },
        y: { label: null, domain: rows.map(({ name }) => name), padding: 0.3, tickSize: 0 },
        marks: [
          plot.barX(rows, { y: 'name', x: 'worth', fill: 'fill', rx2: 4 }),
          plot.text(rows, {
            y: 'name',
            x: 'worth',
            text: (row: { worth: number }) => (money ? amount(row.worth) : part(row.worth)),
            textAnchor: 'start' as const,
            dx: 6,
          }),
        ],
      };
    },
    [found, money, amount],
  );
  if (found.total.conversions === 0)
    return <p className="muted">Nobody converted in this time. Try a longer time, or another event.</p>;
  const attributed = found.rows.filter(({ touch }) => touch !== null).reduce((sum, row) => sum + row.conversions, 0);
  return (
    <>
      <dl className="figures">
        {money && <Figure label="earned" value={amount(found.total.revenue)} />}
        <Figure label="conversions" value={count(found.total.conversions)} note={people(found.total.people)} />
        {earlier !== undefined && earlier.total.conversions > 0 && (
          <Figure
            label="in the time before, as long"
            value={money ? amount(earlier.total.revenue) : count(earlier.total.conversions)}
          />
        )}
        <Figure label="came from a campaign" value={share(attributed / found.total.conversions)} />
      </dl>
      <Chart label="Conversions by campaign; the table below holds the numbers" draw={draw} />
      <Table
        caption="Conversions by campaign"
        fileName="campaigns"
        rows={found.rows}
        keyOf={({ touch }) => touchName(touch)}
        columns={[
          { head: 'Touch', cell: ({ touch }) => touchName(touch) },
          {
            head: 'Conversions',
            numeric: true,
            cell: ({ conversions }) => part(conversions),
            value: ({ conversions }) => conversions,
          },
          { head: 'People', numeric: true, cell: ({ people }) => count(people), value: ({ people }) => people },
          ...(money
            ? [
                {
                  head: currency === null ? 'Revenue' : `Revenue, ${currency}`,
                  numeric: true,
                  cell: ({ revenue }: AttributionAnswer['rows'][number]) => amount(revenue),
                  value: ({ revenue }: AttributionAnswer['rows'][number]) => revenue,
                },
              ]
            : []),
          {
            head: 'Share',
            numeric: true,
            cell: (row) => share(money ? row.revenue / found.total.revenue : row.conversions / found.total.conversions),
          },
        ]}
      />
    </>
  );
}
