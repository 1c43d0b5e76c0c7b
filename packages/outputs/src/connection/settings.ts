import type { Json } from '@selfsame/identity';
import type { EventMessage, Message } from '../message.ts';
import { classOf } from './event-class.ts';
import type { Kept } from './kept.ts';

/** The switches of a connection, as mParticle's connections have them (sheet §6). */
export interface ConnectionSettings {
  readonly customEvents: boolean;
  readonly screenViews: boolean;
  readonly commerce: boolean;
  readonly crash: boolean;
  readonly lifecycle: boolean;
  readonly push: boolean;
  readonly network: boolean;
  /** Where an event happened, as its sender says. */
  readonly location: boolean;
  /** Of the app, the device and the sender. */
  readonly metadata: boolean;
  /** The sender's own event that an attribute changed; the change itself is told either way. */
  readonly userAttributeChange: boolean;
  /** The sender's own event that an identity changed. */
  readonly userIdentityChange: boolean;
  /** What is said of people without an event: traits, segments. */
  readonly batchesWithoutEvents: boolean;
  /** Where a batch was sent from, beside what its events say. */
  readonly batchLocation: boolean;
}

/** What mParticle's connections begin with. */
export const usualSettings: ConnectionSettings = {
  customEvents: true,
  screenViews: true,
  commerce: true,
  crash: true,
  lifecycle: true,
  push: true,
  network: true,
  location: true,
  metadata: true,
  userAttributeChange: false,
  userIdentityChange: false,
  batchesWithoutEvents: true,
  batchLocation: false,
};

/** A message as the switches let it through, or which of them is off. */
export function applySettings(settings: ConnectionSettings, message: Message): Message | Kept {
  if (message.kind === 'person' && !settings.batchesWithoutEvents) return switchedOff('batchesWithoutEvents');
  if (message.kind !== 'event') return message;
  const of = classOf(message.event);
  if (of === 'internal') return { kept: 'it is kept for diagnosis only', step: 'settings' };
  if (!settings[of]) return switchedOff(of);
  const unwanted = [
    ...(settings.location ? [] : locations),
    ...(settings.metadata ? [] : metadata),
    ...(settings.batchLocation || message.event.wire !== 'mparticle' ? [] : ['batch_location']),
  ];
  return unwanted.length === 0 ? message : without(message, unwanted);
}

const switchedOff = (setting: keyof ConnectionSettings): Kept => ({
  kept: `the connection’s switch ${setting} is off`,
  step: 'settings',
});

/** Where the wires' clients say where somebody is. */
const locations = ['location', 'batch_location', '$latitude', '$longitude', '$city', '$region', 'mp_country_code'];
const metadata = ['application_info', 'device_info', 'source_info', 'sdk_version', 'context'];

/** Without these properties. */
export function without(message: EventMessage, names: readonly string[]): EventMessage {
  const { event } = message;
  if (!names.some((name) => Object.hasOwn(event.properties, name))) return message;
  const left: [string, Json][] = Object.entries(event.properties).filter(([name]) => !names.includes(name));
  return { ...message, event: { ...event, properties: Object.fromEntries(left) } };
}
