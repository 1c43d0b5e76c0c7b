import type { Json } from '@selfsame/identity';
import { readTime } from '@selfsame/protocols';
import type { Format, Made } from '../format-shape.ts';
import { type Fields, isFields, keptInsertId, madeInsertId, Unreadable } from '../outgoing.ts';
import { fromZone } from '../zone.ts';

/**
 * Mixpanel's export of events, and of profiles of people and groups; also updates with operations, as `/engage` takes
 * them. Read by that wire, so that its identity events mean what the project's policy says they mean.
 */
export const mixpanel = {
  name: 'mixpanel',
  recognises: (value) =>
    '$distinct_id' in value ||
    '$group_key' in value ||
    (typeof value['event'] === 'string' &&
      (isFields(value['properties']) || Array.isArray(value['properties'])) &&
      !elsewhere.some((name) => name in value)),
  read(value, { number, token, zone }) {
    if ('$group_key' in value) return [update('groups', value, number, token)];
    if ('$distinct_id' in value) return [update('engage', value, number, token)];
    const { event, properties: sent } = value;
    // PHP writes an empty object as a list.
    const properties = Array.isArray(sent) && sent.length === 0 ? {} : sent;
    if (typeof event !== 'string' || !isFields(properties))
      throw new Unreadable('is no Mixpanel event; one looks like {"event":"…","properties":{…}}');
    const moved = zone === undefined ? {} : inZone(properties['time'], zone);
    // The vendor holds ids of any form; its import takes only these.
    const insertId = keptInsertId(properties['$insert_id'], /^[A-Za-z0-9-]{1,36}$/) ?? madeInsertId(value, number);
    return [{ route: 'import', body: { ...value, properties: { ...properties, ...moved, $insert_id: insertId } } }];
  },
} as const satisfies Format;

/** What Mixpanel has among the properties and others beside them: read as its own, such an event would be nobody's, and of today. */
const elsewhere = ['timestamp', 'userId', 'anonymousId', 'user_id', 'distinct_id'];

/** A project's own wall time, in any spelling, as the moment it was. One that cannot be read is the server's to refuse. */
function inZone(sent: unknown, zone: string): Fields {
  const time = typeof sent === 'number' ? sent : readTime(sent as Json, 's');
  return time === undefined ? {} : { time: fromZone(time, zone) };
}

/** The profile export has properties where an update has operations. */
function update(route: 'engage' | 'groups', value: Fields, number: number, token: string): Made {
  const { $properties, ...rest } = value;
  const isNone = Array.isArray($properties) && $properties.length === 0;
  const $set = isFields($properties) ? { $set: $properties } : isNone ? { $set: {} } : {};
  const $insert_id = keptInsertId(value['$insert_id'], /^[A-Za-z0-9-]{1,36}$/) ?? madeInsertId(value, number);
  return { route, body: { ...rest, ...$set, $insert_id, $token: token } };
}
