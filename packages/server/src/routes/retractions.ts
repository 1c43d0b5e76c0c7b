import { keyOf, type Undo } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import * as v from 'valibot';
import { refusal } from '../http/api-error.ts';
import { doUndo } from '../undo/do-undo.ts';
import { dryRun } from '../undo/dry-run.ts';
import { eventOf } from '../undo/history.ts';
import { toldIn } from '../undo/selection.ts';
import { retractionsShape, undoneShape } from './answers.ts';
import { givenQuestions, simulateUndo } from './given-questions.ts';
import { dryRunQuery, identifier, instant, position, text, whole } from './inputs.ts';
import { defineRoute } from './route.ts';

export const retractions = defineRoute({
  method: 'GET',
  path: '/v1/retractions',
  summary: 'Everything that was taken back or put back, newest first: what, by whom and why.',
  answer: { json: retractionsShape },
  async handle({ context, project }) {
    const undos = await context.store.undos(project.id);
    return {
      retractions: undos.toReversed().map((one) => ({
        ...eventOf(one),
        position: one.entry.position,
        entries: (one.entry.command as Undo).told.length,
      })),
    };
  },
});

const selection = {
  entry: v.optional(position),
  identifier: v.optional(identifier),
  source: v.optional(
    v.strictObject({
      wire: v.optional(text(64)),
      trust: v.optional(whole(0, 3)),
      insertIdPrefix: v.optional(text(255)),
    }),
  ),
  from: v.optional(instant),
  to: v.optional(instant),
};

export const retract = defineRoute({
  method: 'POST',
  path: '/v1/retractions',
  summary:
    'Takes back, or with `what: "restore"` puts back, all that fits: an entry of the log, what named an identifier, what a source sent, what happened in a range of time. With `dryRun=true` it says what would change, and changes nothing; `simulation` then tells how the answers to `questions`, as POST /v1/policy/simulate takes them, would change.',
  query: dryRunQuery,
  body: v.strictObject({
    what: v.optional(v.picklist(['retract', 'restore']), 'retract'),
    ...selection,
    reason: v.optional(text(1_000)),
    questions: v.optional(givenQuestions),
  }),
  answer: { json: undoneShape },
  async handle(call) {
    const { context, project, policy, body } = call;
    const { what, reason, entry, identifier: id, source, from, to } = body;
    if ([entry, id, source, from, to].every((one) => one === undefined))
      return refusal(400, 'bad_body', 'Name what is meant: entry, identifier, source, from or to.');
    const told = await toldIn(context.store, project.id, policy, {
      ...source,
      entry,
      identifier: id && keyOf(id),
      from,
      to,
    });
    if (told === 'tooMany')
      return refusal(400, 'too_many', 'More than 10,000 entries of the log fit: narrow it, for example by time.');
    if (told.length === 0) return refusal(404, 'not_found', 'Nothing in the log fits.');
    const type = what === 'retract' ? 'Retract' : 'Restore';
    const count = { entries: told.length };
    if (call.query.dryRun) {
      const rules = context.projects.rules(project.id);
      const simulation = await simulateUndo(call, { type, told }, body.questions);
      if (typeof simulation === 'object') return simulation;
      return {
        ...{ ...count, dryRun: true, ...(await dryRun(context.store, project.id, rules, { type, told })) },
        ...(simulation === undefined ? {} : { simulation }),
      };
    }
    if (reason === undefined) return refusal(400, 'bad_body', 'reason: is missing.');
    const refused = await doUndo(call, { type, told, reason });
    if (refused !== undefined) return refused;
    const last = (await context.store.undos(project.id)).at(-1) as Decided;
    return { ...count, ...eventOf(last) };
  },
});
