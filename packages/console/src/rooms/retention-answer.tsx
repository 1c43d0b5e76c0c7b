import { useCallback, useMemo } from 'react';
import type { RetentionAnswer, RetentionQuestion } from '../api/shapes.ts';
import { Chart, type Plot } from '../parts/chart.tsx';
import { people as countPeople, share } from '../parts/format.ts';
import { Table } from '../parts/table.tsx';
import { splitName } from '../questions/breakdown.tsx';
import { Figure } from '../questions/figure.tsx';
import { HowFarOff } from '../questions/how-far-off.tsx';
import { type Behind, PeopleBehind, splitOf, Whose } from '../questions/people-behind.tsx';
import { numberPart, type Shown, useShown, valuePart } from '../questions/shown.ts';
import type { Times } from '../time/times.ts';
import { useTimes } from '../time/use-times.ts';
import { type Cohort, cohortsOf, sharesOf, together } from './retention-cohorts.ts';

/** A cohort, of everybody or of those with one value of the breakdown. */
type Row = Cohort & { readonly value?: string | null };

export function RetentionAnswers({
  found,
  question,
  earlier,
}: {
  found: RetentionAnswer;
  question: RetentionQuestion;
  /** Of the stretch of the same length before. */
  earlier: RetentionAnswer | undefined;
}) {
  const times = useTimes();
  const [shown] = useShown();
  const { interval } = question;
  const { cohorts, rows, lines, next, before } = useMemo(() => {
    const now = Date.now();
    const cohortsIn = (one: Pick<RetentionAnswer, 'rows'>) => cohortsOf(one, interval, now, times);
    const cohorts = cohortsIn(found);
    const splits = found.breakdown?.map((one) => ({ value: one.value, cohorts: cohortsIn(one) }));
    return {
      cohorts,
      rows:
        splits?.flatMap(({ value, cohorts }) => cohorts.map((one): Row => ({ ...one, value }))) ??
        (cohorts as readonly Row[]),
      /** What the chart draws: a line a cohort, or one a value, all its cohorts as one. */
      lines:
        splits?.map(({ value, cohorts }) => ({ name: splitName(value), cells: together(cohorts) })) ??
        cohorts.map(lineOf),
      next: together(cohorts)[1],
      before: earlier && together(cohortsIn(earlier))[1],
    };
  }, [found, earlier, interval, times]);
  const draw = useCallback((plot: Plot, width: number) => drawRetention(plot, width, lines), [lines]);
  if (cohorts.length === 0)
    return <p className="muted">Nobody did the first event in this time. Try a longer time, or another event.</p>;
  const width = Math.max(0, ...cohorts.map(({ returned }) => returned.length));
  const split = found.breakdown !== undefined;
  const behind = shown && peopleOf(question, found, shown, times);
  return (
    <>
      <dl className="figures">
        <Figure
          label={`came back in the next ${interval}`}
          value={next === undefined ? '–' : share(next.came / next.people)}
          note={next === undefined ? `no next ${interval} has begun yet` : `of ${countPeople(next.people)}`}
        />
        {before !== undefined && before.people > 0 && (
          <Figure
            label="in the time before, as long"
            value={share(before.came / before.people)}
            note={`of ${countPeople(before.people)}`}
          />
        )}
      </dl>
      <HowFarOff />
      <Chart
        label={`Share of each ${split ? 'group' : 'cohort'} that came back, by ${interval}; the table below holds the numbers`}
        draw={draw}
      />
      <Table
        caption="People of each cohort and how many came back"
        fileName="retention"
        rows={rows}
        keyOf={({ cohort, value }) => `${cohort}/${splitName(value)}`}
        columns={[
          { head: 'Began', cell: ({ name }) => name },
          ...(split ? [{ head: 'Split', cell: ({ value }: Row) => splitName(value) }] : []),
          {
            head: 'People',
            numeric: true,
            cell: (row) => <Whose people={row.people} shown={['began', ...places(row, 0)]} />,
            value: ({ people }) => people,
          },
          ...Array.from({ length: width }, (_, n) => ({
            head: `${interval} ${n}`,
            numeric: true,
            cell: (row: Row) => {
              const part = sharesOf(row)[n];
              if (part === undefined) return '';
              return <Whose people={row.returned[n] ?? 0} text={share(part)} shown={['returned', ...places(row, n)]} />;
            },
            value: (row: Row) => sharesOf(row)[n] ?? null,
          })),
        ]}
      />
      {behind !== undefined && <PeopleBehind key={behind.title} {...behind} />}
    </>
  );
}

