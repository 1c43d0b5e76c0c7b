import { MOST_IDENTIFIERS } from '@selfsame/outputs';
import * as v from 'valibot';
import { deadLettersShape, outputShape, outputsShape, replayShape, testShape } from '../api/shapes/outputs.ts';
import type { DeadLettersAnswer, OutputView } from '../api.ts';
import { newSecret, type OutputState } from '../delivery/outputs/outputs.ts';
import { refusal } from '../http/api-error.ts';
import { readSettings } from '../settings/body.ts';
import { isCallbacks, type OutputSettings, outputSettings, perSecondOf } from '../settings/output-schema.ts';
import { instant, text, whole } from './inputs.ts';
import { type Call, defineRoute, notFound } from './route.ts';

const named = v.object({ id: text(64) });
/** As in the settings file; a webhook's secret is made when it is left out. */
const described = v.looseObject({ type: v.picklist(['webhook', 'mixpanel', 'mparticle-webhook', 'segment', 'files']) });

/** An output as everyone may see it: never a secret. */
export function outputView(one: OutputState): OutputView {
  const { settings, address, traffic, waiting: _waiting, limited, ...state } = one;
  const { id, type } = settings;
  const perSecond = perSecondOf(settings);
  return {
    ...{ id, type, url: address, ...state, kept: traffic.kept },
    ...ofMixpanel(settings),
    ...(perSecond === undefined ? {} : { perSecond }),
    ...(limited ? { limited: true } : {}),
  };
}

function ofMixpanel(settings: OutputSettings): Pick<OutputView, 'stitches' | 'settleSeconds'> {
  if (settings.type !== 'mixpanel') return {};
  const { identity = 'anchors', settleSeconds } = settings;
  return {
    ...(identity === 'anchors' ? { stitches: true } : {}),
    ...(settleSeconds === undefined ? {} : { settleSeconds }),
  };
}

export const outputs = defineRoute({
  method: 'GET',
  path: '/v1/outputs',
  summary: 'The outputs, each with how it is doing: its state, how far it is behind, what it sent and what it gave up.',
  answer: { json: outputsShape },
  handle: async ({ context, project }) => ({ outputs: (await context.outputs.list(project.id)).map(outputView) }),
});

export const output = defineRoute({
  method: 'GET',
  path: '/v1/outputs/:id',
  summary: 'One output and how it is doing.',
  params: named,
  answer: { json: outputShape },
  handle: async ({ context, project, params }) => {
    const state = await context.outputs.state(project.id, params.id);
    return state === undefined ? notFound('output') : outputView(state);
  },
});

export const createOutput = defineRoute({
  method: 'POST',
  path: '/v1/outputs',
  summary:
    'Makes an output; it tells what comes from now on. The answer alone shows the secret of a webhook. Its address is checked now and at every sending.',
  body: described,
  answer: { json: outputShape },
  success: [201],
  refuses: [409],
  async handle(call) {
    const { context, project, body } = call;
    const given = body['type'] === 'webhook' && body['secret'] === undefined ? { ...body, secret: newSecret() } : body;
    const settings = await checked(call, given);
    if ('type' in settings && settings.type === 'refused') return settings;
    const one = settings as OutputSettings;
    if (context.outputs.has(project.id, one.id))
      return refusal(409, 'exists', 'There is an output of this id: change it with PUT, or take another id.');
    await context.outputs.put(project.id, one);
    call.reply.code(201);
    return await shown(call, one.id, one);
  },
});

export const changeOutput = defineRoute({
  method: 'PUT',
  path: '/v1/outputs/:id',
  summary:
    'Changes an output; it goes on where it was. A webhook without a secret keeps its own; with another, receivers may verify with either, until it is changed again.',
  params: named,
  body: described,
  answer: { json: outputShape },
  async handle(call) {
    const { context, project, body, params } = call;
    const before = (await context.outputs.state(project.id, params.id))?.settings;
    if (before === undefined) return notFound('output');
    const settings = await checked(call, { ...kept(before, body), ...body, id: params.id });
    if ('type' in settings && settings.type === 'refused') return settings;
    await context.outputs.put(project.id, settings as OutputSettings);
    return await shown(call, params.id);
  },
});

export const rotateOutput = defineRoute({
  method: 'POST',
  path: '/v1/outputs/:id/rotate',
  summary: 'Gives a webhook a new secret, shown in this answer alone. The one before stays valid until the next.',
  params: named,
  answer: { json: outputShape },
  async handle(call) {
    const { context, project, params } = call;
    const before = (await context.outputs.state(project.id, params.id))?.settings;
    if (before === undefined) return notFound('output');
    if (before.type !== 'webhook') return refusal(400, 'no_secret', 'Only a webhook has a secret of its own.');
    const after = { ...before, secret: newSecret(), previousSecret: before.secret };
    await context.outputs.put(project.id, after);
    return await shown(call, params.id, after);
  },
});

export const deleteOutput = defineRoute({
  method: 'DELETE',
  path: '/v1/outputs/:id',
  summary: 'Takes an output out, with what it had yet to send.',
  params: named,
  answer: { none: true },
  refuses: [409],
  async handle({ context, project, params, reply }) {
    if (!context.outputs.has(project.id, params.id)) return notFound('output');
    if ((await context.outputs.remove(project.id, params.id)) === 'configured')
      return refusal(409, 'configured', 'This output stands in the settings file: take it out there and start again.');
    reply.code(204).send();
    return undefined;
  },
});

