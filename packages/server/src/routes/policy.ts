import { setTimeout as pause } from 'node:timers/promises';
import type { ProjectId } from '@selfsame/identity';
import * as v from 'valibot';
import type { ServerContext } from '../context.ts';
import { refusal } from '../http/api-error.ts';
import { changedPolicy, mustRefold, whyNotPolicy } from '../policy/change.ts';
import { Cancelled } from '../policy/refold/refolds.ts';
import { policySettings } from '../settings/schema.ts';
import { policyShape } from './answers.ts';
import { defineRoute, notFound } from './route.ts';

export const policy = defineRoute({
  method: 'GET',
  path: '/v1/policy',
  summary:
    'The rules the project chose, with everything its preset brought; while another is about to take their place, `change` says how far that is.',
  answer: { json: policyShape },
  handle: async ({ context, project }) => policyView(context, project.id),
});

/** `preset` has a default in the settings file; here its absence means "as it is". */
export const policyChange = v.objectWithRest(
  { ...policySettings.entries, preset: v.optional(policySettings.entries.preset.wrapped) },
  v.never(),
);

/** So long a change of policy is waited for before it is answered that it is under way, ms. */
const PATIENCE = 20_000;

export const changePolicy = defineRoute({
  method: 'PUT',
  path: '/v1/policy',
  summary:
    'Changes the fields that are named; `preset` begins anew with that preset. Directory settings hold for calls from now on. For other fields the log is folded anew beside the graph that is asked meanwhile; then the policy is in force. Where that takes long this answers 202 with the policy that still is, and GET says how far it is.',
  body: policyChange,
  answer: { json: policyShape },
  async handle({ context, project, body, policy: before, reply }) {
    const after = changedPolicy(before, body);
    const problem = whyNotPolicy(after);
    if (problem !== undefined) return refusal(400, 'bad_policy', `${problem}.`);
    if (!mustRefold(before, after)) {
      if (context.refolds.underWay !== undefined) return busy;
      context.projects.choose(project.id, after);
      return after;
    }
    const change = context.refolds.begin(project.id, after)?.then(() => context.outputs.refold(project.id));
    if (change === undefined) return busy;
    // Whoever waits no longer is told by GET; a failure leaves the policy as it was.
    change.catch(() => {});
    const waiting = new AbortController();
    try {
      const done = change.then(() => true);
      if (await Promise.race([done, pause(PATIENCE, false, { signal: waiting.signal })])) return after;
    } catch (error) {
      const why = error instanceof Cancelled ? 'it was cancelled' : 'the log could not be folded under it';
      return refusal(error instanceof Cancelled ? 409 : 503, 'policy_unchanged', `The policy is as it was: ${why}.`);
    } finally {
      waiting.abort();
    }
    reply.code(202);
    return policyView(context, project.id);
  },
});

export const cancelPolicyChange = defineRoute({
  method: 'DELETE',
  path: '/v1/policy/change',
  summary: 'Cancels a change of policy that is under way; the policy stays as it is.',
  answer: { none: true },
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
  async handle({ context, reply }) {
    if (context.refolds.underWay !== undefined) return busy;
    if (!context.refolds.forgetFormer()) return notFound('graph of a policy before');
    reply.code(204).send();
    return undefined;
  },
});

const busy = refusal(409, 'policy_changing', 'A change of policy is under way: wait for it, or cancel it.');

/** The policy in force, with the change that is under way, if one of this project is. */
function policyView({ projects, refolds }: ServerContext, project: ProjectId): object {
  const { policy } = projects.rules(project);
  const { underWay } = refolds;
  return underWay?.project === project
    ? { ...policy, change: { state: 'running', progress: underWay.progress } }
    : policy;
}
