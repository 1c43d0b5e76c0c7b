import { type Policy, roleOf } from '../policy/policy.ts';
import type { Command } from '../words/command.ts';
import type { Identifier } from '../words/ids.ts';
import { whyNotIdentifier } from '../words/values.ts';

/**
 * [C1] The identifiers an item names, with the contacts that a description states as traits: an e-mail or a phone that is
 * said of somebody is a claim like any other, under [L1], [L5] and [S10]. Texts that are no address stay traits alone.
 */
export function withContacts(policy: Policy, ids: readonly Identifier[], command: Command): readonly Identifier[] {
  if (command.type !== 'Describe' || ids.length === 0) return ids;
  const found = command.changes.flatMap((change): readonly Identifier[] => {
    if ((change.op !== 'set' && change.op !== 'set-once') || 'on' in change) return [];
    const kind = Object.hasOwn(policy.contactTraits, change.name) ? policy.contactTraits[change.name] : undefined;
    const { value } = change;
    if (kind === undefined || typeof value !== 'string' || !isAddress(kind, value)) return [];
    const id = { kind, value };
    return whyNotIdentifier(id) === undefined ? [id] : [];
  });
  // A company's e-mail is no person's.
  const isGroup = ids.some((id) => roleOf(policy, id.kind) === 'group');
  return found.length === 0 || isGroup ? ids : [...ids, ...found];
}

const isAddress = (kind: string, value: string): boolean =>
  kind === 'email' ? value.indexOf('@') > 0 : (value.match(/\d/g) ?? []).length >= 5;
