import { useChoice } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { Interval, RetentionAnswer, RetentionQuestion } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { Working } from '../parts/working.tsx';
import { BreakdownPicker, useBreakdown } from '../questions/breakdown.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventPicker } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useNames } from '../questions/names.ts';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import { RetentionAnswers } from './retention-answer.tsx';

const intervals: readonly (readonly [Interval, string])[] = [
  ['day', 'Day'],
  ['week', 'Week'],
  ['month', 'Month'],
];

const intervalValues = intervals.map(([value]) => value);

/** The question of the address, and its answers. */
function useRetention() {
  const first = useFilters('first', 1);
  const returning = useFilters('return', 1);
  const [interval, setInterval] = useChoice<Interval>('every', intervalValues, 'week');
  const { range, before } = useScope();
  const breakdown = useBreakdown();
  const question: RetentionQuestion | null =
    first.asked[0] === undefined || returning.asked[0] === undefined
      ? null
      : {
          ...{ ...range, first: first.asked[0], returning: returning.asked[0], interval },
          ...(breakdown ? { breakdown } : {}),
        };
  const answer = useInsight<RetentionAnswer>('retention', question);
  const earlier = useInsight<RetentionAnswer>(
    'retention',
    question === null || before === undefined
      ? null
      : { ...before, first: question.first, returning: question.returning, interval },
  );
  return { first, returning, interval, setInterval, question, answer, earlier };
}

/** The answer alone, for the board. */
export function RetentionCard() {
  return <Answered {...useRetention()} />;
}

function Answered({
  question,
  answer,
  earlier,
}: Pick<ReturnType<typeof useRetention>, 'question' | 'answer' | 'earlier'>) {
  if (question === null) return <p className="muted">Choose two events above.</p>;
  return (
    <Await answer={answer} waiting={<Working />}>
      {(found) => <RetentionAnswers found={found} question={question} earlier={earlier.data} />}
    </Await>
  );
}

/** Who comes back, cohort by cohort. */
export default function Retention() {
  const asked = useRetention();
  const { first, returning, interval, setInterval } = asked;
  const problems = useQuestionProblems({ every: intervalValues }, ['first', 'return']);
  const names = useNames('names').data ?? [];
  const picker = (word: string, label: string, { filters, setFilters }: typeof first) =>
    filters[0] !== undefined && (
      <div className="pair">
        <span className="pair-word">{word}</span>
        <EventPicker filter={filters[0]} names={names} label={label} onChange={(filter) => setFilters([filter])} />
      </div>
    );
  return (
    <QuestionRoom
      title="Retention"
      about="Of the people who first did one thing, how many came back to do the other."
      problems={problems}
      controls={
        <>
          {picker('First', 'First event', first)}
          {picker('then', 'Returning event', returning)}
          <div className="toolbar">
            <Choice label="Every" value={interval} options={intervals} onChange={setInterval} />
            <RangePicker />
            <BreakdownPicker event={first.filters[0]?.event} />
          </div>
        </>
      }
    >
      <Answered {...asked} />
    </QuestionRoom>
  );
}
