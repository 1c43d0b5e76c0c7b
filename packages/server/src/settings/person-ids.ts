import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import type { DerivePersonId, PersonId } from '@selfsame/identity';

/**
 * Person ids of an installation: 132 bits of a keyed hash of the founding identifier ([P1]), so that an id says
 * nothing about the identifier and every rebuild gives the same ids. Losing `secret` means other ids.
 */
export function personIds(secret: Uint8Array): DerivePersonId {
  const key = Buffer.from(secret).toString('base64url');
  // HMAC's two keyed passes, by the one-shot call: Node's own Hmac object costs three times as much, and every new
  // identifier pays for it. Both keys have one length, so a key never runs into what follows it.
  const inner = hash('sha256', `inner${key}`, 'base64url');
  const outer = hash('sha256', `outer${key}`, 'base64url');
  const id = Buffer.alloc(22);
  return (project, founder, attempt) => {
    const name = JSON.stringify([project, founder.kind, founder.value, attempt]);
    // As bytes, for a part of a text keeps the whole of it in memory.
    id.write(hash('sha256', outer + hash('sha256', inner + name, 'base64url'), 'base64url'), 'latin1');
    return id.toString('latin1') as PersonId;
  };
}
