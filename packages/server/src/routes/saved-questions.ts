import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { savedQuestionShape, savedQuestionsShape } from '../api/shapes/insights.ts';
import { refusal } from '../http/api-error.ts';
import { text } from './inputs.ts';
import { defineRoute, notFound } from './route.ts';

/** A question as the console's address writes it: a room and its choices. */
const address = v.pipe(
  v.string(),
  v.regex(
    /^\/(funnel|campaigns|retention|counts|people)(\?[\x21-\x7e]*)?$/,
    'expected the address of a question, such as /funnel?step=…',
  ),
  v.maxLength(8_000, 'expected at most 8000 characters'),
);
const name = v.pipe(text(120), v.trim(), v.minLength(1, 'expected text of 1 to 120 characters'));
const body = v.strictObject({ name, address });
const params = v.object({ id: text(64) });

const full = refusal(409, 'full', 'This project has as many saved questions as are kept: delete one first.');

export const savedQuestions = defineRoute({
  method: 'GET',
  path: '/v1/questions',
  summary: 'The questions that were saved with a name, oldest first.',
  answer: { json: savedQuestionsShape },
  handle: async ({ context, project }) => ({ questions: context.savedQuestions.of(project.id) }),
});

export const saveQuestion = defineRoute({
  method: 'POST',
  path: '/v1/questions',
  summary: 'Saves a question of the console with a name, for everybody who works in the project.',
  body,
  answer: { json: savedQuestionShape },
  refuses: [409],
  async handle({ context, project, body }) {
    const question = { id: randomUUID(), ...body, at: new Date(context.clock()).toISOString() };
    return context.savedQuestions.keep(project.id, question) === 'full' ? full : question;
  },
});

export const changeQuestion = defineRoute({
  method: 'PUT',
  path: '/v1/questions/:id',
  summary: 'Gives a saved question another name, or its name another question.',
  params,
  body,
  answer: { json: savedQuestionShape },
  async handle({ context, project, params, body }) {
    if (!context.savedQuestions.of(project.id).some(({ id }) => id === params.id)) return notFound('saved question');
    const question = { id: params.id, ...body, at: new Date(context.clock()).toISOString() };
    context.savedQuestions.keep(project.id, question);
    return question;
  },
});

export const deleteQuestion = defineRoute({
  method: 'DELETE',
  path: '/v1/questions/:id',
  summary: 'Forgets a saved question.',
  params,
  answer: { none: true },
  async handle({ context, project, params, reply }) {
    if (!context.savedQuestions.remove(project.id, params.id)) return notFound('saved question');
    reply.code(204).send();
    return undefined;
  },
});
