import type { Json, JsonObject } from '@selfsame/identity';
import type { Parsed } from '../json-shape.ts';
import { own, textOf } from './ids.ts';

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

const nothing: JsonObject = {};

/** Whether this is an object, and so may have properties. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The outer shape of an event; undefined when the record is no object. */
export function eventOf(record: Parsed): SentEvent | undefined {
  if ('problem' in record || !isObject(record.value)) return undefined;
  const properties = own(record.value, 'properties');
  return {
    name: textOf(own(record.value, 'event')) ?? '',
    properties: isObject(properties) ? properties : nothing,
  };
}

/** What the clients may call an insert id; undefined when it is absent, null when it cannot be one (§11). */
export function insertIdOf(properties: JsonObject): string | null | undefined {
  const sent = own(properties, '$insert_id');
  if (sent === undefined || sent === null || sent === '') return undefined;
  const text = textOf(sent);
  return text !== undefined && /^[A-Za-z0-9-]{1,36}$/.test(text) ? text : null;
}
