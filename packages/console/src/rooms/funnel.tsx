import { useCallback, useState } from 'react';
import { useChoice } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { FunnelAnswer, FunnelQuestion, FunnelStep } from '../api/shapes.ts';
import { wholeAxis } from '../parts/axes.ts';
import { Chart, hues, Legend, type Plot } from '../parts/chart.tsx';
import { count, people as countPeople, duration, share } from '../parts/format.ts';
import { Await } from '../parts/states.tsx';
import { Table } from '../parts/table.tsx';
import { Working } from '../parts/working.tsx';
import { BreakdownPicker, splitName, useBreakdown } from '../questions/breakdown.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventList } from '../questions/events.tsx';
import { Figure } from '../questions/figure.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import { FunnelPeople, type Group } from './funnel-people.tsx';

const hour = 3_600_000;
const windows = [
  [String(hour), '1 hour'],
  [String(24 * hour), '1 day'],
  [String(7 * 24 * hour), '7 days'],
  [String(30 * 24 * hour), '30 days'],
  [String(90 * 24 * hour), '90 days'],
] as const;
const windowValues = windows.map(([value]) => value);
const standardWindow = String(30 * 24 * hour);

/** The question of the address, and its answers. */
function useFunnel() {
  const { filters, asked, setFilters } = useFilters('step', 2);
  const [window, setWindow] = useChoice('window', windowValues, standardWindow);
  const { range, before } = useScope();
  const breakdown = useBreakdown();
  const question: FunnelQuestion | null =
    asked.length < 2 ? null : { ...range, steps: asked, window: Number(window), ...(breakdown ? { breakdown } : {}) };
  const answer = useInsight<FunnelAnswer>('funnel', question);
  const devices = useInsight<FunnelAnswer>(
    'funnel',
    question === null ? null : { ...range, steps: asked, window: Number(window), perIdentifier: true },
  );
  const earlier = useInsight<FunnelAnswer>(
    'funnel',
    question === null || before === undefined ? null : { ...before, steps: asked, window: Number(window) },
  );
  return { filters, setFilters, window, setWindow, question, answer, devices, earlier };
}

/** The answer alone, for the board. */
export function FunnelCard() {
  return <FunnelAnswers {...useFunnel()} />;
}

function FunnelAnswers({
  question,
  answer,
  devices,
  earlier,
}: Pick<ReturnType<typeof useFunnel>, 'question' | 'answer' | 'devices' | 'earlier'>) {
  if (question === null) return <p className="muted">A funnel needs two steps: add one above.</p>;
  return (
    <Await answer={answer} waiting={<Working />}>
      {(funnel) => <Answer funnel={funnel} devices={devices.data} earlier={earlier.data} question={question} />}
    </Await>
  );
}

/** What share of people goes from one event to the next. */
export default function FunnelRoom() {
  const asked = useFunnel();
  const { filters, setFilters, window, setWindow } = asked;
  const problems = useQuestionProblems({ window: windowValues }, ['step']);
  return (
    <QuestionRoom
      title="Funnel"
      about="What share of people gets from one step to the next, on whatever device."
      problems={problems}
      controls={
        <>
          <EventList filters={filters} onChange={setFilters} ordered least={2} />
          <div className="toolbar">
            <Choice label="Within" value={window} options={windows} onChange={setWindow} />
            <RangePicker />
            <BreakdownPicker event={filters[0]?.event} />
          </div>
        </>
      }
    >
      <FunnelAnswers {...asked} />
    </QuestionRoom>
  );
}

interface Bar {
  readonly step: string;
  readonly split: string;
  readonly people: number;
  readonly conversion: number;
}

function Answer({
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
  const [group, setGroup] = useState<Group>();
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
      {names.length > 0 && <Legend names={names} />}
      <Chart label="People at each step of the funnel; the table below holds the numbers" draw={draw} />
      <StepTable caption="The funnel, step by step" steps={funnel.steps} onGroup={setGroup} />
      {group !== undefined && <FunnelPeople question={question} group={group} />}
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
              cell: (row: { readonly steps: readonly FunnelStep[] }) => count(row.steps[index]?.people ?? 0),
              value: (row: { readonly steps: readonly FunnelStep[] }) => row.steps[index]?.people ?? 0,
            })),
            { head: 'To the end', numeric: true, cell: ({ steps }) => share(steps.at(-1)?.conversion ?? 0) },
          ]}
        />
      )}
    </>
  );
}

function StepTable({
  caption,
  steps,
  onGroup,
}: {
  caption: string;
  steps: readonly FunnelStep[];
  onGroup: (group: Group) => void;
}) {
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
          cell: ({ people, index }) => (
            <GroupButton group={{ step: index + 1, part: 'reached', people }} onGroup={onGroup} />
          ),
          value: ({ people }) => people,
        },
        {
          head: 'Went no further',
          numeric: true,
          cell: ({ index }) =>
            index === steps.length - 1 ? (
              '–'
            ) : (
              <GroupButton group={{ step: index + 1, part: 'dropped', people: dropped(index) }} onGroup={onGroup} />
            ),
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

/** A number of people that shows who they are. */
function GroupButton({ group, onGroup }: { group: Group; onGroup: (group: Group) => void }) {
  if (group.people === 0) return '0';
  return (
    <button type="button" className="button-number" onClick={() => onGroup(group)} title="Who they are">
      {count(group.people)}
    </button>
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
        text: (bar: Bar) => (width / bars.length > 44 ? share(bar.conversion) : ''),
        dy: -10,
        fontWeight: 600,
      }),
      plot.ruleY([0], { strokeOpacity: 0.25 }),
    ],
  };
}

const barTitle = ({ step, split, people, conversion }: Bar): string =>
  `${step}${split === '' ? '' : ` · ${split}`}\n${countPeople(people)}, ${share(conversion)}`;
