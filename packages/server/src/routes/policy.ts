import { policyShape } from './answers.ts';
import { defineRoute } from './route.ts';

export const policy = defineRoute({
  method: 'GET',
  path: '/v1/policy',
  summary: 'The rules the project chose, with everything its preset brought.',
  answer: { json: policyShape },
  handle: async (call) => call.policy,
});
