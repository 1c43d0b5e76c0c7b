import { useCallback } from 'react';
import type { FunnelAnswer, FunnelQuestion, FunnelStep } from '../api/shapes.ts';
import { wholeAxis } from '../parts/axes.ts';
import { Chart, hues, Legend, type Plot } from '../parts/chart.tsx';
import { people as countPeople, duration, share } from '../parts/format.ts';
import { Table } from '../parts/table.tsx';
import { splitName } from '../questions/breakdown.tsx';
import { Figure } from '../questions/figure.tsx';
import { HowFarOff } from '../questions/how-far-off.tsx';
import { type Behind, PeopleBehind, splitOf, Whose } from '../questions/people-behind.tsx';
import { numberPart, type Shown, useShown, valuePart } from '../questions/shown.ts';
import { signUpAmong } from './home/days.ts';

interface Bar {
  readonly step: string;
  readonly split: string;
  readonly people: number;
  readonly conversion: number;
}

export function FunnelAnswers({
  funnel,
  devices,
  earlier,
  question,
}: {
  funnel: FunnelAnswer;
  devices: FunnelAnswer | undefined;
  /** Of the stretch of the same length before. */
  earlier: FunnelAnswer | undefined;
  question: FunnelQuestion;
}) {
  const [shown] = useShown();
  const behind = shown && peopleOf(question, funnel, shown);
  const last = funnel.steps.at(-1);
  const groups = funnel.breakdown?.slice(0, 8);
  const names = groups?.map(({ value }) => splitName(value)) ?? [];
  const draw = useCallback((plot: Plot, width: number) => drawFunnel(plot, width, funnel), [funnel]);
  if (last === undefined || funnel.steps[0]?.people === 0)
    return <p className="muted">Nobody did the first step in this time. Try a longer time, or another event.</p>;
  const without = devices?.steps.at(-1)?.conversion;
  return (
    <>
      <dl className="figures">
        <Figure label="get to the end" value={share(last.conversion)} note={countPeople(last.people)} />
        {earlier?.steps[0] !== undefined && earlier.steps[0].people > 0 && (
          <Figure
            label="in the time before, as long"
            value={share(earlier.steps.at(-1)?.conversion ?? 0)}
            note={countPeople(earlier.steps.at(-1)?.people ?? 0)}
          />
        )}
        <Figure label="typically take" value={duration(last.medianTime)} note="from first step to last" />
        {without !== undefined && <Figure label="if devices were counted instead of people" value={share(without)} />}
      </dl>
      <HowFarOff signUps={signUpAmong([last.event]) === undefined ? undefined : last.conversion} />
      {names.length > 0 && <Legend names={names} />}
      <Chart label="People at each step of the funnel; the table below holds the numbers" draw={draw} />
      <StepTable caption="The funnel, step by step" steps={funnel.steps} />
      {groups !== undefined && groups.length > 0 && (
        <Table
          caption="The funnel, split"
          fileName="funnel-split"
          rows={funnel.breakdown ?? []}
          keyOf={({ value }) => splitName(value)}
          columns={[
            { head: 'Split', cell: ({ value }) => splitName(value) },
            ...funnel.steps.map((step, index) => ({
              head: `${index + 1}. ${step.event}`,
              numeric: true,
              cell: ({ value, steps }: Row) => (
                <Whose people={steps[index]?.people ?? 0} shown={['reached', String(index + 1), valuePart(value)]} />
              ),
              value: ({ steps }: Row) => steps[index]?.people ?? 0,
            })),
            { head: 'To the end', numeric: true, cell: ({ steps }) => share(steps.at(-1)?.conversion ?? 0) },
          ]}
        />
      )}
      {behind !== undefined && <PeopleBehind key={behind.title} {...behind} />}
    </>
  );
}

type Row = NonNullable<FunnelAnswer['breakdown']>[number];

