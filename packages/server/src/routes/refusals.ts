import { refusalsShape } from '../api/shapes/counts.ts';
import type { RefusalsAnswer } from '../api.ts';
import { defineRoute } from './route.ts';

/** Reasons one answer lists. */
const MOST_LISTED = 100;

export const refusals = defineRoute({
  method: 'GET',
  path: '/v1/refusals',
  summary: 'What was not applied since the server started, and why, in the words of its wire; the most frequent first.',
  answer: { json: refusalsShape },
  async handle({ context, project }): Promise<RefusalsAnswer> {
    const { refusals, wires } = context;
    return {
      since: new Date(refusals.since).toISOString(),
      refusals: (await refusals.of(project.id))
        .slice(0, MOST_LISTED)
        .map((one) => ({ ...one, reason: wires.get(one.wire)?.words?.reason(one.reason) ?? one.reason })),
    };
  },
});
