import { useChoice, useText } from '../address/params.ts';
import { useInsight } from '../api/answers.ts';
import type { AttributionAnswer, AttributionModel, AttributionQuestion } from '../api/shapes.ts';
import { Await } from '../parts/states.tsx';
import { Working } from '../parts/working.tsx';
import { BreakdownPicker, useBreakdown } from '../questions/breakdown.tsx';
import { Choice, RangePicker } from '../questions/controls.tsx';
import { EventPicker } from '../questions/events.tsx';
import { QuestionRoom } from '../questions/frame.tsx';
import { useNames } from '../questions/names.ts';
import { useFilters, useQuestionProblems, useScope } from '../questions/use-question.ts';
import { CampaignAnswers } from './campaigns-answer.tsx';

const day = 86_400_000;
const models: readonly (readonly [AttributionModel, string])[] = [
  ['last-touch', 'the last touch'],
  ['first-touch', 'the first touch'],
  ['linear', 'all touches equally'],
];
const touches = [
  ['utm_campaign', 'Campaign'],
  ['utm_source', 'Source'],
  ['utm_medium', 'Medium'],
  ['utm_term', 'Term'],
  ['utm_content', 'Content'],
  ['gclid', 'Google click id'],
  ['fbclid', 'Facebook click id'],
] as const;
const lookBacks = [
  [String(day), '1 day'],
  [String(7 * day), '7 days'],
  [String(30 * day), '30 days'],
  [String(90 * day), '90 days'],
] as const;

const choices = { model: models.map(([value]) => value), lookback: lookBacks.map(([value]) => value) };

/** The question of the address, its answers, and how each choice is made. */
function useCampaigns() {
  const { filters, asked, setFilters } = useFilters('conversion', 1);
  const [model, setModel] = useChoice<AttributionModel>('model', choices.model, 'last-touch');
  const [by, setBy] = useText('touch');
  const [lookBack, setLookBack] = useChoice('lookback', choices.lookback, String(30 * day));
  const [revenue, setRevenue] = useText('revenue');
  const { range, before } = useScope();
  const breakdown = useBreakdown();
  const [conversion] = asked;
  const told: AttributionQuestion | null =
    conversion === undefined
      ? null
      : {
          conversion,
          model,
          by: by || 'utm_campaign',
          lookBack: Number(lookBack),
          ...(revenue === '' ? {} : { revenueProperty: revenue }),
        };
  const question: AttributionQuestion | null = told && { ...told, ...range, ...(breakdown ? { breakdown } : {}) };
  return {
    conversion: { value: filters[0], set: setFilters },
    model: { value: model, set: setModel },
    by: { value: by || 'utm_campaign', set: setBy },
    lookBack: { value: lookBack, set: setLookBack },
    revenue: { value: revenue, set: setRevenue },
    question,
    answer: useInsight<AttributionAnswer>('attribution', question),
    earlier: useInsight<AttributionAnswer>(
      'attribution',
      told === null || before === undefined ? null : { ...told, ...before },
    ),
  };
}

type Asked = ReturnType<typeof useCampaigns>;

/** The answer alone, for the board. */
export function CampaignsCard() {
  return <Answered {...useCampaigns()} />;
}

function Answered({ question, answer, earlier }: Pick<Asked, 'question' | 'answer' | 'earlier'>) {
  if (question === null) return <p className="muted">Choose a conversion above.</p>;
  return (
    <Await answer={answer} waiting={<Working />}>
      {(found) => <CampaignAnswers found={found} question={question} earlier={earlier.data} />}
    </Await>
  );
}

/** Which campaign earned the conversions, over whole people. */
export default function Campaigns() {
  const asked = useCampaigns();
  const { conversion, revenue, model, by, lookBack } = asked;
  const problems = useQuestionProblems(choices, ['conversion']);
  const names = useNames('names').data ?? [];
  const properties = useNames('properties', conversion.value?.event).data ?? [];
  return (
    <QuestionRoom
      title="Campaigns"
      about="Which campaign brought the people who converted, even when they came on one device and bought on another."
      problems={problems}
      controls={
        <>
          {conversion.value !== undefined && (
            <EventPicker
              filter={conversion.value}
              names={names}
              label="Conversion"
              onChange={(filter) => conversion.set([filter])}
            />
          )}
          <div className="toolbar">
            <Choice
              label="Worth"
              value={revenue.value}
              options={[['', 'Count conversions'], ...properties.map(([name]) => [name, name] as const)]}
              onChange={revenue.set}
            />
            <Choice label="Credit goes to" value={model.value} options={models} onChange={model.set} />
            <Choice label="Report by" value={by.value} options={touches} onChange={by.set} />
            <Choice label="Looking back" value={lookBack.value} options={lookBacks} onChange={lookBack.set} />
            <RangePicker />
            <BreakdownPicker event={conversion.value?.event} />
          </div>
        </>
      }
    >
      <Answered {...asked} />
    </QuestionRoom>
  );
}
