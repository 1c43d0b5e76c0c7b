import type { WireRequest } from '../src/protocol.ts';
import { basic, bearer, json, of, type Roll, START, sdk, wholes } from './every-wire.ts';
import { signed } from './spid/platform-world.ts';
import { request } from './world.ts';

/** Things that are told by any wire, by chance, for laws over all of them. */

/** The keys of a project; `client` is its id on SPiD's wire. */
export interface Keys {
  readonly public: string;
  readonly server: string;
  readonly client: string;
}

/** What the projects sign with. */
export const SIGNING_SECRET = 'signing';

const users = ['ann', 'bob', 'cy'] as const;
const devices = ['d1', 'd2', 'd3'] as const;
const mails = ['a@example.com', 'b@example.com'] as const;

/** One thing that is told. */
export interface Piece {
  readonly item: object;
  /** Whether it comes with an insert id, so that telling it again has no effect. */
  readonly isNamed: boolean;
  /** Pieces of one channel may be sent in one request; without one it goes alone. */
  readonly channel?: string;
  readonly send: (items: readonly object[], keys: Keys) => WireRequest;
  /** Whether whoever asks again is answered as the first time. */
  readonly isAsked?: boolean;
}

/** Makes a piece under a name of its own, told by a page or with a secret. */
export type Maker = (roll: Roll, name: string, isSecret: boolean) => Piece;

/** When something happened, by so few minutes that several are of one. */
const minuteOf = (roll: Roll): number => roll(90);
/** A minute of these histories, ms. */
export const ms = (minute: number): number => START - 7_200_000 + minute * 60_000;
export const iso = (minute: number): string => new Date(ms(minute)).toISOString();
const trait = (roll: Roll) => ({ [`t${roll(3)}`]: roll(3), ...(roll(5) > 0 ? {} : { email: of(roll, mails) }) });

function nativeItem(roll: Roll, name: string, isSecret: boolean): Piece {
  const type = of(roll, ['track', 'track', 'login', 'identify', 'modify', 'traits', 'segments', 'merge', 'logout']);
  const [user, device] = [of(roll, users), of(roll, devices)];
  const one = () =>
    of<object>(roll, [{ user: of(roll, users) }, { device: of(roll, devices) }, { email: of(roll, mails) }]);
  const ids =
    type === 'merge'
      ? [one(), one()]
      : type === 'logout'
        ? { device }
        : of<object>(roll, [
            { user, device },
            { user, device },
            { device },
            { user },
            { user, email: of(roll, mails) },
            { user, visitor: 'v1' },
          ]);
  const isSigned = !isSecret && roll(4) === 0 && (type === 'traits' || type === 'login');
  const t = START / 1_000 - roll(200);
  const proof = type === 'traits' ? { plan: roll(3), sub: user, t } : { use: 'identity', ids: { user }, t };
  const item = {
    type,
    ids: isSigned ? { user, device } : ids,
    name,
    traits: type === 'traits' && roll(6) === 0 ? { n: 1 + roll(3) } : trait(roll),
    op: type === 'segments' ? of(roll, ['set', 'add', 'remove']) : 'set',
    segments: [of(roll, ['vip', 'new'])],
    time: ms(minuteOf(roll)),
    // What a backend signed is a backend's copy, of which the first counts.
    insertId: isSigned ? `${name}s` : name,
    ...(isSigned ? { signed: signed(proof, SIGNING_SECRET) } : {}),
  };
  return {
    item: 'n' in item.traits ? { ...item, op: 'add' } : item,
    isNamed: true,
    channel: `native ${isSecret}`,
    send: (items, keys) => request('POST', '/native/v1/batch', { items }, bearer(isSecret ? keys.server : keys.public)),
  };
}

function segmentCall(roll: Roll, messageId: string, isSecret: boolean): Piece {
  const message = {
    type: of(roll, ['track', 'identify', 'page', 'alias', 'group', 'screen']),
    ...(roll(3) > 0 ? { userId: of(roll, users) } : {}),
    anonymousId: of(roll, devices),
    event: messageId,
    name: messageId,
    traits: trait(roll),
    context: { traits: roll(3) > 0 ? {} : trait(roll) },
    previousId: of(roll, [...users, ...devices]),
    groupId: 'g',
    timestamp: iso(minuteOf(roll)),
    messageId,
  };
  return {
    item: message,
    isNamed: true,
    channel: `segment ${isSecret}`,
    send: (batch, keys) => request('POST', '/segment/v1/batch', { batch }, basic(isSecret ? keys.server : keys.public)),
  };
}

