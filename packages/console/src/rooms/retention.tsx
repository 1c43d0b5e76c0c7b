import { useCallback } from 'react';
import { useInsight } from '../api/answers.ts';
import type { Interval, RetentionAnswer, RetentionQuestion } from '../api/shapes.ts';
import { Chart, type Plot } from '../parts/chart.tsx';
import { count, dayOf, share } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { Choice, RangePicker, useParam } from '../questions/controls.tsx';
import { EventPicker, useNames } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { Table } from '../questions/table.tsx';
import { useFilters, useRange } from '../questions/use-question.ts';

const intervals: readonly (readonly [Interval, string])[] = [
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
];

/** Who comes back, cohort by cohort. */
export default function Retention() {
  const first = useFilters('first', 1);
  const returning = useFilters('return', 1);
  const [interval, setInterval] = useParam<Interval>('every', 'week');
  const range = useRange();
  const names = useNames('names');
  const question: RetentionQuestion | null =
    first.asked[0] === undefined || returning.asked[0] === undefined
      ? null
      : { ...range, first: first.asked[0], returning: returning.asked[0], interval };
  const answer = useInsight<RetentionAnswer>('retention', question);
  return (
    <QuestionRoom
      title="Retention"
      about="Of the people who first did one thing, how many came back to do the other."
      none={first.none}
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
      <Await answer={answer}>{(found) => <Answer found={found} interval={interval} />}</Await>
    </QuestionRoom>
  );
}

function Answer({ found, interval }: { found: RetentionAnswer; interval: Interval }) {
  const width = Math.max(0, ...found.rows.map(({ returned }) => returned.length));
  const draw = useCallback((plot: Plot) => drawRetention(plot, found), [found]);
  if (found.rows.length === 0)
    return <p className="muted">Nobody did the first event in this time. Try a longer time, or another event.</p>;
  return (
    <>
      <Chart
        label={`Share of each cohort that came back, by ${interval}; the table below holds the numbers`}
        draw={draw}
      />
      <Table
        caption="People of each cohort and how many came back"
        rows={found.rows}
        keyOf={({ cohort }) => String(cohort)}
        columns={[
          { head: 'Began', cell: ({ cohort }) => dayOf(cohort) },
          { head: 'People', numeric: true, cell: ({ people }) => count(people) },
          ...Array.from({ length: width }, (_, n) => ({
            head: `${interval} ${n}`,
            numeric: true,
            cell: ({ returned, people }: RetentionAnswer['rows'][number]) =>
              returned[n] === undefined ? '' : share(people === 0 ? 0 : returned[n] / people),
          })),
        ]}
      />
    </>
  );
}

function drawRetention(plot: Plot, found: RetentionAnswer) {
  const cells = found.rows.flatMap(({ cohort, people, returned }) =>
    returned.map((came, n) => ({ cohort: dayOf(cohort), n, part: people === 0 ? 0 : came / people, came })),
  );
  return {
    height: 44 + found.rows.length * 34,
    marginLeft: 96,
    marginTop: 28,
    x: { axis: 'top' as const, label: null, tickSize: 0 },
    y: { label: null, domain: found.rows.map(({ cohort }) => dayOf(cohort)), tickSize: 0 },
    marks: [
      plot.cell(cells, {
        x: 'n',
        y: 'cohort',
        fill: 'var(--accent)',
        // The paper shines through: 8 % ink for nobody, full ink for everybody.
        fillOpacity: (cell: { part: number }) => 0.08 + 0.92 * cell.part,
        inset: 1.5,
        rx: 4,
        title: (cell: { came: number }) => `${count(cell.came)} people`,
      }),
      plot.text(cells, {
        x: 'n',
        y: 'cohort',
        text: (cell: { part: number }) => share(cell.part),
        fill: (cell: { part: number }) => (cell.part > 0.5 ? 'var(--on-accent)' : 'var(--ink)'),
      }),
    ],
    opacity: { type: 'identity' as const },
    color: { type: 'identity' as const },
  };
}
