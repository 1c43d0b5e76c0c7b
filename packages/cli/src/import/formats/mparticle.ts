import type { Format } from '../format-shape.ts';
import { madeInsertId } from '../outgoing.ts';

/** Batches of mParticle's events API and of its webhook and storage outputs. */
export const mparticle = {
  name: 'mparticle',
  recognises: (value) =>
    Array.isArray(value['events']) &&
    ['mpid', 'user_identities', 'user_attributes', 'environment', 'device_info', 'source_request_id'].some(
      (name) => name in value,
    ),
  read: (value, { number }) => [
    {
      route: 'mparticle',
      body: {
        environment: 'production',
        ...value,
        source_request_id: value['source_request_id'] ?? madeInsertId(value, number),
      },
    },
  ],
} as const satisfies Format;
