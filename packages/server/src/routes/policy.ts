import type { ProjectId } from '@selfsame/identity';
import * as v from 'valibot';
import { policyHistoryShape, policyShape } from '../api/shapes/policy.ts';
import type { ServerContext } from '../context.ts';
import { refusal } from '../http/api-error.ts';
import { byOf } from '../http/authorize.ts';
import { changedPolicy, whyNotPolicy } from '../policy/change.ts';
import { fieldChanges } from '../policy/field-changes.ts';
import { policyBusy, switchPolicy } from '../policy/switch-policy.ts';
import { policySettings } from '../settings/schema.ts';
import { text, whole } from './inputs.ts';
import { iso } from './iso.ts';
import { type Call, defineRoute, notFound } from './route.ts';

export const policy = defineRoute({
  method: 'GET',
  path: '/v1/policy',
  summary:
    'The rules the project chose, with everything its preset brought; while another is about to take their place, `change` says how far that is.',
  answer: { json: policyShape },
  handle: async ({ context, project }) => policyView(context, project.id),
});

/** What it does not name stays as it is. */
export const policyChange = v.objectWithRest(policySettings.entries, v.never());

/** Why; kept with the change. */
const reason = v.optional(text(1_000));

export const changePolicy = defineRoute({
  method: 'PUT',
  path: '/v1/policy',
  summary:
    'Changes the fields that are named; `preset` begins anew with that preset, and with what the settings file says of wires, as their protected traits. Directory settings hold for calls from now on. For other fields the log is folded anew beside the graph that is asked meanwhile; then the policy is in force. Where that takes long this answers 202 with the policy that still is, and GET says how far it is. `reason` is kept in the history.',
  body: v.objectWithRest({ ...policyChange.entries, reason }, v.never()),
  answer: { json: policyShape },
  success: [200, 202],
  refuses: [409],
  async handle(call) {
    const { reason, ...change } = call.body;
    const { context, project } = call;
    const after = changedPolicy(call.policy, change, (preset) => context.projects.spoken(project.id, preset));
    const problem = whyNotPolicy(after);
    if (problem !== undefined) return refusal(400, 'bad_policy', `${problem}.`);
    return answerOf(call, await switchPolicy(context, project.id, after, { by: byOf(call.key), reason }));
  },
});

export const policyHistory = defineRoute({
  method: 'GET',
  path: '/v1/policy/history',
  summary:
    'Which policy the project had since when, newest first, the latest hundred: who changed it, what was different, and why. `ruledBy` says whether the settings file or what was chosen since holds; `isQuick`, whether going back there takes but a moment.',
  answer: { json: policyHistoryShape },
  async handle({ context, project, policy: now }) {
    const { policies, refolds } = context;
    const isQuick = refolds.quick(project.id);
    return {
      ruledBy: policies.chosen.has(project.id) ? 'console' : 'settings-file',
      entries: policies
        .history(project.id)
        .toReversed()
        .map((one) => ({
          ...one,
          at: iso(one.at),
          reason: one.reason ?? null,
          back: one.back ?? null,
          isInForce: fieldChanges(one.policy, now).length === 0,
          isQuick: isQuick(one.policy),
        })),
    };
  },
});

export const restorePolicy = defineRoute({
  method: 'POST',
  path: '/v1/policy/history/:number/restore',
  summary:
    'Goes back to the policy of an entry of the history, which is an entry itself. Answers as `PUT /v1/policy` does.',
  params: v.object({ number: whole(1, Number.MAX_SAFE_INTEGER) }),
  body: v.optional(v.strictObject({ reason }), {}),
  answer: { json: policyShape },
  success: [200, 202],
  refuses: [409],
  async handle(call) {
    const { context, project, params, body } = call;
    const entry = context.policies.history(project.id).find(({ number }) => number === params.number);
    if (entry === undefined) return notFound('entry of the history');
    const word = { by: byOf(call.key), reason: body.reason, back: entry.number };
    return answerOf(call, await switchPolicy(context, project.id, entry.policy, word));
  },
});

/** What a change of policy is answered: the policy in force, and 202 where another is on its way. */
function answerOf({ context, project, reply }: Call, done: Awaited<ReturnType<typeof switchPolicy>>): object {
  if (typeof done !== 'string') return done;
  if (done === 'underWay') reply.code(202);
  return policyView(context, project.id);
}

export const cancelPolicyChange = defineRoute({
  method: 'DELETE',
  path: '/v1/policy/change',
  summary: 'Cancels a change of policy that is under way; the policy stays as it is.',
  answer: { none: true },
  refuses: [404],
  async handle({ context, project, reply }) {
    if (!context.refolds.cancel(project.id)) return notFound('change of policy under way');
    reply.code(204).send();
    return undefined;
  },
});

export const forgetFormerPolicy = defineRoute({
  method: 'DELETE',
  path: '/v1/policy/former',
  summary: 'Lets go of the graph of the policy before, which is kept on disk so that going back to it takes no time.',
  answer: { none: true },
  refuses: [404, 409],
  async handle({ context, reply }) {
    if (context.refolds.underWay !== undefined) return policyBusy;
    if (!context.refolds.forgetFormer()) return notFound('graph of a policy before');
    reply.code(204).send();
    return undefined;
  },
});

/** The policy in force, with the change that is under way, if one of this project is. */
function policyView({ projects, refolds }: ServerContext, project: ProjectId): object {
  const { policy } = projects.rules(project);
  const { underWay } = refolds;
  return underWay?.project === project
    ? { ...policy, change: { state: 'running', progress: underWay.progress } }
    : policy;
}
