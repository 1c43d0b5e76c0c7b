import { useChoice } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { FunnelAnswer, FunnelQuestion } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { Working } from '../parts/working.tsx';
import { BreakdownPicker, useBreakdown } from '../questions/breakdown.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventList } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import { FunnelAnswers } from './funnel-answer.tsx';

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
  return <Answered {...useFunnel()} />;
}

function Answered({
  question,
  answer,
  devices,
  earlier,
}: Pick<ReturnType<typeof useFunnel>, 'question' | 'answer' | 'devices' | 'earlier'>) {
  if (question === null) return <p className="muted">A funnel needs two steps: add one above.</p>;
  return (
    <Await answer={answer} waiting={<Working />}>
      {(funnel) => <FunnelAnswers funnel={funnel} devices={devices.data} earlier={earlier.data} question={question} />}
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
      <Answered {...asked} />
    </QuestionRoom>
  );
}
