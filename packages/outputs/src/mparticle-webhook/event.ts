import type { Json, JsonObject } from '@selfsame/identity';
import { classOf } from '../connection/event-class.ts';
import type { EventMessage } from '../message.ts';
import { numberOf } from './numbers.ts';

/** One event of a batch. */
export interface BatchEvent {
  readonly event_type: string;
  readonly data: Readonly<Record<string, Json>>;
}

/** What our mParticle wire keeps beside an event of the batch it came in. */
const envelope: ReadonlySet<string> = new Set([
  ...['source_request_id', 'environment', 'mpid', 'mp_deviceid', 'sdk_version', 'application_info', 'device_info'],
  ...['user_identities', 'consent_state', 'integration_attributes', 'partner_identities', 'context', 'ip'],
  ...['schema_version', 'batch_id', 'source_info', 'unique_id', 'system_notifications'],
]);

/** The vendor's numbers of event types. */
const messageTypes: Readonly<Record<string, number>> = {
  session_start: 1,
  session_end: 2,
  screen_view: 3,
  custom_event: 4,
  crash_report: 5,
  opt_out: 6,
  application_state_transition: 10,
  profile: 14,
  commerce_event: 16,
  user_attribute_change: 17,
  user_identity_change: 18,
};

/** An event in mParticle's form: as it came, where it came by its wire, else as a custom event or a screen view. */
export function eventOf(message: EventMessage, id: string): BatchEvent {
  const { event } = message;
  const { event_type: type, ...data } = event.wire === 'mparticle' ? asItCame(event) : inItsForm(event);
  const session = data['session_uuid'];
  const eventType = String(type);
  return {
    event_type: eventType,
    data: {
      ...data,
      event_id: numberOf(`event ${id}`),
      message_id: event.insertId ?? id,
      ...says('message_type', messageTypes[eventType]),
      ...(event.insertId === null ? {} : { source_message_id: event.insertId }),
      ...(typeof session === 'string' ? { session_id: numberOf(session) } : {}),
      timestamp_unixtime_ms: event.time,
      event_start_unixtime_ms: data['event_start_unixtime_ms'] ?? event.time,
    },
  };
}

/** The wire lays attributes, the event's own fields and the batch's side by side; here they are taken apart again. */
function asItCame({ name, properties }: EventMessage['event']): JsonObject {
  const { event_type: type = 'custom_event', custom_attributes: given, ...rest } = properties;
  const attributes = isObject(given) ? given : {};
  const data = Object.entries(rest).filter(
    ([key, value]) =>
      !envelope.has(key) &&
      !(Object.hasOwn(attributes, key) && same(attributes[key], value)) &&
      !(key === 'total_amount' && isObject(rest['product_action'])),
  );
  const named: JsonObject =
    type === 'screen_view' ? { screen_name: name } : type === 'custom_event' ? { event_name: name } : {};
  return {
    ...Object.fromEntries(data),
    ...named,
    ...says('custom_attributes', given),
    event_type: type,
  };
}

const inItsForm = (event: EventMessage['event']): JsonObject =>
  classOf(event) === 'screenViews'
    ? { event_type: 'screen_view', screen_name: event.name, custom_attributes: event.properties }
    : {
        event_type: 'custom_event',
        event_name: event.name,
        custom_event_type: 'other',
        custom_attributes: event.properties,
      };

/** A field where there is something to say. */
export const says = (name: string, value: Json | undefined): JsonObject =>
  value === undefined ? {} : { [name]: value };

/** A field that is an object, or an empty one. */
export function own(said: JsonObject, name: string): JsonObject {
  const value = said[name];
  return isObject(value) ? value : {};
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const same = (one: Json | undefined, other: Json): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);
