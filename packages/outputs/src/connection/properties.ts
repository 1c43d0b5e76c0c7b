import type { Json, JsonObject } from '@selfsame/identity';
import type { EventMessage } from '../message.ts';

/** Without these properties. mParticle's attributes stand among them and once more under `custom_attributes`. */
export function without(message: EventMessage, names: readonly string[]): EventMessage {
  return changed(message, (properties) =>
    names.some((name) => Object.hasOwn(properties, name))
      ? Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)))
      : properties,
  );
}

/** With a property, over one of that name. */
export const withProperty = (message: EventMessage, name: string, value: Json): EventMessage =>
  changed(message, (properties) => ({ ...properties, [name]: value }));

function changed(message: EventMessage, change: (properties: JsonObject) => JsonObject): EventMessage {
  const { event } = message;
  const properties = change(event.properties);
  const attributes = event.wire === 'mparticle' ? properties['custom_attributes'] : undefined;
  const isObject = typeof attributes === 'object' && attributes !== null && !Array.isArray(attributes);
  const all = isObject ? { ...properties, custom_attributes: change(attributes as JsonObject) } : properties;
  return all === event.properties ? message : { ...message, event: { ...event, properties: all } };
}
