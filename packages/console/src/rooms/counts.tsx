import { useMemo } from 'react';
import { useChoice } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { CountsAnswer, CountsQuestion, Interval } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { Working } from '../parts/working.tsx';
import { BreakdownPicker, useBreakdown } from '../questions/breakdown.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventList } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import { CountsAnswers } from './counts-answer.tsx';
import type { Unit } from './counts-points.ts';

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

/** The question of the address, and its answers. */
function useCounts() {
  const { filters, asked, setFilters } = useFilters('event', 1);
  const [interval, setInterval] = useChoice<Interval>('every', choices.every, 'day');
  const [unit, setUnit] = useChoice<Unit>('count', choices.count, 'people');
  const { range, before } = useScope();
  const breakdown = useBreakdown();
  const question: CountsQuestion | null =
    asked.length === 0 ? null : { ...range, events: asked, interval, ...(breakdown ? { breakdown } : {}) };
  const answer = useInsight<CountsAnswer>('counts', question);
  const earlier = useInsight<CountsAnswer>(
    'counts',
    question === null || before === undefined ? null : { ...before, events: asked, interval },
  );
  return { filters, setFilters, interval, setInterval, unit, setUnit, question, before, answer, earlier };
}

/** The answer alone, for the board. */
export function CountsCard() {
  return <Answered {...useCounts()} />;
}

function Answered({ question, before, unit, answer, earlier }: ReturnType<typeof useCounts>) {
  const then = earlier.data;
  const past = useMemo(() => before && then && { range: before, found: then }, [before, then]);
  if (question === null) return <p className="muted">Choose an event above.</p>;
  return (
    <Await answer={answer} waiting={<Working />}>
      {(found) => <CountsAnswers found={found} question={question} unit={unit} past={past} />}
    </Await>
  );
}

/** How many people did something, or how often, over time. */
export default function Counts() {
  const asked = useCounts();
  const { filters, setFilters, interval, setInterval, unit, setUnit } = asked;
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
      <Answered {...asked} />
    </QuestionRoom>
  );
}
