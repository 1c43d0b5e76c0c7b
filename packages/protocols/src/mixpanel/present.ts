import type { Identifier, Json } from '@selfsame/identity';
import type { StoredEvent } from '../protocol.ts';
import { DEVICE_PREFIX } from './ids.ts';

/** An identifier as the vendor spells a distinct_id. */
const spelled = ({ kind, value }: Identifier): string => (kind === 'device' ? DEVICE_PREFIX + value : value);

/**
 * The properties of a stored event as the vendor shows them (§7.3): whose it is now, whose it was when it came, and what
 * was refused.
 */
export function present(event: StoredEvent): StoredEvent['properties'] {
  const { anchor, owner, properties, refusals } = event;
  const failure = refusals[0] ?? (names.some((name) => isNoId(properties, name)) ? 'errInvalidDistinctId' : undefined);
  const failed = failure === undefined ? {} : { $identity_failure_reason: failure };
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

const names = ['distinct_id', '$device_id', '$user_id'];

/** Objects and lists cannot be ids; they were treated as absent (§7.2). */
const isNoId = (properties: Readonly<Record<string, Json>>, name: string): boolean =>
  Object.hasOwn(properties, name) && typeof properties[name] === 'object' && properties[name] !== null;