export const testOutput = defineRoute({
  method: 'POST',
  path: '/v1/outputs/:id/test',
  summary: 'Sends one marked item now and says what the receiver answered.',
  params: named,
  answer: { json: testShape },
  async handle({ context, project, params }) {
    const found = context.outputs.output(project.id, params.id);
    if (found === undefined) return notFound('output');
    const sent = await found.test();
    return sent.type === 'done' ? { ok: true, reason: null } : { ok: false, reason: sent.why };
  },
});

export const pauseOutput = defineRoute({
  method: 'POST',
  path: '/v1/outputs/:id/pause',
  summary: 'Sends nothing more until it is resumed; nothing is lost meanwhile.',
  params: named,
  answer: { json: outputShape },
  async handle(call) {
    const found = call.context.outputs.output(call.project.id, call.params.id);
    if (found === undefined) return notFound('output');
    await found.pause();
    return await shown(call, call.params.id);
  },
});

export const resumeOutput = defineRoute({
  method: 'POST',
  path: '/v1/outputs/:id/resume',
  summary: 'Goes on after a pause or a halt, and tries at once what waited.',
  params: named,
  answer: { json: outputShape },
  async handle(call) {
    const found = call.context.outputs.output(call.project.id, call.params.id);
    if (found === undefined) return notFound('output');
    await found.resume();
    return await shown(call, call.params.id);
  },
});

export const replayOutput = defineRoute({
  method: 'POST',
  path: '/v1/outputs/:id/replay',
  summary:
    'Sends again in the background, marked as replayed: everything since a position or time (`from`), all dead letters (`dead: true`) or some (`dead: [id]`).',
  params: named,
  body: v.strictObject({
    from: v.optional(
      v.union(
        [v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e10)), instant],
        'expected a position of the log, or a time as 2026-11-01T00:00:00Z',
      ),
    ),
    dead: v.optional(v.union([v.boolean(), v.array(text(100))])),
  }),
  answer: { json: replayShape },
  success: [202],
  async handle({ context, project, params, body, reply }) {
    const found = context.outputs.output(project.id, params.id);
    if (found === undefined) return notFound('output');
    if (found.settings.type === 'files')
      return refusal(
        400,
        'no_replay',
        'Files hold every message once: to have them written again, move the directory away.',
      );
    const { from, dead } = body;
    if (from === undefined && (dead === undefined || dead === false))
      return refusal(400, 'bad_body', 'Say what to send again: from, dead, or both.');
    // A small number is a position, a large one a time.
    const position =
      from === undefined ? undefined : from < 1e10 ? from : await context.outputs.positionBefore(project.id, from);
    const letters = await context.outputs.replay(found, {
      ...(position === undefined ? {} : { from: position }),
      ...(dead === undefined || dead === false ? {} : { dead: dead === true ? (true as const) : new Set(dead) }),
    });
    reply.code(202);
    return { replaying: letters };
  },
});

export const deadLetters = defineRoute({
  method: 'GET',
  path: '/v1/outputs/:id/dead',
  summary: 'What an output gave up, oldest first, with the reason. `next` is the `after` of the next page.',
  params: named,
  query: v.object({
    limit: v.optional(whole(1, 1_000), MOST_IDENTIFIERS),
    after: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}\.\d{1,6}$/, 'expected a place as next gives it'))),
  }),
  answer: { json: deadLettersShape },
  async handle({ context, project, params, query }): Promise<DeadLettersAnswer | ReturnType<typeof notFound>> {
    if (!context.outputs.has(project.id, params.id)) return notFound('output');
    const [position = 0, part = 0] = (query.after ?? '0.0').split('.').map(Number);
    const { letters, total } = context.outputs.dead(project.id, params.id, { position, part }, query.limit);
    const last = letters.at(-1);
    return {
      total,
      dead: letters.map((one) => ({
        id: one.id,
        type: one.kind,
        position: one.position,
        sequence: one.sequence,
        reason: one.why,
        status: one.status,
        at: new Date(one.at).toISOString(),
      })),
      next: last === undefined || letters.length < query.limit ? null : `${last.position}.${last.part}`,
    };
  },
});

/** What a change leaves as it was: the secrets, which nobody is shown and so nobody can repeat. */
function kept(before: OutputSettings, body: Readonly<Record<string, unknown>>): object {
  if (before.type !== body['type'] || isCallbacks(before) || before.type === 'files') return {};
  if (before.type === 'segment') return { writeKey: before.writeKey };
  if (before.type === 'mparticle-webhook')
    return before.authorization === undefined ? {} : { authorization: before.authorization };
  if (before.type === 'mixpanel') {
    const { token, apiSecret, serviceAccount } = before;
    return {
      token,
      ...(apiSecret === undefined ? {} : { apiSecret }),
      ...(serviceAccount === undefined ? {} : { serviceAccount }),
    };
  }
  const other = body['secret'];
  return other === undefined || other === before.secret
    ? {
        secret: before.secret,
        ...(before.previousSecret === undefined ? {} : { previousSecret: before.previousSecret }),
      }
    : { previousSecret: before.secret };
}

/** Settings as the file would have them, or why they are none. */
async function checked({ context }: Pick<Call, 'context'>, given: unknown) {
  const settings = readSettings(outputSettings, given);
  if ('type' in settings && settings.type === 'refused') return settings;
  const why = await context.outputs.whyNot(settings);
  return why === undefined ? settings : refusal(400, 'bad_address', `Nothing would be sent there: ${why}.`);
}

/** The output as it is now; `made` shows the secret, this once. */
async function shown({ context, project }: Pick<Call, 'context' | 'project'>, id: string, made?: OutputSettings) {
  const state = await context.outputs.state(project.id, id);
  if (state === undefined) return notFound('output');
  return { ...outputView(state), ...(made?.type === 'webhook' ? { secret: made.secret } : {}) };
}
