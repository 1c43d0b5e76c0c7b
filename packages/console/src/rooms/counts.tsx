import { useCallback } from 'react';
import { useChoice } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { CountsAnswer, CountsQuestion, Interval } from '../api/shapes.ts';
import { timeAxis, wholeAxis } from '../parts/axes.ts';
import { Chart, hues, Legend, type Plot } from '../parts/chart.tsx';
import { count } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Working } from '../parts/working.tsx';
import { BreakdownPicker, splitName, useBreakdown } from '../questions/breakdown.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventList } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import type { Times } from '../time/times.ts';
import { useTimes } from '../time/use-times.ts';
import { type Point, pointsOf, type Unit } from './counts-points.ts';

const intervals: readonly (readonly [Interval, string])[] = [
  ['hour', 'Hour'],
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
];
const units: readonly (readonly [Unit, string])[] = [
  ['people', 'People'],
  ['events', 'Events'],
];

const choices = { every: intervals.map(([value]) => value), count: units.map(([value]) => value) };

/** The question of the address, and its answer. */
function useCounts() {
  const { filters, asked, setFilters } = useFilters('event', 1);
  const [interval, setInterval] = useChoice<Interval>('every', choices.every, 'day');
  const [unit, setUnit] = useChoice<Unit>('count', choices.count, 'people');
  const { range } = useScope();
  const breakdown = useBreakdown();
  const question: CountsQuestion | null =
    asked.length === 0 ? null : { ...range, events: asked, interval, ...(breakdown ? { breakdown } : {}) };
  const answer = useInsight<CountsAnswer>('counts', question);
  return { filters, setFilters, interval, setInterval, unit, setUnit, answer };
}

/** The answer alone, for the board. */
export function CountsCard() {
  const { interval, unit, answer } = useCounts();
  return (
    <Await answer={answer} waiting={<Working />}>
      {(found) => <Answer found={found} interval={interval} unit={unit} />}
    </Await>
  );
}

/** How many people did something, or how often, over time. */
export default function Counts() {
  const { filters, setFilters, interval, setInterval, unit, setUnit, answer } = useCounts();
  const problems = useQuestionProblems(choices, ['event']);
  return (
    <QuestionRoom
      title="Counts"
      about="How many people did something, or how often, over time."
      problems={problems}
      controls={
        <>
          <EventList filters={filters} onChange={setFilters} most={5} />
          <div className="toolbar">
            <Choice label="Count" value={unit} options={units} onChange={setUnit} />
            <Choice label="Every" value={interval} options={intervals} onChange={setInterval} />
            <RangePicker />
            <BreakdownPicker event={filters[0]?.event} />
          </div>
        </>
      }
    >
      <Await answer={answer} waiting={<Working />}>
        {(found) => <Answer found={found} interval={interval} unit={unit} />}
      </Await>
    </QuestionRoom>
  );
}

function Answer({ found, interval, unit }: { found: CountsAnswer; interval: Interval; unit: Unit }) {
  const times = useTimes();
  const draw = useCallback(
    (plot: Plot, width: number) => {
      const { points, series } = pointsOf(found, interval, unit, times.zone);
      return {
        height: 300,
        marginLeft: 52,
        x: timeAxis(
          points.map(({ start }) => start),
          times,
          width,
        ),
        y: wholeAxis(Math.max(0, ...points.map(({ value }) => value))),
        color: { domain: series, range: series.length > 1 ? hues.slice(0, series.length) : ['var(--accent)'] },
        marks: [
          plot.ruleY([0], { strokeOpacity: 0.25 }),
          ...(series.length === 1
            ? [plot.areaY(points, { x: 'start', y: 'value', fill: 'var(--accent)', fillOpacity: 0.12 })]
            : []),
          plot.lineY(points, { x: 'start', y: 'value', stroke: 'series', strokeWidth: 2 }),
          plot.dot(points, { x: 'start', y: 'value', fill: 'series', r: points.length > 80 ? 0 : 2.5 }),
          plot.tip(
            points,
            plot.pointerX({
              x: 'start',
              y: 'value',
              fill: 'var(--surface)',
              title: (point: Point) => `${point.series}\n${name(point.at, interval, times)}: ${count(point.value)}`,
            }),
          ),
        ],
      };
    },
    [found, interval, unit, times],
  );
  if (found.rows.length === 0)
    return <p className="muted">None of these happened in this time. Try a longer time, or another event.</p>;
  const { series } = pointsOf(found, interval, unit, times.zone);
  const split = found.rows.some(({ value }) => value !== undefined);
  return (
    <>
      {series.length > 1 && <Legend names={series} />}
      <Chart label="Counts over time; the table below holds the numbers" draw={draw} />
      <Table
        caption="Counts over time, latest first"
        fileName="counts"
        rows={found.rows.toReversed()}
        keyOf={({ start, event, value }) => `${start}/${event}/${splitName(value)}`}
        columns={[
          { head: interval === 'hour' ? 'Hour' : 'From', cell: ({ start }) => name(start, interval, times) },
          { head: 'Event', cell: ({ event }) => event },
          ...(split ? [{ head: 'Split', cell: ({ value }: CountsAnswer['rows'][number]) => splitName(value) }] : []),
          { head: 'People', numeric: true, cell: ({ people }) => count(people), value: ({ people }) => people },
          { head: 'Events', numeric: true, cell: ({ events }) => count(events), value: ({ events }) => events },
        ]}
      />
    </>
  );
}

const name = (start: number, interval: Interval, times: Times): string =>
  interval === 'hour' ? times.moment(start) : times.day(start);
