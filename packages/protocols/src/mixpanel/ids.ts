import { type Identifier, isPlaceholder, type Json, type JsonObject, type Policy } from '@selfsame/identity';
import { idOf, own } from '../json/values.ts';

/** What the SDKs put before the id of a device that nobody has identified. */
export const DEVICE_PREFIX = '$device:';

/** Who a record speaks of, and the `distinct_id` it is stored under; that is empty where it names nobody. */
export interface Named {
  readonly ids: readonly Identifier[];
  readonly distinctId: string;
  /** The device of the original merge, where an event's only evidence is its `distinct_id` ([A4]). */
  readonly device?: Identifier;
}

/**
 * An id as text: numbers are compared as text, if they are whole and exact. Words for true and false stay
 * words, which the blocklist then catches. Half a character is U+FFFD. Undefined for anything else.
 */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value.toWellFormed();
  return typeof value === 'boolean' || Number.isSafeInteger(value) ? String(value) : undefined;
}

/** The identifiers of an ordinary event (in the original merge an event belongs to its `distinct_id`). */
export function namedBy(policy: Policy, properties: JsonObject): Named {
  const text = (name: string) => textOf(own(properties, name)) ?? '';
  const sent = text('distinct_id');
  const userId = text('$user_id');
  // The vendor's SDK for browsers takes none for a user that has the prefix: it is whoever nobody has identified.
  const isDevice = userId.startsWith(DEVICE_PREFIX) && policy.mixpanel !== 'original';
  const device = real(policy, withoutPrefix(text('$device_id') || (isDevice ? userId : '')));
  if (policy.mixpanel === 'original')
    return {
      ids: idsOf(policy, sent),
      distinctId: sent,
      ...(device === undefined ? {} : { device: { kind: 'device', value: device } }),
    };
  const user = isDevice ? undefined : real(policy, userId);
  if (device === undefined && user === undefined) return { ids: idsOf(policy, sent), distinctId: sent };
  const ids: Identifier[] = [];
  if (user !== undefined) ids.push({ kind: 'user', value: user });
  if (device !== undefined) ids.push({ kind: 'device', value: device });
  return { ids, distinctId: user ?? DEVICE_PREFIX + device };
}

const idNames = ['distinct_id', '$user_id', '$device_id'] as const;

/** The first property that was to say whom a record is of and can be no id: a fraction, a list, an object. */
export const noId = (properties: JsonObject): string | undefined =>
  idNames.find((name) => idOf(own(properties, name)) === null);

/**
 * A number that can be no id, where nothing else says whom a record is of: kept, it would be nobody's, and its sender,
 * who has an id for them, never hear of it. A list or an object was none to begin with.
 */
export function inexactId(policy: Policy, properties: JsonObject): string | undefined {
  const name = noId(properties);
  if (name === undefined || typeof own(properties, name) !== 'number') return undefined;
  const { ids, device } = namedBy(policy, properties);
  return ids.length === 0 && device === undefined ? name : undefined;
}

/** The identifier one id stands for, in a list; an empty list when it is nobody. */
export function idsOf(policy: Policy, id: string): readonly Identifier[] {
  if (real(policy, id) === undefined) return [];
  if (policy.mixpanel === 'original') return [{ kind: 'distinct_id', value: id }];
  return [id.startsWith(DEVICE_PREFIX) ? { kind: 'device', value: withoutPrefix(id) } : { kind: 'user', value: id }];
}

/** One prefix is taken away, never more. */
export const withoutPrefix = (id: string): string =>
  id.startsWith(DEVICE_PREFIX) ? id.slice(DEVICE_PREFIX.length) : id;

/** The id, unless it is empty or one that programs send when they have none, with the SDK's prefix or without. */
export const real = (policy: Policy, id: string): string | undefined =>
  isPlaceholder(withoutPrefix(id), policy.placeholders) ? undefined : id;
