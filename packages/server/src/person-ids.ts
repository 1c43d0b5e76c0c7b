import { createHmac } from 'node:crypto';
import type { DerivePersonId, PersonId } from '@selfsame/identity';

/**
 * Person ids of an installation: 132 bits of a keyed hash of the founding identifier ([P1]), so that an id says
 * nothing about the identifier and every rebuild gives the same ids. Losing `secret` means other ids.
 */
export const personIds =
  (secret: Uint8Array): DerivePersonId =>
  (project, founder, attempt) =>
    createHmac('sha256', secret)
      .update(JSON.stringify(['person', project, founder.kind, founder.value, attempt]))
      .digest('base64url')
      .slice(0, 22) as PersonId;
