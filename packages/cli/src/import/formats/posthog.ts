import type { Format, Made, Reading } from '../format-shape.ts';
import { type Fields, isFields, keptInsertId, madeInsertId, Unreadable } from '../outgoing.ts';

/**
 * PostHog's events: one an item, as its export and its warehouse write them (`properties` an object, or its text) or its
 * libraries send them; or the `results` of its API, or a `batch` of its libraries.
 */
export const posthog = {
  name: 'posthog',
  recognises: (value) => isEvent(value) || listed(value)?.some(isEvent) === true,
  saysWhoseIds(value) {
    return eventsOf(value).flatMap((one) => {
      const properties = one['event'] === '$identify' ? unlessUnreadable(one['properties']) : {};
      const user = distinctIdOf(one, properties);
      const device = properties['$anon_distinct_id'];
      if (!isText(device) || !isText(user)) return [];
      return [
        { id: device, isAnonymous: true },
        { id: user, isAnonymous: false },
      ];
    });
  },
  read(value, reading) {
    return eventsOf(value).flatMap((one, place) => readEvent(one, reading, value === one ? '' : `${place} `));
  },
} as const satisfies Format;

/** An item is one event, or an answer with many. */
const eventsOf = (value: Fields): readonly Fields[] =>
  listed(value)?.map((one) => (isFields(one) ? one : {})) ?? [value];

const listed = (value: Fields): readonly unknown[] | undefined =>
  [value['results'], value['batch']].find((list) => Array.isArray(list));

const isEvent = (value: unknown): boolean =>
  isFields(value) &&
  typeof value['event'] === 'string' &&
  ('distinct_id' in value
    ? 'timestamp' in value || 'uuid' in value || 'id' in value
    : 'timestamp' in value && isFields(value['properties']) && 'distinct_id' in value['properties']);

/** Who it is: the libraries say so among the properties. */
const distinctIdOf = (value: Fields, properties: Fields): unknown => value['distinct_id'] ?? properties['distinct_id'];

/** @param part tells the events of one answer apart */
function readEvent(value: Fields, { number, anonymous }: Reading, part: string): readonly Made[] {
  const name = value['event'];
  if (typeof name !== 'string') throw new Unreadable('has no event name');
  const { $set = value['$set'], $set_once = value['$set_once'], ...properties } = propertiesOf(value['properties']);
  const who = distinctIdOf(value, properties);
  const insertId = keptInsertId(value['uuid'] ?? value['id']) ?? madeInsertId(value, number, part);
  const common = {
    time: value['timestamp'] ?? value['created_at'],
    ids: idsOf(who, properties, anonymous),
  };
  const made: Made[] = [{ route: 'batch', body: { ...said(name, who, properties, common, anonymous), insertId } }];
  const traits = (part: string, set: unknown, op: string) => {
    if (!isFields(set) || Object.keys(set).length === 0) return;
    const id = madeInsertId(insertId, 0, part);
    made.push({ route: 'batch', body: { type: 'traits', ...common, traits: set, op, insertId: id } });
  };
  traits('set', $set, 'set');
  traits('set-once', $set_once, 'set-once');
  return made;
}

/** What the event says of who is who; any other is an event. */
function said(
  name: string,
  who: unknown,
  properties: Fields,
  common: Fields,
  anonymousIds: Reading['anonymous'],
): Fields {
  const anonymous = properties['$anon_distinct_id'];
  if (name === '$identify' && isText(anonymous))
    return { type: 'login', time: common['time'], ids: { user: who, device: anonymous } };
  const alias = properties['alias'];
  if ((name === '$create_alias' || name === '$merge_dangerously') && isText(alias)) {
    const [one, other] = [who, alias].map((id) => {
      const { user } = idsOf(id, { $device_id: properties['$device_id'] }, anonymousIds);
      return user === undefined ? { device: id } : { user };
    });
    const isLogin = Object.keys({ ...one, ...other }).length > 1;
    return isLogin
      ? { type: 'login', time: common['time'], ids: { ...one, ...other } }
      : { type: 'merge', time: common['time'], ids: [one, other] };
  }
  return { type: 'track', ...common, name, properties };
}

/** An id that the device made is nobody's name: it says so, or it is the device id beside it, or a login says it later. */
function idsOf(distinctId: unknown, properties: Fields, anonymous: Reading['anonymous']): Fields {
  const device = properties['$device_id'];
  const isAnonymous =
    properties['$is_identified'] === false ||
    (isText(device) && device === distinctId) ||
    anonymous?.has(String(distinctId)) === true;
  if (isAnonymous) return { device: distinctId };
  return { user: distinctId, ...(isText(device) ? { device } : {}) };
}

function propertiesOf(sent: unknown): Fields {
  if (isFields(sent)) return sent;
  if (!isText(sent)) return {};
  try {
    const value: unknown = JSON.parse(sent);
    return isFields(value) ? value : {};
  } catch {
    throw new Unreadable('has properties that are not JSON');
  }
}

function unlessUnreadable(sent: unknown): Fields {
  try {
    return propertiesOf(sent);
  } catch {
    return {};
  }
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