const places = ({ cohort, value }: Row, n: number): Shown => [
  String(cohort),
  String(n),
  ...(value === undefined ? [] : [valuePart(value)]),
];

/** Who began, came back or did not: `began|returned|dropped:<cohort>:<n>[:<value>]`. */
export function peopleOf(
  { breakdown, timeZone: _, perIdentifier: __, intervals: ___, ...question }: RetentionQuestion,
  found: RetentionAnswer,
  [part, when, place, value]: Shown,
  times: Times,
): Behind | undefined {
  const [cohort, n] = [numberPart(when), numberPart(place)];
  if (cohort === undefined || n === undefined) return undefined;
  if (part !== 'began' && part !== 'returned' && part !== 'dropped') return undefined;
  const split = splitOf(breakdown, value);
  const rows = 'split' in split ? found.breakdown?.find((one) => valuePart(one.value) === value)?.rows : found.rows;
  const row = rows?.find((one) => one.cohort === cohort);
  const came = row?.returned[n] ?? 0;
  const began = `Began in the ${question.interval} of ${times.day(cohort)}${'split' in split && value !== undefined ? ` · ${value.slice(1) || '(none)'}` : ''}`;
  const later = `${question.interval} ${n}`;
  const said = {
    began,
    returned: `${began}, came back in ${later}`,
    dropped: `${began}, did not come back in ${later}`,
  };
  const rest: Shown = [String(cohort), String(n), ...(value === undefined ? [] : [value])];
  return {
    title: said[part],
    insight: 'retention',
    question: { ...question, ...split, cohort, part, n },
    people: row && { began: row.people, returned: came, dropped: row.people - came }[part],
    ...(part === 'began'
      ? {}
      : part === 'returned'
        ? { others: { says: 'Those who did not', shown: ['dropped', ...rest] } }
        : { others: { says: 'Those who did', shown: ['returned', ...rest] } }),
  };
}

interface Line {
  readonly name: string;
  /** For each interval, of how many people how many came back. */
  readonly cells: readonly { readonly people: number; readonly came: number }[];
}

const lineOf = ({ name, people, returned }: Cohort): Line => ({
  name,
  cells: returned.map((came) => ({ people, came })),
});

/** More lines than this nobody reads; the table has all. */
const mostLines = 40;

/** Px that a share needs in a cell: with its decimals, as whole percents, without their sign. */
const room = { exact: 44, percents: 34, numbers: 22 } as const;

function drawRetention(plot: Plot, width: number, lines: readonly Line[]) {
  const drawn = lines.slice(0, mostLines);
  const cells = drawn.flatMap(({ name, cells }) =>
    cells.map(({ people, came }, n) => ({ name, n, came, part: people === 0 ? 0 : came / people })),
  );
  const longest = Math.max(10, ...drawn.map(({ name }) => name.length));
  const marginLeft = Math.min(220, width / 2.5, width < 560 ? 10 + 6.5 * longest : 26 + 7 * longest);
  const columns = Math.max(1, ...drawn.map(({ cells }) => cells.length));
  const cellWidth = (width - marginLeft - 20) / columns;
  const says = (part: number) => {
    if (cellWidth >= room.exact) return share(part);
    if (cellWidth < room.numbers) return '';
    return `${Math.round(part * 100)}${cellWidth >= room.percents ? '%' : ''}`;
  };
  return {
    height: 44 + drawn.length * 34,
    marginLeft,
    marginTop: 28,
    x: { axis: 'top' as const, label: null, tickSize: 0, padding: 0.02 },
    y: { label: null, domain: drawn.map(({ name }) => name), tickSize: 0, padding: 0.04 },
    marks: [
      plot.cell(cells, {
        x: 'n',
        y: 'name',
        fill: 'var(--accent)',
        // The paper shines through: 8 % ink for nobody, full ink for everybody.
        fillOpacity: (cell: { part: number }) => 0.08 + 0.92 * cell.part,
        inset: 1.5,
        rx: 4,
        title: (cell: { came: number }) => countPeople(cell.came),
      }),
      plot.text(cells, {
        x: 'n',
        y: 'name',
        text: (cell: { part: number }) => says(cell.part),
        fill: (cell: { part: number }) => (cell.part > 0.5 ? 'var(--on-accent)' : 'var(--ink)'),
      }),
    ],
    opacity: { type: 'identity' as const },
    color: { type: 'identity' as const },
  };
}
