import { type Policy, presets } from '@selfsame/identity';
import * as v from 'valibot';
import { simulationShape, simulationStartedShape, simulationsShape } from '../api/shapes/simulation.ts';
import { refusal } from '../http/api-error.ts';
import { changedPolicy, whyNotPolicy } from '../policy/change.ts';
import { givenOf, givenQuestions, tooMany } from './given-questions.ts';
import { text } from './inputs.ts';
import { policyChange } from './policy.ts';
import { defineRoute, notFound } from './route.ts';

/** Lines of a truth, which the limit of a body bounds as well. */
const MOST_KNOWN = 5_000;

/** As `selfsame score` reads them: a number is its digits. */
const said = v.pipe(v.union([text(512), v.number()], 'expected text or a number'), v.transform(String));
const truth = v.pipe(
  v.array(v.strictObject({ insertId: said, human: said })),
  v.minLength(1, 'expected a line at least'),
  v.maxLength(MOST_KNOWN, `expected at most ${MOST_KNOWN} lines`),
);

const named = v.object({ id: text(64) });

export const simulatePolicy = defineRoute({
  method: 'POST',
  path: '/v1/policy/simulate',
  summary:
    'What another policy would make of the whole log, worked out beside the one that is: `policy` as PUT /v1/policy takes it, or `allPresets: true` for every preset side by side. `fromTheStart` (so for all presets, unless it says false) decides past calls of the directory anew, which a change of policy does not. `questions`, such as `{ "insight": "funnel", "question": … }` with the body of POST /v1/insights/funnel, are answered before and after. `truth`, the human of some events by insert id, has the result say how well each policy finds them (`quality`). Answers 202 with the `id` to ask after.',
  body: v.strictObject({
    policy: v.optional(policyChange),
    allPresets: v.optional(v.boolean(), false),
    fromTheStart: v.optional(v.boolean()),
    truth: v.optional(truth),
    questions: v.optional(givenQuestions),
  }),
  answer: { json: simulationStartedShape },
  success: [202],
  async handle({ context, project, body, policy: present, reply }) {
    const { policy: change, allPresets, fromTheStart = allPresets, truth } = body;
    if ((change === undefined) !== allPresets)
      return refusal(400, 'bad_body', 'Say what to try: policy, or allPresets: true.');
    const spoken = (preset: Policy) => context.projects.spoken(project.id, preset);
    const others = change === undefined ? Object.values(presets).map(spoken) : [changedPolicy(present, change, spoken)];
    const problem = others.map((one: Policy) => whyNotPolicy(one)).find((one) => one !== undefined);
    if (problem !== undefined) return refusal(400, 'bad_policy', `${problem}.`);
    const id = await context.simulations.start(project.id, {
      present,
      others,
      isLens: allPresets,
      fromTheStart,
      truth,
      questions: givenOf(body.questions, project.timeZone),
    });
    if (id === undefined) return tooMany;
    reply.code(202);
    return { id };
  },
});

export const simulations = defineRoute({
  method: 'GET',
  path: '/v1/policy/simulations',
  summary: 'The simulations of this project that are kept, newest first, without their results.',
  answer: { json: simulationsShape },
  handle: async ({ context, project }) => ({ simulations: context.simulations.list(project.id) }),
});

export const simulation = defineRoute({
  method: 'GET',
  path: '/v1/policy/simulations/:id',
  summary:
    'A simulation: how far it is, and what would be different. The result is kept until the server stops or twenty newer ones have come.',
  params: named,
  answer: { json: simulationShape },
  handle: async ({ context, project, params }) =>
    context.simulations.find(project.id, params.id) ?? notFound('simulation'),
});

export const cancelSimulation = defineRoute({
  method: 'DELETE',
  path: '/v1/policy/simulations/:id',
  summary: 'Cancels a simulation that runs, and forgets one that is done.',
  params: named,
  answer: { none: true },
  async handle({ context, project, params, reply }) {
    if (!context.simulations.cancel(project.id, params.id)) return notFound('simulation');
    reply.code(204).send();
    return undefined;
  },
});
