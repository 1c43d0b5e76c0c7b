import type { Identifier, Json, JsonObject, Mint, Statement, TraitChange } from '@selfsame/identity';
import { jsonLength } from '../json/length.ts';
import { idOf, insertIdOf, isObject, listOf, objectOf, own } from '../json/values.ts';
import { keptInsertId } from '../made-id.ts';
import type { Access, Host, Item } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';
import { spread, timesThatFit } from '../shared-part.ts';
import { whenOf } from '../time/read.ts';
import { kindOf, kindOfBatchName } from './kinds.ts';
import { limits, whyNotAttributes } from './limits.ts';
import { purposeChanges } from './purposes.ts';
import { withoutTokenIn, withoutTokens } from './repeated-tokens.ts';
import { readMoment, readMpid } from './wire.ts';
import { yesOrNo } from './yes-or-no.ts';

/**
 * One batch, translated: a statement an event, and one for the profile.
 * @param bad events that cannot be kept, and why
 * @param sender a page is not held to the limits of attributes: it could only send the same again
 */
export function readBatch(
  given: JsonObject,
  access: Access,
  host: Host,
  bad: ReadonlyMap<Json, string>,
  sender: 'page' | 'backend',
): readonly Item[] {
  const batch = withoutTokens(given);
  const mpid = readMpid(batch['mpid']);
  // D14: with an MPID the record is left alone; without one the identities are looked up as an identify would.
  const who: Who =
    mpid === undefined
      ? { ids: identitiesOf(batch), resolve: { mint: host.randomInteger() } }
      : { ids: [{ kind: 'mpid', value: mpid }] };
  const { events, user_attributes: _attributes, deleted_user_attributes: _deleted, ...envelope } = batch;
  const list = listOf(events) ?? [];
  const sent = list.length <= 4 ? 0 : jsonLength(batch, 'characters');
  const envelopeOf = spread(envelope, list.length, sent);
  // Every event names whom the batch is looked up by, one that opts out twice.
  const most = Math.min(limits.events, timesThatFit([who.ids, who.ids], sent));
  const statements = new Statements(batch, access, host);
  const [device] = identitiesOf({ mp_deviceid: batch['mp_deviceid'] ?? null });
  const items: Item[] = [];
  const times: number[] = [];
  list.forEach((event, i) => {
    const read = i < most ? (bad.get(event) ?? readEvent(event, envelopeOf, access, host)) : tooMany(most);
    if (typeof read === 'string') items.push(refusedItem(access, named(event, i, read)));
    else items.push(...statements.ofEvent(who, device, read, i));
    if (typeof read !== 'string' && read.time !== undefined) times.push(read.time);
  });
  const tooMuch = sender === 'page' ? undefined : whyNotAttributes('a user', batch['user_attributes']);
  for (const reason of [...faultsOf(batch), ...(tooMuch === undefined ? [] : [tooMuch])])
    items.push(refusedItem(access, reason));
  // A batch without events is an update of the profile, which it may make, even when it says nothing of it; beside an
  // identity that is one, another that is none takes nothing from that.
  const isOdd = hasOddIdentity(batch);
  const isUpdate = items.length === 0 && (!isOdd || who.ids.length > 0);
  if (isOdd) items.push(refusedItem(access, 'a user identity must be text or a whole number'));
  const said = tooMuch === undefined ? batch : { ...batch, user_attributes: null };
  const changes = [...traitChanges(said, list), ...purposeChanges(batch)];
  if (changes.length > 0 || isUpdate) items.push(statements.ofProfile(who, changes, latest(times)));
  return items;
}

/** Parts of a batch that cannot be read. They cost themselves: the rest of it is taken. */
function faultsOf(batch: JsonObject): readonly string[] {
  const { mpid, events, deleted_user_attributes: deleted } = batch;
  const faults = (['user_attributes', 'user_identities', 'consent_state', 'device_info'] as const).flatMap((name) =>
    objectOf(batch[name]) === undefined ? [`${name} must be an object`] : [],
  );
  if (!isAbsent(events) && listOf(events) === undefined) faults.push('events must be a list');
  if (!isAbsent(deleted) && listOf(deleted) === undefined) faults.push('deleted_user_attributes must be a list');
  if (!isAbsent(mpid) && readMpid(mpid) === undefined) faults.push('mpid must be a 64-bit whole number');
  return faults;
}

