import type { Message } from '../message.ts';
import { classOf } from './event-class.ts';
import type { Kept } from './kept.ts';
import { without } from './properties.ts';

/** The switches of a connection, as mParticle's connections have them. */
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
  /** Where an event happened, said once more of its batch: of mParticle's webhook form alone. */
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
  const unwanted = [...(settings.location ? [] : locations), ...(settings.metadata ? [] : metadata)];
  return unwanted.length === 0 ? message : without(message, unwanted);
}

const switchedOff = (setting: keyof ConnectionSettings): Kept => ({
  kept: `the connection’s switch ${setting} is off`,
  step: 'settings',
});

/** Where the wires' clients say where somebody is. */
const locations = ['location', '$latitude', '$longitude', '$city', '$region', 'mp_country_code'];
const metadata = ['application_info', 'device_info', 'source_info', 'sdk_version', 'context'];
