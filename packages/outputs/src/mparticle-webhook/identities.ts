import type { Message } from '../message.ts';
import { numberOf } from './numbers.ts';

/** Our kinds that are identities of a user, and the names batches have for them. */
const names: ReadonlyMap<string, string> = new Map([
  ['user', 'customer_id'],
  ['email', 'email'],
  ['phone', 'mobile_number'],
  ['facebookcustomaudienceid', 'facebook_custom_audience_id'],
  ...['phone_number_2', 'phone_number_3', 'facebook', 'google', 'twitter', 'microsoft', 'yahoo', 'alias', 'other'].map(
    (name) => [name, name] as const,
  ),
  ...Array.from({ length: 9 }, (_, i) => [`other${i + 2}`, `other_id_${i + 2}`] as const),
]);

/** Every identity of the profile that a batch has a name for, with the time from which it is theirs, ms. */
export function identitiesOf({ profile, at }: Message): readonly object[] {
  return (profile?.identities ?? []).flatMap(({ id, since }) => {
    const type = names.get(id.kind);
    return type === undefined
      ? []
      : [{ identity_type: type, identity: id.value, timestamp_unixtime_ms: since ?? profile?.firstSeen ?? at }];
  });
}

/** The MPID an event came with, else one of its person's; who has none gets one that is made of their id, always the same. */
export function mpidOf(message: Message): string {
  const named = message.kind === 'event' ? message.event.ids : [];
  const found = [...named, ...(message.person?.identifiers ?? [])].find(
    ({ kind, value }) => kind === 'mpid' && /^-?[1-9]\d{0,18}$/.test(value),
  );
  return found?.value ?? (message.person === null ? '0' : String(numberOf(`mpid ${message.person.id}`)));
}
