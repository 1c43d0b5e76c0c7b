import { isPlaceholder, type JsonObject } from '@selfsame/identity';
import type { Parsed } from '../json/shape.ts';
import { idOf, isObject, objectOf, own } from '../json/values.ts';
import { textOf } from './ids.ts';

/**
 * An event as the vendor's clients send it, its outer shape checked. What matters in `properties`: `token`, `time`
 * (seconds or ms), `$insert_id`, `distinct_id`, `$device_id`, `$user_id`, `$ignore`; in identity events also
 * `$anon_distinct_id` or `$anon_id`, `$identified_id`, `alias`, `$distinct_ids`.
 */
export interface SentEvent {
  /** Empty when missing. */
  readonly name: string;
  readonly properties: JsonObject;
}

/** An update of a profile or a group: `$token`, whom it is about, modifiers, and operations such as `$set`. */
export type SentUpdate = JsonObject;

/** The outer shape of an event; undefined when the record is no object. */
export function eventOf(record: Parsed): SentEvent | undefined {
  if ('problem' in record || !isObject(record.value)) return undefined;
  const properties = own(record.value, 'properties');
  return {
    name: textOf(own(record.value, 'event')) ?? '',
    properties: objectOf(properties) ?? {},
  };
}

/** What the clients may call an insert id; undefined when it is absent, null when it cannot be one. */
export function insertIdOf(properties: JsonObject): string | null | undefined {
  const text = idOf(own(properties, '$insert_id'));
  if (typeof text !== 'string') return text;
  if (/^[A-Za-z0-9-]{1,36}$/.test(text)) return text;
  return isPlaceholder(text) ? undefined : null;
}
