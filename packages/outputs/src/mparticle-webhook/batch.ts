import type { Json, JsonObject } from '@selfsame/identity';
import type { Message } from '../message.ts';
import type { Delivery } from '../output.ts';
import { consentOf, notificationsOf } from './consent.ts';
import { type BatchEvent, eventOf, own, says } from './event.ts';
import { identitiesOf, mpidOf } from './identities.ts';
import type { MparticleWebhookSettings } from './index.ts';
import { numberOf } from './numbers.ts';

/** A batch as mParticle's webhook posts one. `mpid` is printed as a number of up to 64 bits. */
export interface Batch {
  readonly mpid: string;
  readonly events: readonly BatchEvent[];
  readonly [field: string]: unknown;
}

/** What one message is to a receiver of mParticle's webhook; `skip` where it would say nothing. */
export function batchOf(
  { message, id, connection }: Delivery,
  { includeDeviceId, uniqueId }: MparticleWebhookSettings,
): Batch | 'skip' {
  const { kind, person, profile, at, via } = message;
  if (kind !== 'event' && kind !== 'person') return 'skip';
  const settings = connection?.settings;
  const said: JsonObject = kind === 'event' && message.event.wire === 'mparticle' ? message.event.properties : {};
  const events =
    kind === 'event'
      ? [eventOf(message, id)]
      : settings?.userAttributeChange === true && via.wire !== 'mparticle'
        ? changesOf(message, id)
        : [];
  const device = kind === 'event' ? deviceOf(message.event) : undefined;
  const unique = person?.identifiers.find((one) => one.kind === uniqueId)?.value;
  const batchLocation = settings?.batchLocation === true ? said['location'] : undefined;
  return {
    schema_version: 2,
    environment: said['environment'] === 'development' ? 'development' : 'production',
    batch_id: numberOf(`batch ${id}`),
    mpid: mpidOf(message),
    timestamp_unixtime_ms: at,
    ...says('source_request_id', said['source_request_id']),
    ...(unique === undefined ? {} : { unique_id: unique }),
    ...(includeDeviceId ? says('mp_deviceid', device) : {}),
    source_info: { channel: channelOf(message, said), partner: null },
    events,
    user_attributes: profile?.traits ?? {},
    ...(kind === 'person' && message.traits.unset.length > 0 ? { deleted_user_attributes: message.traits.unset } : {}),
    user_identities: identitiesOf(message),
    ...says('consent_state', consentOf(message)),
    ...says('integration_attributes', said['integration_attributes']),
    ...(batchLocation === null ? {} : says('location', batchLocation)),
    device_info: own(said, 'device_info'),
    application_info: own(said, 'application_info'),
    system_notifications: notificationsOf(message),
  };
}

/** JSON in which the MPID is a number, whatever JavaScript could hold of it. */
export const printBatch = ({ mpid, ...rest }: Batch): string => `{"mpid":${mpid},${JSON.stringify(rest).slice(1)}`;

/** An event for each attribute that changed, where its sender's wire has none of its own. */
const changesOf = (message: Extract<Message, { kind: 'person' }>, id: string): readonly BatchEvent[] =>
  [
    ...Object.entries(message.traits.set).map(([name, value]): [string, Json, boolean] => [name, value, false]),
    ...message.traits.unset.map((name): [string, Json, boolean] => [name, null, true]),
  ].map(([name, value, deleted]) => ({
    event_type: 'user_attribute_change',
    data: {
      user_attribute_name: name,
      new: value,
      deleted,
      event_id: numberOf(`${name} ${id}`),
      timestamp_unixtime_ms: message.at,
    },
  }));

/** The device that an event was on, where its sender said so. */
export const deviceOf = ({ ids, properties }: Extract<Message, { kind: 'event' }>['event']): Json | undefined =>
  properties['mp_deviceid'] ?? ids.find((one) => one.kind === 'device')?.value;

/** How what is told came in, in the vendor's words. */
function channelOf({ via }: Message, said: JsonObject): string {
  if (via.key === 'server') return 'server_to_server';
  const platform = own(said, 'device_info')['platform'];
  return platform === undefined || platform === 'web' ? 'javascript' : 'native';
}
