import { useCallback, useMemo } from 'react';
import type { CountsAnswer, CountsQuestion, Interval } from '../api/shapes.ts';
import { timeAxis, wholeAxis } from '../parts/axes.ts';
import { Chart, hues, Legend, type Plot } from '../parts/chart.tsx';
import { count } from '../parts/format.ts';
import { Table } from '../parts/table.tsx';
import { splitName } from '../questions/breakdown.tsx';
import { Figure } from '../questions/figure.tsx';
import { type Behind, PeopleBehind, splitOf, Whose } from '../questions/people-behind.tsx';
import type { Range } from '../questions/range.ts';
import { numberPart, type Shown, useShown, valuePart } from '../questions/shown.ts';
import { nextStart } from '../time/interval.ts';
import type { Times } from '../time/times.ts';
import { useTimes } from '../time/use-times.ts';
import { type Point, pointsOf, startsOf, type Unit, valuesBefore } from './counts-points.ts';

/** The answer to the same question about the stretch of the same length before. */
export interface Past {
  readonly range: Range;
  readonly found: CountsAnswer;
}

export function CountsAnswers({
  found,
  question,
  unit,
  past,
}: {
  found: CountsAnswer;
  question: CountsQuestion;
  unit: Unit;
  past: Past | undefined;
}) {
  const times = useTimes();
  const [shown] = useShown();
  const { interval } = question;
  const { from, to } = question;
  const split = question.breakdown !== undefined;
  const drawn = useMemo(() => {
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    const cut = { interval, zone: times.zone };
    const starts = startsOf(found, range, Date.now(), cut);
    const before = past && valuesBefore(past.found, starts, startsOf(past.found, past.range, past.range.to ?? 0, cut));
    return { ...pointsOf(found, starts, unit, times.zone), before };
  }, [found, past, interval, unit, times, from, to]);
  const { series, before } = drawn;
  // One line is compared with one line: several with as many more are a tangle.
  const only = !split && found.totals.length === 1 ? found.totals[0]?.event : undefined;
  const draw = useCallback(
    (plot: Plot, width: number) => drawCounts(plot, width, { ...drawn, only, interval, unit, times }),
    [drawn, only, interval, unit, times],
  );
  if (found.rows.length === 0)
    return <p className="muted">None of these happened in this time. Try a longer time, or another event.</p>;
  const behind = shown && peopleOf(question, found, shown, times);
  return (
    <>
      <dl className="figures">
        {found.totals.map((total, place) => (
          <Figure
            // biome-ignore lint/suspicious/noArrayIndexKey: an event may be asked about twice, with other conditions
            key={place}
            label={`${total.event}, ${unit} in all`}
            value={
              unit === 'people' ? <Whose people={total.people} shown={['all', String(place)]} /> : count(total.events)
            }
            note={past && `${count(past.found.totals[place]?.[unit] ?? 0)} in the time before, as long`}
          />
        ))}
      </dl>
      {series.length > 1 && <Legend names={series} />}
      {only !== undefined && before !== undefined && (
        <p className="muted legend-note">The dashed line is the time before, as long.</p>
      )}
      <Chart label="Counts over time; the table below holds the numbers" draw={draw} />
      <Table
        caption="Counts over time, latest first"
        fileName="counts"
        rows={found.rows.toReversed()}
        keyOf={({ start, event, value }, place) => `${start}/${event}/${splitName(value)}/${place}`}
        columns={[
          { head: interval === 'hour' ? 'Hour' : 'From', cell: ({ start }) => name(start, interval, times) },
          { head: 'Event', cell: ({ event }) => event },
          ...(split ? [{ head: 'Split', cell: ({ value }: Row) => splitName(value) }] : []),
          {
            head: 'People',
            numeric: true,
            cell: ({ start, event, value, people }) => (
              <Whose
                people={people}
                shown={[
                  String(start),
                  String(question.events.findIndex((one) => one.event === event)),
                  ...(value === undefined ? [] : [valuePart(value)]),
                ]}
              />
            ),
            value: ({ people }) => people,
          },
          ...(split || before === undefined
            ? []
            : [
                {
                  head: `${unit === 'people' ? 'People' : 'Events'} before`,
                  numeric: true,
                  cell: ({ start, event }: Row) => figure(before(start, event)?.[unit]),
                  value: ({ start, event }: Row) => before(start, event)?.[unit] ?? null,
                },
              ]),
          { head: 'Events', numeric: true, cell: ({ events }) => count(events), value: ({ events }) => events },
        ]}
      />
      {behind !== undefined && <PeopleBehind key={behind.title} {...behind} />}
    </>
  );
}