const hasOddIdentity = ({ user_identities: identities }: JsonObject): boolean =>
  isObject(identities) && Object.values(identities).some((value) => idOf(value) === null);

const isAbsent = (value: Json | undefined): boolean =>
  value === 0 || value === '0' || (value !== true && idOf(value) === undefined);

const tooMany = (most: number): string =>
  most < limits.events
    ? `so long a list of identities is taken with at most ${most} such short events: send an mpid, or less at once`
    : `a batch holds at most ${limits.events} events`;

/** A reason with the event it is about: its place, and the sender's name for it. */
function named(event: Json, place: number, reason: string): string {
  const data = isObject(event) ? objectOf(own(event, 'data')) : undefined;
  const messageId = insertIdOf(own(data ?? {}, 'source_message_id'));
  return `event ${place}${typeof messageId === 'string' ? ` (${messageId})` : ''}: ${reason}`;
}

const latest = (times: readonly number[]): number | undefined =>
  times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));

interface Who {
  readonly ids: readonly Identifier[];
  readonly resolve?: Mint;
}

interface ReadEvent {
  readonly type: string;
  readonly name: string;
  readonly properties: JsonObject;
  readonly time?: number;
  readonly untimed?: 'unreadable' | 'unfilled' | 'ahead';
  readonly messageId: string | undefined;
}

/** Dresses commands of one batch: when, from whom, and what makes a resent batch the same. */
class Statements {
  readonly #access: Access;
  readonly #sentAt: number | undefined;
  readonly #requestId: string | undefined;

  constructor(batch: JsonObject, access: Access, host: Host) {
    this.#access = access;
    this.#sentAt = readMoment(batch['timestamp_unixtime_ms']);
    this.#requestId = keptInsertId(batch['source_request_id'], access.project, host);
  }

  ofEvent(who: Who, device: Identifier | undefined, event: ReadEvent, index: number): readonly Item[] {
    const { name, properties, messageId } = event;
    const { untimed } = event;
    const time = untimed === undefined ? (event.time ?? this.#sentAt) : undefined;
    const same = {
      ...(untimed === undefined ? {} : { untimed }),
      ...(messageId === undefined ? {} : { insertId: messageId }),
      ...this.#repeat(String(index), messageId),
    };
    const hidden = event.type === 'user_attribute_change' || event.type === 'user_identity_change';
    const track = {
      type: 'Track',
      name,
      properties,
      ...who,
      // Beside an MPID the device is no evidence; it still says where the event happened ([A4]).
      ...(device === undefined || who.resolve !== undefined ? {} : { device }),
      ...(hidden ? { hidden: true as const } : {}),
    } as const;
    const items = [this.#item({ command: track, ...same }, time)];
    const optedOut = event.type === 'opt_out' ? yesOrNo(properties['is_opted_out']) : undefined;
    if (optedOut !== undefined) {
      const consent = optedOut ? 'denied' : 'granted';
      // Of somebody whom a backend named a page says no only at its device, so that is named too.
      const ids = device === undefined || who.resolve !== undefined ? who.ids : [...who.ids, device];
      const command = { type: 'Consent', ids, consent, scope: 'forwarding' } as const;
      items.push(
        this.#item({ command, ...this.#repeat(`${index}/consent`, messageId && `${messageId}/consent`) }, time),
      );
    }
    return items;
  }

  /** D18: across devices the latest event time wins, so what a batch says of a profile is said at that of its last event. */
  ofProfile(who: Who, changes: readonly TraitChange[], time: number | undefined): Item {
    const command = { type: 'Describe', changes, ...who } as const;
    return this.#item({ command, ...this.#repeat('profile') }, time ?? this.#sentAt);
  }

  /**
   * The browser sends a batch again under the same `source_request_id` until it sees an answer; a duplicated tab sends
   * events it copied in a batch of its own. So an event is known by its own name where it has one.
   */
  #repeat(part: string, name?: string): Pick<Statement, 'repeat'> {
    if (name !== undefined) return { repeat: { key: `message/${name}`, keep: 'first' } };
    return this.#requestId === undefined ? {} : { repeat: { key: `${this.#requestId}/${part}`, keep: 'first' } };
  }

  #item(said: Pick<Statement, 'command' | 'insertId' | 'repeat' | 'untimed'>, time: number | undefined): Item {
    const { project, trust } = this.#access;
    return {
      type: 'statement',
      statement: { project, wire: 'mparticle', trust, ...said, ...(time === undefined ? {} : { time }) },
    };
  }
}

