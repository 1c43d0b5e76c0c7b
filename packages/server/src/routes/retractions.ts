import { keyOf, MOST_UNDONE, type PlacedUndo, type ProjectId, type Undo, undoIn, unkept } from '@selfsame/identity';
import type { Decided, Store } from '@selfsame/store';
import * as v from 'valibot';
import { retractionsShape, undoneShape } from '../api/shapes/undo.ts';
import type { UndoneAnswer } from '../api.ts';
import { type Refusal, refusal } from '../http/api-error.ts';
import { doUndo } from '../undo/do-undo.ts';
import { dryRun } from '../undo/dry-run.ts';
import { eventOf } from '../undo/history.ts';
import { lastOf, lastWithin, toldByClaims, toldIn } from '../undo/selection.ts';
import { givenQuestions, simulateChange, undoBody } from './given-questions.ts';
import { dryRunQuery, identifier, instant, position, text, whole } from './inputs.ts';
import { type Call, defineRoute, notFound } from './route.ts';

export const retractions = defineRoute({
  method: 'GET',
  path: '/v1/retractions',
  summary: 'Everything that was taken back or put back, newest first: what, by whom and why.',
  answer: { json: retractionsShape },
  async handle({ context, project }) {
    const undos = await context.store.undos(project.id);
    const undone = await context.store.undone(project.id);
    return {
      retractions: undos.toReversed().flatMap((one) => {
        const undo = undoIn(one);
        if (undo === undefined) return [];
        const { position, told, of } = undo;
        return {
          ...eventOf(one),
          position,
          entries: told.length,
          holds: undone.heldBy(undo).length,
          of: of ?? null,
        };
      }),
    };
  },
});

const SOME = `expected 1 to ${MOST_UNDONE} ids of claims`;

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
    'Takes back claims, by the ids that `GET /v1/claims/{id}` names them by, leaving out what is taken back already; or all that fits: an entry of the log, what named an identifier, what a source sent, what happened in a range of time. With `what: "restore"` it puts back what the last undo took back all of which fits. With `dryRun=true` it says what would change, and changes nothing; `simulation` then tells how the answers to `questions`, as POST /v1/policy/simulate takes them, would change.',
  query: dryRunQuery,
  body: v.strictObject({
    what: v.optional(v.picklist(['retract', 'restore']), 'retract'),
    claims: v.optional(v.pipe(v.array(text(60)), v.minLength(1, SOME), v.maxLength(MOST_UNDONE, SOME))),
    ...selection,
    reason: v.optional(text(1_000)),
    questions: v.optional(givenQuestions),
  }),
  answer: { json: undoneShape },
  refuses: [404, 409],
  async handle(call) {
    const { context, project, policy, body } = call;
    const { what, entry, identifier: id, source, from, to } = body;
    const isNamed = [entry, id, source, from, to].some((one) => one !== undefined);
    if (isNamed === (body.claims !== undefined))
      return refusal(400, 'bad_body', 'Name what is meant: claims alone, or entry, identifier, source, from or to.');
    if (body.claims !== undefined) return undoClaims(call, body.claims);
    const selection = { ...source, entry, identifier: id && keyOf(id), from, to };
    if (what === 'restore') {
      const undo = await lastWithin(context.store, project.id, policy, selection);
      if (undo !== undefined) return undoneBy(call, await restoreOf(context.store, project.id, undo), body);
      return refusal(404, 'not_found', 'Nothing is taken back all of which fits: GET /v1/retractions lists what is.');
    }
    const told = await toldIn(context.store, project.id, policy, selection);
    if (told === 'tooMany')
      return refusal(400, 'too_many', 'More than 10,000 entries of the log fit: narrow it, for example by time.');
    if (told.length === 0) return refusal(404, 'not_found', 'Nothing in the log fits.');
    return undoneBy(call, { type: 'Retract', told }, body);
  },
});

type Claims = Asked & { readonly body: Body & { readonly what: 'retract' | 'restore' } };

async function undoClaims(call: Claims, ids: readonly string[]): Promise<UndoneAnswer | Refusal> {
  const { context, project, policy, body } = call;
  const { store } = context;
  const named = await toldByClaims(store, project.id, policy, ids);
  if (typeof named === 'string') return refusal(404, 'not_found', `There is no claim ${named}.`);
  if (body.what === 'restore') {
    const undo = await lastOf(store, project.id, named);
    if (undo !== undefined) return undoneBy(call, await restoreOf(store, project.id, undo), body);
    return refusal(404, 'not_found', 'No undo took back just these: GET /v1/retractions lists what is.');
  }
  const undone = await store.undone(project.id);
  const told = named.filter((one) => !undone.coversAll(one));
  if (told.length === 0) return refusal(409, 'taken_back', 'All of them are taken back already.');
  return undoneBy(call, { type: 'Retract', told }, body, named.length - told.length);
}

export const restoreRetraction = defineRoute({
  method: 'POST',
  path: '/v1/retractions/:position/restore',
  summary:
    'Puts back what one undo took back, by its position in the log: everything reads as if that undo had never been. What another undo holds too stays taken back. With `dryRun=true` it says what would change, and changes nothing.',
  params: v.object({ position }),
  query: dryRunQuery,
  body: undoBody,
  answer: { json: undoneShape },
  refuses: [409],
  async handle(call) {
    const { store } = call.context;
    const project = call.project.id;
    const decided = await store.at(project, call.params.position);
    const undo = decided && undoIn(decided);
    if (undo?.type !== 'Retract') return notFound('retraction');
    const restore = await restoreOf(store, project, undo);
    if (restore.told.length === 0) return refusal(409, 'put_back', 'All that it took back was put back already.');
    return undoneBy(call, restore, call.body);
  },
});

type Body = v.InferOutput<typeof undoBody>;
type Wanted = Pick<Undo, 'type' | 'told' | 'of'>;

const restoreOf = async (store: Store, project: ProjectId, undo: PlacedUndo): Promise<Wanted> => ({
  type: 'Restore',
  told: (await store.undone(project)).heldBy(undo),
  of: undo.position,
});

type Asked = Pick<Call, 'context' | 'project' | 'key' | 'policy'> & { readonly query: { readonly dryRun: boolean } };

/** Does it, or says what it would change. `left`: how many were left out, since they are taken back already. */
async function undoneBy(
  call: Asked,
  undo: Wanted,
  { reason, questions }: Body,
  left = 0,
): Promise<UndoneAnswer | Refusal> {
  const { context, project, query } = call;
  const { store } = context;
  const now = (await store.undone(project.id)).copy();
  if (undo.type === 'Restore') now.take(unkept(undo));
  const held = left + undo.told.filter((one) => now.coversAll(one)).length;
  const count = { entries: undo.told.length, held, of: undo.of ?? null };
  if (query.dryRun) {
    const simulation = await simulateChange(call, { undo: unkept(undo) }, questions);
    if (typeof simulation === 'object') return simulation;
    return {
      ...{ ...count, dryRun: true, ...(await dryRun(store, project.id, context.projects.rules(project.id), undo)) },
      ...(simulation === undefined ? {} : { simulation }),
    };
  }
  if (reason === undefined) return refusal(400, 'bad_body', 'reason: is missing.');
  const refused = await doUndo(call, { ...undo, reason });
  if (refused !== undefined) return refused;
  const last = (await store.undos(project.id)).at(-1) as Decided;
  return { ...count, ...eventOf(last), position: last.entry.position };
}
