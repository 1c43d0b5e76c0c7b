import type { Json, JsonObject } from '@selfsame/identity';
import type { EventMessage } from '../message.ts';

/** A message of an event. */
type OfEvent = Pick<EventMessage, 'event'>;

/** Without these properties. mParticle's attributes stand among them and once more under `custom_attributes`. */
export function without<M extends OfEvent>(message: M, names: readonly string[]): M {
  return changed(message, (properties) =>
    names.some((name) => Object.hasOwn(properties, name))
      ? Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)))
      : properties,
  );
}

/** With a property, over one of that name. */
export const withProperty = <M extends OfEvent>(message: M, name: string, value: Json): M =>
  changed(message, (properties) => ({ ...properties, [name]: value }));

function changed<M extends OfEvent>(message: M, change: (properties: JsonObject) => JsonObject): M {
  const { event } = message;
  const properties = change(event.properties);
  const attributes = event.wire === 'mparticle' ? properties['custom_attributes'] : undefined;
  const isObject = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes);
  const all = isObject ? { ...properties, custom_attributes: change(attributes as JsonObject) } : properties;
  return all === event.properties ? message : { ...message, event: { ...event, properties: all } };
}
