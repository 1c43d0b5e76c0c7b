import { unsignedShape } from '../api/shapes/policy.ts';
import type { UnsignedAnswer } from '../api.ts';
import { defineRoute } from './route.ts';

export const unsigned = defineRoute({
  method: 'GET',
  path: '/v1/unsigned',
  summary:
    'In identity mode `report`: the items that `enforce` would not believe, by wire and day, the latest 60 days, kept over restarts. A public key named a known person without a signature in them.',
  answer: { json: unsignedShape },
  async handle({ context, project, policy }): Promise<UnsignedAnswer> {
    return {
      mode: policy.identityMode,
      since: new Date(context.unsigned.since).toISOString(),
      rows: context.unsigned.of(project.id).map((one) => ({ ...one, last: new Date(one.last).toISOString() })),
    };
  },
});
