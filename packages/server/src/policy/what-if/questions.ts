import type {
  AttributionAnswer,
  AttributionQuestion,
  Columns,
  CountsAnswer,
  CountsQuestion,
  FunnelAnswer,
  FunnelQuestion,
  RetentionAnswer,
  RetentionQuestion,
} from '@selfsame/store';
import type { SimulatedFigure, SimulatedQuestion } from '../../api.ts';
import { askScratch, type LogReading } from '../../columns/scratch-columns.ts';

/** A question over whole people that is asked of both readings of a log. */
export type Given = { readonly name: string } & (
  | { readonly insight: 'funnel'; readonly question: FunnelQuestion }
  | { readonly insight: 'attribution'; readonly question: AttributionQuestion }
  | { readonly insight: 'retention'; readonly question: RetentionQuestion }
  | { readonly insight: 'counts'; readonly question: CountsQuestion }
);

export type Answered = Given &
  (
    | { readonly insight: 'funnel'; readonly answer: FunnelAnswer }
    | { readonly insight: 'attribution'; readonly answer: AttributionAnswer }
    | { readonly insight: 'retention'; readonly answer: RetentionAnswer }
    | { readonly insight: 'counts'; readonly answer: CountsAnswer }
  );

/** Answers questions over one reading of the log, in columns of its own. No question costs nothing. */
export async function answersIn(reading: LogReading, questions: readonly Given[]): Promise<readonly Answered[]> {
  if (questions.length === 0) return [];
  return askScratch(reading, async (columns) => {
    const answers: Answered[] = [];
    for (const one of questions) answers.push(await ask(columns, reading, one));
    return answers;
  });
}

async function ask(columns: Columns, { project }: LogReading, one: Given): Promise<Answered> {
  switch (one.insight) {
    case 'funnel':
      return { ...one, answer: await columns.funnel(project, one.question) };
    case 'attribution':
      return { ...one, answer: await columns.attribution(project, one.question) };
    case 'retention':
      return { ...one, answer: await columns.retention(project, one.question) };
    case 'counts':
      return { ...one, answer: await columns.counts(project, one.question) };
  }
}

/** The same questions in both readings, in their order; `isWhole` keeps the answers beside the figures. */
export function besideEachOther(
  before: readonly Answered[],
  after: readonly Answered[],
  isWhole: boolean,
): readonly SimulatedQuestion[] {
  return before.map((one, i) => {
    const other = after[i] as Answered;
    const [was, is] = [figuresOf(one), figuresOf(other)];
    return {
      name: one.name,
      insight: one.insight,
      figures: [...new Set([...was.keys(), ...is.keys()])].map((name) => figure(name, was.get(name), is.get(name))),
      ...(isWhole ? { before: one.answer, after: other.answer } : {}),
    };
  });
}

type Figure = readonly [value: number, unit: SimulatedFigure['unit']];

const figure = (name: string, was: Figure | undefined, is: Figure | undefined): SimulatedFigure => ({
  name,
  unit: (was ?? is)?.[1] ?? 'people',
  before: was?.[0] ?? 0,
  after: is?.[0] ?? 0,
});

/** Touches, cohorts' intervals: so many are figures; the whole answer has them all. */
const MOST = 5;

/** The few numbers that an answer is read for, by name. */
function figuresOf(one: Answered): ReadonlyMap<string, Figure> {
  const figures = new Map<string, Figure>();
  switch (one.insight) {
    case 'funnel': {
      const { steps } = one.answer;
      for (const [i, { event, people }] of steps.entries()) figures.set(`${i + 1}. ${event}`, [people, 'people']);
      figures.set('get to the end', [steps.at(-1)?.conversion ?? 0, 'share']);
      break;
    }
    case 'attribution': {
      const { rows, total } = one.answer;
      figures.set('converted', [total.people, 'people']);
      figures.set('conversions', [total.conversions, 'events']);
      if (one.question.revenueProperty !== undefined) figures.set('revenue', [total.revenue, 'revenue']);
      for (const { touch, conversions } of rows.slice(0, MOST))
        figures.set(`conversions by ${touch ?? 'no touch'}`, [conversions, 'events']);
      break;
    }
    case 'retention': {
      const { rows } = one.answer;
      const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((all, row) => all + of(row), 0);
      figures.set('began', [sum(({ people }) => people), 'people']);
      const intervals = Math.max(0, ...rows.map(({ returned }) => returned.length));
      for (let n = 1; n < Math.min(intervals, MOST); n++)
        figures.set(`came back in ${one.question.interval} ${n}`, [sum(({ returned }) => returned[n] ?? 0), 'people']);
      break;
    }
    case 'counts':
      for (const { event, events, people } of one.answer.totals) {
        figures.set(`${event}, people`, [people, 'people']);
        figures.set(`${event}, events`, [events, 'events']);
      }
  }
  return figures;
}
