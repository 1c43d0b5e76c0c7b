import type { Identifier, Json } from '@selfsame/identity';
import { idOf, own } from '../json/values.ts';
import type { StoredEvent } from '../protocol.ts';
import { isIdentityEvent } from './identity-events.ts';
import { DEVICE_PREFIX } from './ids.ts';

/** An identifier as the vendor spells a distinct_id. */
const spelled = ({ kind, value }: Identifier): string => (kind === 'device' ? DEVICE_PREFIX + value : value);

/**
 * The properties of a stored event as the vendor shows them: whose it is now, whose it was when it came, and what
 * was refused.
 */
export function present(event: StoredEvent): StoredEvent['properties'] {
  const { anchor, owner, properties } = event;
  const failed = failure(event);
  if (anchor === null) return { ...properties, ...failed };
  const before = spelled(anchor);
  const now = spelled(owner ?? anchor);
  return {
    ...properties,
    distinct_id: now,
    ...(now === before ? {} : { $distinct_id_before_identity: before, $is_reshuffled: true }),
    ...failed,
  };
}

/** What was refused: of an event its link, of an identity event the edit it asked for. */
function failure({ name, properties, refusals: [refusal] }: StoredEvent): Readonly<Record<string, string>> {
  if (refusal === undefined)
    return names.some((one) => isNoId(properties, one)) ? { $identity_failure_reason: 'errInvalidDistinctId' } : {};
  const { code, text } = refusal;
  if (!isIdentityEvent(name)) return { $identity_failure_reason: code };
  return { $failure_reason: code, ...(text === undefined ? {} : { $failure_description: text }) };
}

const names = ['distinct_id', '$device_id', '$user_id'];

/** Objects, lists and fractions cannot be ids; they were treated as absent. */
const isNoId = (properties: Readonly<Record<string, Json>>, name: string): boolean => {
  const sent = own(properties, name) ?? null;
  return idOf(sent) === null || (typeof sent === 'object' && sent !== null);
};