/** Who reached a step or went no further (`reached:2`, `dropped:1`), of all or of one row of the split (`reached:2:=phone`). */
export function peopleOf(
  { breakdown, timeZone: _, perIdentifier: __, ...question }: FunnelQuestion,
  funnel: FunnelAnswer,
  [part, place, value]: Shown,
): Behind | undefined {
  const step = numberPart(place) ?? 0;
  const { event } = question.steps[step - 1] ?? {};
  if (event === undefined || (part !== 'reached' && part !== 'dropped')) return undefined;
  const split = splitOf(breakdown, value);
  const steps =
    'split' in split ? funnel.breakdown?.find((row) => valuePart(row.value) === value)?.steps : funnel.steps;
  const [here, next] = [steps?.[step - 1]?.people ?? 0, steps?.[step]?.people ?? 0];
  const says = part === 'reached' ? `Reached ${step}. ${event}` : `Went no further than ${step}. ${event}`;
  const other = part === 'reached' ? 'dropped' : 'reached';
  return {
    title: 'split' in split && value !== undefined ? `${says} · ${value.slice(1) || '(none)'}` : says,
    insight: 'funnel',
    question: { ...question, ...split, step, part },
    people: part === 'reached' ? here : here - next,
    ...(step < question.steps.length
      ? {
          others: {
            says: other === 'dropped' ? 'Those who went no further' : 'All who got here',
            shown: [other, String(step), ...(value === undefined ? [] : [value])],
          },
        }
      : {}),
  };
}

function StepTable({ caption, steps }: { caption: string; steps: readonly FunnelStep[] }) {
  const dropped = (index: number) => (steps[index]?.people ?? 0) - (steps[index + 1]?.people ?? 0);
  return (
    <Table
      caption={caption}
      fileName="funnel"
      rows={steps.map((step, index) => ({ ...step, index }))}
      keyOf={({ index }) => String(index)}
      columns={[
        { head: 'Step', cell: ({ event, index }) => `${index + 1}. ${event}` },
        {
          head: 'People',
          numeric: true,
          cell: ({ people, index }) => <Whose people={people} shown={['reached', String(index + 1)]} />,
          value: ({ people }) => people,
        },
        {
          head: 'Went no further',
          numeric: true,
          cell: ({ index }) =>
            index === steps.length - 1 ? '–' : <Whose people={dropped(index)} shown={['dropped', String(index + 1)]} />,
          value: ({ index }) => (index === steps.length - 1 ? null : dropped(index)),
        },
        {
          head: 'Of the first step',
          numeric: true,
          cell: ({ conversion }) => share(conversion),
          value: ({ conversion }) => conversion,
        },
        {
          head: 'Of the step before',
          numeric: true,
          cell: ({ fromPrevious, index }) => (index === 0 ? '–' : share(fromPrevious)),
          value: ({ fromPrevious, index }) => (index === 0 ? null : fromPrevious),
        },
        {
          head: 'Median time',
          numeric: true,
          cell: ({ medianTime, index }) => (index === 0 ? '–' : duration(medianTime)),
          value: ({ medianTime }) => medianTime,
        },
      ]}
    />
  );
}

function drawFunnel(plot: Plot, width: number, funnel: FunnelAnswer) {
  const label = (step: FunnelStep, index: number) => `${index + 1}. ${step.event}`;
  const bars: Bar[] =
    funnel.breakdown !== undefined && funnel.breakdown.length > 0
      ? funnel.breakdown
          .slice(0, 8)
          .flatMap(({ value, steps }) =>
            steps.map((step, index) => ({ ...step, step: label(step, index), split: splitName(value) })),
          )
      : funnel.steps.map((step, index) => ({ ...step, step: label(step, index), split: '' }));
  const splits = [...new Set(bars.map(({ split }) => split))];
  // Px from a bar to the next; where their labels would cover one another, the table below has the shares.
  const apart = (width - 72) / funnel.steps.length / (splits.length + (splits.length > 1 ? 1.1 : 0.3));
  return {
    height: 300,
    marginTop: 28,
    marginLeft: 52,
    fx: { label: null, domain: funnel.steps.map(label), padding: 0, axis: 'bottom' as const, tickSize: 0 },
    x: { axis: null, domain: splits, paddingInner: 0.1, paddingOuter: splits.length > 1 ? 0.6 : 0.2 },
    y: wholeAxis(Math.max(0, ...bars.map(({ people }) => people))),
    color: { domain: splits, range: splits.length > 1 ? hues.slice(0, splits.length) : ['var(--accent)'] },
    marks: [
      plot.barY(bars, {
        fx: 'step',
        x: 'split',
        y: 'people',
        fill: 'split',
        ry1: 4,
        title: (bar: Bar) => barTitle(bar),
      }),
      plot.text(bars, {
        fx: 'step',
        x: 'split',
        y: 'people',
        text: (bar: Bar) => (apart > 46 ? share(bar.conversion) : ''),
        dy: -10,
        fontWeight: 600,
      }),
      plot.ruleY([0], { strokeOpacity: 0.25 }),
    ],
  };
}

const barTitle = ({ step, split, people, conversion }: Bar): string =>
  `${step}${split === '' ? '' : ` · ${split}`}\n${countPeople(people)}, ${share(conversion)}`;
