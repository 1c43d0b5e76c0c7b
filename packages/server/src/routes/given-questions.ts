import * as v from 'valibot';
import { type Refusal, refusal } from '../http/api-error.ts';
import type { Given } from '../policy/what-if/questions.ts';
import type { Question } from '../policy/what-if/simulations.ts';
import { text } from './inputs.ts';
import { questions } from './question-shapes.ts';
import type { Call } from './route.ts';

/** Questions over whole people, each as its `POST /v1/insights/…` takes it, without `asOf`. */
const asked = <I extends string, S extends v.ObjectEntries>(insight: I, entries: S) =>
  v.strictObject({
    name: v.exactOptional(text(120)),
    insight: v.literal(insight),
    question: v.strictObject(entries),
  });
const without = <T extends { asOf: unknown }>({ asOf: _asOf, ...rest }: T) => rest;
const MOST_ASKED = 20;

export const givenQuestions = v.pipe(
  v.array(
    v.variant('insight', [
      asked('funnel', without(questions.funnel.entries)),
      asked('attribution', without(questions.attribution.entries)),
      asked('retention', without(questions.retention.entries)),
      asked('counts', without(questions.counts.entries)),
    ]),
  ),
  v.maxLength(MOST_ASKED, `expected at most ${MOST_ASKED} questions`),
);

/** Why something is taken back or put back; a dry run needs no reason, and says how the answers to questions would change. */
export const undoBody = v.optional(
  v.strictObject({ reason: v.optional(text(1_000)), questions: v.optional(givenQuestions) }),
  {},
);

/** Questions as a simulation asks them: in the project's zone, each with a name. */
export const givenOf = (asked: v.InferOutput<typeof givenQuestions> | undefined, timeZone: string): readonly Given[] =>
  (asked ?? []).map((one, i) => {
    const name = one.name ?? `${i + 1}. ${one.insight}`;
    return { ...one, name, question: { ...one.question, timeZone } } as Given;
  });

export const tooMany = refusal(
  429,
  'too_many_simulations',
  'Too many simulations wait: cancel one, or try again later.',
);

/** Begins what tells how a change of the log would change the answers to questions, and says its id; undefined: nothing is asked. */
export async function simulateChange(
  { context, project, policy }: Pick<Call, 'context' | 'project' | 'policy'>,
  change: Pick<Question, 'undo' | 'entry'>,
  asked: v.InferOutput<typeof givenQuestions> | undefined,
): Promise<string | Refusal | undefined> {
  const questions = givenOf(asked, project.timeZone);
  if (questions.length === 0) return undefined;
  const simulation = await context.simulations.start(project.id, {
    ...{ present: policy, others: [policy], isLens: false, fromTheStart: false },
    ...{ questions, ...change },
  });
  return simulation ?? tooMany;
}
