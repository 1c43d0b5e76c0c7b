import { keyOf } from '@selfsame/identity';
import * as v from 'valibot';
import { scenarioShape } from '../api/shapes/policy.ts';
import type { ScenarioAnswer } from '../api.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { MOST_ITEMS, scenarioOf } from '../scenario/scenario.ts';
import { identifier } from './inputs.ts';
import { defineRoute } from './route.ts';

export const scenario = defineRoute({
  method: 'POST',
  path: '/v1/scenarios',
  summary:
    'What was told of some identifiers and whose they are today, as a scenario that `selfsame test` runs, every value replaced: identity rules under test in your own repository.',
  body: v.strictObject({
    identifiers: v.pipe(
      v.array(identifier),
      v.minLength(1, 'expected one identifier or more'),
      v.maxLength(100, 'expected at most 100 identifiers'),
    ),
  }),
  answer: { json: scenarioShape },
  async handle({ context, project, policy, body }): Promise<ScenarioAnswer | Refusal> {
    const made = await scenarioOf(context.store, project.id, policy, [...new Set(body.identifiers.map(keyOf))]);
    if ('scenario' in made) return made.scenario;
    const [code, message] = problems[made.problem];
    return refusal(made.problem === 'nothing' ? 404 : 422, code, message);
  },
});

const problems = {
  nothing: ['not_found', 'Nothing was told of these identifiers.'],
  'too-many': [
    'too_many',
    `More than ${MOST_ITEMS} entries of the log name these identifiers: choose fewer of them, such as the two of an explanation.`,
  ],
  'no-words': [
    'no_words',
    'Something told of them goes by a vendor’s own call (mParticle’s directory, Mixpanel’s original merge, or two values of one kind in one item), which a scenario cannot hold.',
  ],
} as const;
