import { useCallback, useMemo } from 'react';
import { useChoice } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { Interval, RetentionAnswer, RetentionQuestion } from '../api/shapes.ts';
import { Chart, type Plot } from '../parts/chart.tsx';
import { count, people, share } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Working } from '../parts/working.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventPicker } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useNames } from '../questions/names.ts';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import { useTimes } from '../time/use-times.ts';
import { type Cohort, cohortsOf } from './retention-cohorts.ts';

const intervals: readonly (readonly [Interval, string])[] = [
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
];

const intervalValues = intervals.map(([value]) => value);

/** The question of the address, and its answer. */
function useRetention() {
  const first = useFilters('first', 1);
  const returning = useFilters('return', 1);
  const [interval, setInterval] = useChoice<Interval>('every', intervalValues, 'week');
  const { range } = useScope();
  const question: RetentionQuestion | null =
    first.asked[0] === undefined || returning.asked[0] === undefined
      ? null
      : { ...range, first: first.asked[0], returning: returning.asked[0], interval };
  const answer = useInsight<RetentionAnswer>('retention', question);
  return { first, returning, interval, setInterval, answer };
}

/** The answer alone, for the board. */
export function RetentionCard() {
  const { interval, answer } = useRetention();
  return (
    <Await answer={answer} waiting={<Working />}>
      {(found) => <Answer found={found} interval={interval} />}
    </Await>
  );
}

/** Who comes back, cohort by cohort. */
export default function Retention() {
  const { first, returning, interval, setInterval, answer } = useRetention();
  const problems = useQuestionProblems({ every: intervalValues }, ['first', 'return']);
  const names = useNames('names').data ?? [];
  return (
    <QuestionRoom
      title="Retention"
      about="Of the people who first did one thing, how many came back to do the other."
      problems={problems}
      controls={
        <>
          {first.filters[0] !== undefined && (
            <div className="pair">
              <span className="pair-word">First</span>
              <EventPicker
                filter={first.filters[0]}
                names={names}
                label="First event"
                onChange={(filter) => first.setFilters([filter])}
              />
            </div>
          )}
          {returning.filters[0] !== undefined && (
            <div className="pair">
              <span className="pair-word">then</span>
              <EventPicker
                filter={returning.filters[0]}
                names={names}
                label="Returning event"
                onChange={(filter) => returning.setFilters([filter])}
              />
            </div>
          )}
          <div className="toolbar">
            <Choice label="Every" value={interval} options={intervals} onChange={setInterval} />
            <RangePicker />
          </div>
        </>
      }
    >
      <Await answer={answer} waiting={<Working />}>
        {(found) => <Answer found={found} interval={interval} />}
      </Await>
    </QuestionRoom>
  );
}

function Answer({ found, interval }: { found: RetentionAnswer; interval: Interval }) {
  const times = useTimes();
  const rows = useMemo(() => cohortsOf(found, interval, Date.now(), times), [found, interval, times]);
  const width = Math.max(0, ...rows.map(({ shares }) => shares.length));
  const draw = useCallback((plot: Plot, width: number) => drawRetention(plot, width, rows), [rows]);
  if (rows.length === 0)
    return <p className="muted">Nobody did the first event in this time. Try a longer time, or another event.</p>;
  return (
    <>
      <Chart
        label={`Share of each cohort that came back, by ${interval}; the table below holds the numbers`}
        draw={draw}
      />
      <Table
        caption="People of each cohort and how many came back"
        fileName="retention"
        rows={rows}
        keyOf={({ name }) => name}
        columns={[
          { head: 'Began', cell: ({ name }) => name },
          { head: 'People', numeric: true, cell: ({ people }) => count(people), value: ({ people }) => people },
          ...Array.from({ length: width }, (_, n) => ({
            head: `${interval} ${n}`,
            numeric: true,
            cell: ({ shares }: Cohort) => (shares[n] === undefined ? '' : share(shares[n])),
            value: ({ shares }: Cohort) => shares[n] ?? null,
          })),
        ]}
      />
    </>
  );
}

function drawRetention(plot: Plot, width: number, rows: readonly Cohort[]) {
  const cells = rows.flatMap(({ name, people, shares }) =>
    shares.map((part, n) => ({ name, n, part, came: Math.round(part * people) })),
  );
  return {
    height: 44 + rows.length * 34,
    marginLeft: 96,
    marginTop: 28,
    x: { axis: 'top' as const, label: null, tickSize: 0, padding: 0.02 },
    y: { label: null, domain: rows.map(({ name }) => name), tickSize: 0, padding: 0.04 },
    marks: [
      plot.cell(cells, {
        x: 'n',
        y: 'name',
        fill: 'var(--accent)',
        // The paper shines through: 8 % ink for nobody, full ink for everybody.
        fillOpacity: (cell: { part: number }) => 0.08 + 0.92 * cell.part,
        inset: 1.5,
        rx: 4,
        title: (cell: { came: number }) => people(cell.came),
      }),
      plot.text(cells, {
        x: 'n',
        y: 'name',
        // A narrow cell has room for whole percents.
        text: (cell: { part: number }) => (width < 560 ? `${Math.round(cell.part * 100)}%` : share(cell.part)),
        fill: (cell: { part: number }) => (cell.part > 0.5 ? 'var(--on-accent)' : 'var(--ink)'),
      }),
    ],
    opacity: { type: 'identity' as const },
    color: { type: 'identity' as const },
  };
}