type Row = CountsAnswer['rows'][number];

const figure = (value: number | undefined): string => (value === undefined ? '–' : count(value));

const name = (start: number, interval: Interval, times: Times): string =>
  interval === 'hour' ? times.moment(start) : times.day(start);

/** Who did an event in an interval (`<start>:<place of the event>[:<value>]`), or in the whole time (`all:0`). */
export function peopleOf(
  { events, interval, breakdown, timeZone: _, perIdentifier: __, ...scope }: CountsQuestion,
  found: CountsAnswer,
  [when, place, value]: Shown,
  times: Times,
): Behind | undefined {
  const at = numberPart(place) ?? -1;
  const event = events[at];
  const start = numberPart(when);
  if (event === undefined) return undefined;
  if (when === 'all')
    return {
      title: `${event.event}, in all`,
      insight: 'counts',
      question: { ...scope, event },
      people: found.totals[at]?.people,
    };
  if (start === undefined) return undefined;
  const end = nextStart(start, interval, times.zone);
  const split = splitOf(breakdown, value);
  const { people } =
    found.rows.find(
      (row) =>
        row.start === start && row.event === event.event && (row.value === undefined || valuePart(row.value) === value),
    ) ?? {};
  const words = [event.event, ...('split' in split && value !== undefined ? [value.slice(1) || '(none)'] : [])];
  return {
    title: `${words.join(' · ')}, ${interval} of ${name(start, interval, times)}`,
    insight: 'counts',
    // The first and the last interval may be cut by the range.
    question: {
      ...scope,
      from: Math.max(start, scope.from ?? start),
      to: Math.min(end, scope.to ?? end),
      event,
      ...split,
    },
    people,
  };
}

interface Drawn {
  readonly points: readonly Point[];
  readonly series: readonly string[];
  readonly before: ReturnType<typeof valuesBefore> | undefined;
  /** The one event that is compared with the time before. */
  readonly only: string | undefined;
  readonly interval: Interval;
  readonly unit: Unit;
  readonly times: Times;
}

function drawCounts(plot: Plot, width: number, { points, series, before, only, interval, unit, times }: Drawn) {
  const past =
    only === undefined || before === undefined
      ? []
      : points.flatMap(({ start, at }) => {
          const value = before(at, only)?.[unit];
          return value === undefined ? [] : [{ start, value }];
        });
  const said = ({ series, at, start, value }: Point) => {
    const then = past.find((one) => one.start.getTime() === start.getTime());
    const compared = then === undefined ? '' : `\nbefore: ${count(then.value)}`;
    return `${series}\n${name(at, interval, times)}: ${count(value)}${compared}`;
  };
  return {
    height: 300,
    marginLeft: 52,
    x: timeAxis(
      points.map(({ start }) => start),
      times,
      width,
    ),
    y: wholeAxis(Math.max(0, ...points.map(({ value }) => value), ...past.map(({ value }) => value))),
    color: { domain: series, range: series.length > 1 ? hues.slice(0, series.length) : ['var(--accent)'] },
    marks: [
      plot.ruleY([0], { strokeOpacity: 0.25 }),
      plot.lineY(past, {
        x: 'start',
        y: 'value',
        stroke: 'var(--ink-faint)',
        strokeWidth: 1.5,
        strokeDasharray: '5 4',
      }),
      ...(series.length === 1
        ? [plot.areaY(points, { x: 'start', y: 'value', fill: 'var(--accent)', fillOpacity: 0.12 })]
        : []),
      plot.lineY(points, { x: 'start', y: 'value', stroke: 'series', strokeWidth: 2 }),
      plot.dot(points, { x: 'start', y: 'value', fill: 'series', r: points.length > 80 ? 0 : 2.5 }),
      plot.tip(points, plot.pointerX({ x: 'start', y: 'value', fill: 'var(--surface)', title: said })),
    ],
  };
}