/** An event and all that its batch says of it, or why it is none. Unknown fields are kept. */
function readEvent(event: Json, envelopeOf: () => JsonObject, { project }: Access, host: Host): ReadEvent | string {
  if (!isObject(event)) return 'an event is not an object';
  const { event_type: type } = event;
  const said = objectOf(event['data']);
  if (typeof type !== 'string' || type === '') return 'an event has no event_type';
  if (said === undefined) return 'an event has no data';
  const data = type === 'user_identity_change' ? withoutTokenIn(said) : said;
  const { event_name: sentName, custom_attributes: attributes, ...rest } = data;
  const eventName = idOf(sentName);
  if (type === 'custom_event' && typeof eventName !== 'string') return 'a custom event has no event_name';
  const name = typeof eventName === 'string' ? eventName : nameOf(type, data);
  const total = isObject(data['product_action']) ? data['product_action']['total_amount'] : undefined;
  return {
    type,
    name,
    ...whenOf(data['timestamp_unixtime_ms']),
    messageId: keptInsertId(data['source_message_id'], project, host),
    properties: {
      // Attributes stand beside the vendor's own fields, so that questions can name them; those fields win.
      ...(isObject(attributes) ? attributes : {}),
      ...envelopeOf(),
      ...(typeof total === 'number' ? { total_amount: total } : {}),
      ...rest,
      ...(attributes === undefined ? {} : { custom_attributes: attributes }),
      event_type: type,
    },
  };
}

/** Screens by their name, the rest by their type: only custom events have names of their own. */
function nameOf(type: string, data: JsonObject): string {
  const screen = type === 'screen_view' ? idOf(data['screen_name']) : undefined;
  return typeof screen === 'string' ? screen : type;
}

const deviceInfo: Readonly<Record<string, string>> = {
  ios_advertising_id: 'ios_idfa',
  ios_idfv: 'ios_idfv',
  android_advertising_id: 'android_aaid',
  android_uuid: 'android_uuid',
  amp_id: 'amp_id',
  push_token: 'push_token',
  roku_advertising_id: 'roku_aid',
  roku_publisher_id: 'roku_publisher_id',
  fire_advertising_id: 'fire_aid',
  microsoft_advertising_id: 'microsoft_aid',
  microsoft_publisher_id: 'microsoft_publisher_id',
};

/** Everything a batch without an MPID can be looked up by: its user identities and its device's ids. */
function identitiesOf(batch: JsonObject): readonly Identifier[] {
  const ids: Identifier[] = [];
  const add = (kind: string | undefined, sent: Json | undefined) => {
    const value = idOf(sent);
    if (kind !== undefined && typeof value === 'string') ids.push({ kind, value });
  };
  const { user_identities: identities, mp_deviceid: stamp, device_info: device } = batch;
  if (isObject(identities)) for (const [name, value] of Object.entries(identities)) add(kindOfBatchName(name), value);
  add(kindOf('device_application_stamp'), stamp);
  if (isObject(device))
    for (const [name, value] of Object.entries(device))
      add(Object.hasOwn(deviceInfo, name) ? deviceInfo[name] : undefined, value);
  return ids;
}

/**
 * D18: every attribute of the map is set, a tag to null; only a deletion deletes: first those of the change events, then
 * the list. An attribute that is merely absent may have been set on another device.
 */
function traitChanges(batch: JsonObject, events: readonly Json[]): readonly TraitChange[] {
  const changes: TraitChange[] = [];
  const { user_attributes: attributes, deleted_user_attributes: deleted } = batch;
  if (isObject(attributes))
    for (const [name, value] of Object.entries(attributes)) changes.push({ op: 'set', name, value });
  for (const event of events) {
    if (!isObject(event) || event['event_type'] !== 'user_attribute_change' || !isObject(event['data'])) continue;
    const { user_attribute_name: name, deleted: isDeleted } = event['data'];
    if (typeof name === 'string' && yesOrNo(isDeleted) === true) changes.push({ op: 'unset', name });
  }
  for (const name of listOf(deleted) ?? []) if (typeof name === 'string') changes.push({ op: 'unset', name });
  return changes;
}
