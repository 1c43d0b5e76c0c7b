import * as v from 'valibot';
import { refusal } from '../http/api-error.ts';
import { changedPolicy, mustRefold, whyNotPolicy } from '../policy/change.ts';
import { policySettings } from '../settings/schema.ts';
import { policyShape } from './answers.ts';
import { defineRoute } from './route.ts';

export const policy = defineRoute({
  method: 'GET',
  path: '/v1/policy',
  summary: 'The rules the project chose, with everything its preset brought.',
  answer: { json: policyShape },
  handle: async (call) => call.policy,
});

/** `preset` has a default in the settings file; here its absence means "as it is". */
export const policyChange = v.objectWithRest(
  { ...policySettings.entries, preset: v.optional(policySettings.entries.preset.wrapped) },
  v.never(),
);

export const changePolicy = defineRoute({
  method: 'PUT',
  path: '/v1/policy',
  summary:
    'Changes the fields that are named; `preset` begins anew with that preset. Directory settings hold for calls from now on; other fields are applied to the whole log before this answers, while intake waits.',
  body: policyChange,
  answer: { json: policyShape },
  async handle({ context, project, body, policy: before }) {
    const after = changedPolicy(before, body);
    const problem = whyNotPolicy(after);
    if (problem !== undefined) return refusal(400, 'bad_policy', `${problem}.`);
    context.projects.choose(project.id, after);
    if (mustRefold(before, after)) {
      await context.store.refold();
      await context.outputs.refold(project.id);
    }
    return after;
  },
});