function mixpanelEvent(roll: Roll, name: string, isSecret: boolean): Piece {
  const [user, device] = [of(roll, users), of(roll, devices)];
  const event = of(roll, [name, name, name, '$identify', '$create_alias', '$merge']);
  const record = {
    event,
    properties: {
      time: Math.floor(ms(minuteOf(roll)) / 1_000),
      $insert_id: name,
      distinct_id: roll(2) > 0 ? user : `$device:${device}`,
      ...(roll(3) > 0 ? { $user_id: user } : {}),
      $device_id: device,
      $identified_id: user,
      $anon_id: `$device:${device}`,
      alias: of(roll, users),
      $distinct_ids: [user, of(roll, [...users, `$device:${device}`])],
    },
  };
  return {
    item: record,
    isNamed: true,
    channel: `mixpanel ${isSecret}`,
    send(records, keys) {
      const events = records.map((one) => ({
        ...one,
        properties: { ...(one as typeof record).properties, token: keys.public },
      }));
      return isSecret
        ? request('POST', '/mixpanel/import', events, basic(keys.server))
        : request('POST', '/mixpanel/track', events);
    },
  };
}

function mixpanelUpdate(roll: Roll, name: string): Piece {
  const user = of(roll, users);
  return {
    item: {
      $distinct_id: of(roll, [user, `$device:${of(roll, devices)}`]),
      $insert_id: name,
      [of(roll, ['$set', '$set_once', '$union', '$append'])]: { [`m${roll(2)}`]: [roll(3)] },
    },
    isNamed: true,
    // Updates have no time of their own: those of one request are spaced in its order.
    send: (updates, keys) =>
      request(
        'POST',
        '/mixpanel/engage',
        updates.map((one) => ({ ...one, $token: keys.public })),
      ),
  };
}

function xoActivity(roll: Roll, name: string): Piece {
  return {
    item: {
      action: name,
      target: {},
      // Without an insert id, what is of one moment is told apart by its request.
      timestamp: new Date(ms(minuteOf(roll)) + Number(name.slice(1))).toISOString(),
      user: {
        identities: {
          sessionid: of(roll, devices),
          ...(roll(2) > 0 ? { ecommerceId: of(roll, users) } : {}),
          ...(roll(4) > 0 ? {} : { email: of(roll, mails) }),
        },
        segments: [of(roll, ['vip', 'new'])],
        ...(roll(2) > 0 ? {} : { traits: trait(roll) }),
      },
    },
    isNamed: false,
    channel: 'xo',
    send: (activities, keys) => request('POST', `/xo/${keys.public}`, activities),
  };
}

const mparticleEvents = (batch: object, isSecret: boolean, keys: Keys): WireRequest =>
  isSecret
    ? request('POST', '/mparticle/v2/events', batch, basic(keys.public, keys.server))
    : request('POST', `/mparticle/webevents/v3/JS/${keys.public}/events`, batch);

/** A batch that names a profile, so that nothing is looked up. */
function mparticleEvent(roll: Roll, name: string, isSecret: boolean): Piece {
  const head = {
    environment: 'production',
    mpid: of(roll, ['77', '78']),
    mp_deviceid: of(roll, devices),
    user_identities: {},
  };
  return {
    item: {
      event_type: 'custom_event',
      data: {
        event_name: name,
        custom_event_type: 'other',
        timestamp_unixtime_ms: ms(minuteOf(roll)),
        source_message_id: name,
      },
    },
    isNamed: true,
    channel: `mparticle ${isSecret} ${JSON.stringify(head)}`,
    send: (events, keys) => mparticleEvents({ ...head, events }, isSecret, keys),
  };
}

/** What means the same in any order. */
export const orderFree: readonly Maker[] = [
  nativeItem,
  nativeItem,
  segmentCall,
  mixpanelEvent,
  mixpanelUpdate,
  xoActivity,
  mparticleEvent,
];

const consent: Maker = (roll, name, isSecret) => {
  const [user, device] = [of(roll, users), of(roll, devices)];
  const item = {
    type: 'consent',
    ids: of<object>(roll, [{ user }, { device }, { user, device }]),
    consent: of(roll, ['granted', 'granted', 'denied']),
    time: ms(minuteOf(roll)),
    insertId: name,
  };
  return { ...nativeItem(roll, name, isSecret), item };
};

