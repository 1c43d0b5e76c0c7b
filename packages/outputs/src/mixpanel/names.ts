import type { Identifier } from '@selfsame/identity';
import type { PersonRef } from '../message.ts';

/**
 * `anchors`: what the item itself named, and Mixpanel stitches. `person`: our person, as the log
 * says when it came, or once it has settled.
 * `spid`: the visitor's uid, also after login, as SPiD forwards.
 */
export type MixpanelIdentity = 'anchors' | 'person' | 'spid';

/** How Mixpanel is to call somebody; nothing for nobody. */
export interface Names {
  readonly distinct_id?: string;
  readonly $device_id?: string;
  readonly $user_id?: string;
}

const anonymous: ReadonlySet<string> = new Set(['device', 'session', 'visitor']);

/** The names of somebody who was named by `ids`, or of the person alone. */
export function namesOf(identity: MixpanelIdentity, person: PersonRef | null, ids = person?.identifiers ?? []): Names {
  const of = (kind: string, among: readonly Identifier[] = ids) => among.find((one) => one.kind === kind)?.value;
  if (identity === 'person') return person === null ? {} : { distinct_id: person.id };
  if (identity === 'spid') {
    const uid = of('visitor') ?? of('visitor', person?.identifiers);
    const name = uid ?? person?.id;
    return name === undefined ? {} : { distinct_id: name };
  }
  const user = of('user');
  const device = ids.find((one) => anonymous.has(one.kind))?.value;
  const own = of('distinct_id');
  const [other] = ids;
  if (user === undefined && device === undefined && own !== undefined) return { distinct_id: own };
  if (user === undefined && device === undefined)
    return other === undefined ? {} : { distinct_id: `${other.kind}:${other.value}` };
  return {
    distinct_id: user ?? `$device:${device}`,
    ...(device === undefined ? {} : { $device_id: device }),
    ...(user === undefined ? {} : { $user_id: user }),
  };
}