/** A question to the directory, a change of a record or an alias. */
const directoryCall: Maker = (roll, request_id, isSecret) => {
  const mpid = of(roll, ['77', '78']);
  const ids = {
    ...(roll(2) > 0 ? { customerid: of(roll, users) } : {}),
    ...(roll(3) > 0 ? {} : { email: of(roll, mails) }),
    ...(roll(4) > 0 ? { device_application_stamp: of(roll, devices) } : {}),
  };
  const alias = {
    destination_mpid: mpid,
    source_mpid: mpid === '77' ? '78' : '77',
    start_unixtime_ms: ms(0),
    end_unixtime_ms: ms(90),
    scope: 'mpid',
  };
  const type = of(roll, ['email', 'customerid', 'device_application_stamp']);
  const change = { identity_type: type, old_value: null, new_value: of(roll, [null, ...users, ...mails]) };
  const previous = roll(2) > 0 ? {} : { previous_mpid: mpid };
  const [path, body] = of<readonly [string, object]>(roll, [
    ['/identity/v1/identify', { ...previous, known_identities: ids }],
    ['/identity/v1/login', { ...previous, known_identities: ids }],
    ['/identity/v1/logout', { ...previous, known_identities: ids }],
    [`/identity/v1/${mpid}/modify`, { identity_changes: [change] }],
    ['/webevents/v1/identity/KEY/Alias', { request_type: 'alias', data: alias }],
  ]);
  return {
    item: { ...sdk, request_id, ...body },
    isNamed: true,
    isAsked: true,
    send: ([item], keys) =>
      request(
        'POST',
        `/mparticle${path.replace('KEY', keys.public)}`,
        { ...item, api_key: keys.public },
        isSecret ? basic(keys.public, keys.server) : { ...json, 'x-mp-key': keys.public },
      ),
  };
};

/** A batch that says of whom it is, which is looked up. */
const mparticleBatch: Maker = (roll, name, isSecret) => {
  const who = { user_identities: { customer_id: of(roll, users) }, mp_deviceid: of(roll, devices) };
  const { item } = mparticleEvent(roll, name, isSecret);
  const optOut = { event_type: 'opt_out', data: { source_message_id: name, is_opted_out: roll(2) > 0 } };
  const batch = { environment: 'production', ...who, events: [roll(3) > 0 ? item : optOut] };
  return {
    item: batch,
    isNamed: true,
    send: ([one], keys) => mparticleEvents(one as object, isSecret, keys),
  };
};

/** What a browser asks SPiD for. */
const spidCall: Maker = (roll) => {
  const path = of(roll, ['hasSession', 'logout', 'acceptAgreement', 'traits']);
  const t = signed({ t1: roll(9) }, SIGNING_SECRET);
  const cookie = 'selfsame_visitor=visitor0000000000001';
  return {
    item: {},
    isNamed: false,
    send(_items, keys) {
      const query = new URLSearchParams({ client_id: keys.client, callback: 'f', autologin: '1', t });
      return request('GET', `/spid/ajax/${path}.js?${query}`, '', { cookie });
    },
  };
};

/** All that can be told. */
export const everything: readonly Maker[] = [
  ...orderFree,
  consent,
  directoryCall,
  directoryCall,
  mparticleBatch,
  spidCall,
];

/** The backend tells first of everybody whom pages may name, which `enforce` asks for ([O1]). */
export const introductions: readonly Piece[] = [
  ...users.map((user) => ({ user })),
  ...mails.map((email) => ({ email })),
  { mpid: '77' },
  { mpid: '78' },
  { 'group.id': 'g' },
].map((ids, n) => ({
  item: { type: 'identify', ids, time: ms(-60), insertId: `a${n}` },
  isNamed: true,
  channel: 'first',
  send: (items, keys) => request('POST', '/native/v1/batch', { items }, bearer(keys.server)),
}));

/** Things that are told, now and then the same by a page and by a backend, or under one name another ([D3]). */
export function piecesOf(roll: Roll, makers: readonly Maker[], most: number): readonly Piece[] {
  return Array.from({ length: 3 + roll(most - 2) }, (_, n): readonly Piece[] => {
    const [make, name, isSecret] = [of(roll, makers), `i${String(n).padStart(3, '0')}`, roll(2) > 0];
    const [own, others] = [roll(1e9), roll(2) > 0 ? undefined : roll(1e9)];
    const one = make(wholes(own), name, isSecret);
    if (!besides.has(make) || roll(6) > 0) return [one];
    return [one, make(wholes(others ?? own), name, !isSecret)];
  }).flat();
}

/** What a page and a backend may both tell under one insert id. */
const besides: ReadonlySet<Maker> = new Set<Maker>([nativeItem, segmentCall, mixpanelEvent, mparticleEvent]);
