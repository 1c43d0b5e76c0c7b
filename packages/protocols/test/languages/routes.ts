import { createHmac } from 'node:crypto';
import type { Command, Json } from '@selfsame/identity';
import { mixpanel } from '../../src/mixpanel/index.ts';
import { mparticle } from '../../src/mparticle/index.ts';
import { native } from '../../src/native/index.ts';
import type { Protocol, WireRequest } from '../../src/protocol.ts';
import { segment } from '../../src/segment/index.ts';
import { spid } from '../../src/spid/index.ts';
import { xo } from '../../src/xo/index.ts';
import { PUBLIC_KEY, request, SERVER_KEY, WRITE_KEY } from '../world.ts';

/**
 * What a field is, and so what may become of a value in it:
 * `free`: kept as it is · `id`: of one person, as its digits or its text, or none · `needed`: the item may be refused
 * where it is no id · `time` · `insert`: what makes an item the same · `object`: refused if it is none · `shape`: what
 * the vendor asks for, refused if it is something else · `aside`: means nothing, and costs nothing.
 */
export type Field = 'free' | 'id' | 'needed' | 'time' | 'insert' | 'object' | 'shape' | 'aside';

export interface Route {
  readonly name: string;
  readonly wire: Protocol;
  readonly preset?: string;
  /** One item, its parts that are tried left out or as usual; the label stands in it somewhere. */
  readonly item: (label: string) => object;
  /** The way to each field in an item, and what it is. */
  readonly fields: Readonly<Record<string, Field>>;
  readonly send: (items: readonly string[]) => WireRequest;
  /** A request takes one item only. */
  readonly single?: true;
  /** What is wrong with one item's format refuses the request, as at the vendor's. */
  readonly whole?: true;
  /** Objects may hold no key twice at all. */
  readonly strict?: true;
  /** Where a refusal is named: in the answer by place and insert id, in the answer alone, or in what the operator sees. */
  readonly told: 'answer' | 'reason';
  readonly insertId?: string;
  readonly unit?: 's';
  /** Where a `free` value is in what became of it. */
  readonly found?: (command: Command) => Json | undefined;
}

const json = { 'content-type': 'application/json' };
const basic = (user: string, secret = '') => ({ ...json, authorization: `Basic ${btoa(`${user}:${secret}`)}` });

const property = (command: Command): Json | undefined =>
  command.type === 'Track' ? command.properties['kept'] : undefined;
const trait = (command: Command): Json | undefined => {
  const change =
    command.type === 'Describe' ? command.changes.find((one) => 'name' in one && one.name === 'kept') : null;
  return change && 'value' in change ? change.value : undefined;
};

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const inForm = (text: string) => `data=${encodeURIComponent(Buffer.from(text).toString('base64'))}`;

const segmentFields = {
  userId: 'id',
  anonymousId: 'id',
  messageId: 'insert',
  timestamp: 'time',
  context: 'object',
} as const;
const segmentAside = { integrations: 'aside', version: 'aside', channel: 'aside', originalTimestamp: 'aside' } as const;
const segmentItems: readonly (readonly [string, (label: string) => object, Route['fields'], Route['found']])[] = [
  [
    'track',
    (event) => ({ type: 'track', event, userId: 'u', anonymousId: 'a' }),
    { properties: 'object', 'properties.kept': 'free', event: 'shape', sentAt: 'aside', ...segmentAside },
    property,
  ],
  [
    'page',
    (name) => ({ type: 'page', name, userId: 'u', anonymousId: 'a' }),
    { 'properties.kept': 'free', category: 'aside' },
    property,
  ],
  [
    'screen',
    (name) => ({ type: 'screen', name, userId: 'u', anonymousId: 'a' }),
    { 'properties.kept': 'free' },
    property,
  ],
  [
    'identify',
    (name) => ({ type: 'identify', userId: 'u', anonymousId: 'a', traits: { name } }),
    { 'traits.kept': 'free' },
    trait,
  ],
  [
    'group',
    (name) => ({ type: 'group', userId: 'u', anonymousId: 'a', groupId: name, traits: { name } }),
    { 'traits.kept': 'free' },
    trait,
  ],
];

const segmentRoutes: readonly Route[] = segmentItems.flatMap(([call, item, fields, found]) => {
  const rest = {
    wire: segment,
    item,
    fields: { ...segmentFields, ...fields },
    told: 'answer',
    ...(found ? { found } : {}),
  } as const;
  return (['batch', 'import'] as const)
    .map(
      (path): Route => ({
        ...rest,
        name: `segment ${path} ${call}`,
        insertId: 'messageId',
        send: (items) => request('POST', `/v1/${path}`, `{"batch":[${items.join()}]}`, basic(WRITE_KEY)),
      }),
    )
    .concat({
      ...rest,
      name: `segment pixel ${call}`,
      single: true,
      send: ([one = '']) =>
        request('GET', `/v1/pixel/${call}?${inForm(one.replace('{', `{"writeKey":"${WRITE_KEY}",`))}`),
    })
    .concat({
      ...rest,
      name: `segment ${call}`,
      single: true,
      send: ([one]) => request('POST', `/v1/${call}`, one, basic(WRITE_KEY)),
    });
});

const nativeFields = { insertId: 'insert', time: 'time' } as const;
const nativeItems: readonly (readonly [string, (label: string) => object, Route['fields'], Route['found']])[] = [
  [
    'track',
    (name) => ({ type: 'track', name, ids: { user: 'u' } }),
    {
      'ids.user': 'id',
      'ids.device': 'id',
      ids: 'shape',
      name: 'shape',
      properties: 'object',
      'properties.kept': 'free',
    },
    property,
  ],
  [
    'page',
    (name) => ({ type: 'page', name, ids: { user: 'u' } }),
    { 'ids.user': 'id', 'properties.kept': 'free' },
    property,
  ],
  ['login', (device) => ({ type: 'login', ids: { user: 'u', device } }), { 'ids.user': 'id' }, undefined],
  ['logout', (device) => ({ type: 'logout', ids: { device } }), { 'ids.session': 'id' }, undefined],
  [
    'traits',
    (name) => ({ type: 'traits', ids: { user: 'u' }, traits: { name } }),
    { 'ids.user': 'needed', op: 'shape', 'traits.kept': 'free' },
    trait,
  ],
  [
    'segments',
    (name) => ({ type: 'segments', ids: { user: 'u' }, segments: [name] }),
    { 'ids.user': 'needed', segments: 'shape' },
    undefined,
  ],
  [
    'consent',
    (device) => ({ type: 'consent', ids: { device }, consent: 'granted' }),
    { consent: 'shape', 'ids.user': 'id' },
    undefined,
  ],
];
const nativeRoutes = nativeItems.map(
  ([type, item, fields, found]): Route => ({
    name: `native ${type}`,
    wire: native,
    item,
    fields: { ...nativeFields, ...fields },
    told: 'answer',
    insertId: 'insertId',
    strict: true,
    ...(found ? { found } : {}),
    send: (items) =>
      request('POST', '/v1/batch', `{"items":[${items.join()}]}`, { ...json, authorization: `Bearer ${WRITE_KEY}` }),
  }),
);

const mixpanelIds = {
  'properties.distinct_id': 'shape',
  'properties.$user_id': 'id',
  'properties.$device_id': 'id',
} as const;
const tracked = {
  wire: mixpanel,
  preset: 'mixpanel-simplified',
  item: (event: string) => ({ event, properties: { token: WRITE_KEY, $user_id: 'u', $device_id: 'd' } }),
  fields: {
    ...mixpanelIds,
    'properties.$insert_id': 'insert',
    'properties.time': 'time',
    'properties.kept': 'free',
    'properties.mp_lib': 'aside',
    event: 'shape',
  },
  unit: 's',
  told: 'reason',
  found: property,
} as const;
const updated = {
  wire: mixpanel,
  preset: 'mixpanel-simplified',
  item: (name: string) => ({ $token: WRITE_KEY, $distinct_id: 'u', $set: { name } }),
  fields: {
    $distinct_id: 'needed',
    '$set.kept': 'free',
    $time: 'aside',
    $ip: 'aside',
    $insert_id: 'aside',
    $set: 'shape',
    $unset: 'shape',
  },
  told: 'reason',
  found: trait,
} as const;
const imported = {
  ...tracked,
  item: (event: string) => ({
    event,
    properties: { $user_id: 'u', $device_id: 'd', time: 1_795_170_030, $insert_id: event },
  }),
  told: 'answer',
  insertId: 'properties.$insert_id',
} as const;

const mixpanelRoutes: readonly Route[] = [
  { ...tracked, name: '/track', send: (items) => request('POST', '/track', `[${items.join()}]`) },
  { ...tracked, name: '/track, a form', send: (items) => request('POST', '/track', inForm(`[${items.join()}]`), form) },
  { ...tracked, name: '/track, lines', send: (items) => request('POST', '/track', items.join('\n')) },
  { ...tracked, name: '/track, GET', single: true, send: ([one = '']) => request('GET', `/track?${inForm(one)}`) },
  { ...updated, name: '/engage', send: (items) => request('POST', '/engage', `[${items.join()}]`) },
  {
    ...updated,
    name: '/engage, a form',
    send: (items) => request('POST', '/engage', inForm(`[${items.join()}]`), form),
  },
  {
    ...updated,
    name: '/groups',
    item: (name) => ({ $token: WRITE_KEY, $group_key: 'company', $group_id: 'c', $set: { name } }),
    fields: { '$set.kept': 'free', $group_id: 'needed' },
    send: (items) => request('POST', '/groups', `[${items.join()}]`),
  },
  {
    ...imported,
    name: '/import',
    send: (items) => request('POST', '/import?strict=1', `[${items.join()}]`, basic(SERVER_KEY)),
  },
  {
    ...imported,
    name: '/import, lines',
    send: (items) => request('POST', '/import?strict=1', items.join('\n'), basic(SERVER_KEY)),
  },
];

const event = (event_name: string) => ({
  event_type: 'custom_event',
  data: { event_name, custom_event_type: 'other' },
});
const eventFields = {
  'data.source_message_id': 'insert',
  'data.timestamp_unixtime_ms': 'time',
  'data.custom_attributes': 'shape',
  'data.kept': 'free',
  'data.event_name': 'shape',
  'data.custom_flags': 'aside',
} as const;
const envelope = (items: readonly string[]) => `{"environment":"production","mpid":"5","events":[${items.join()}]}`;
const identityCall = (call: string): Route => ({
  name: `mparticle ${call}`,
  wire: mparticle,
  preset: 'mparticle-default',
  item: (device_application_stamp) => ({
    environment: 'production',
    known_identities: { customerid: 'u', device_application_stamp },
  }),
  fields: {
    'known_identities.customerid': 'id',
    'known_identities.email': 'id',
    request_id: 'aside',
    previous_mpid: 'aside',
    context: 'aside',
    client_sdk: 'shape',
    environment: 'shape',
  },
  single: true,
  strict: true,
  told: 'answer',
  send: ([one]) => request('POST', `/v1/${call}`, one, { ...json, 'x-mp-key': WRITE_KEY }),
});
const mparticleRoutes: readonly Route[] = [
  {
    name: 'mparticle web',
    send: (items: readonly string[]) => request('POST', `/v3/JS/${WRITE_KEY}/events`, envelope(items)),
  },
  {
    name: 'mparticle single',
    send: (items: readonly string[]) => request('POST', '/v2/events', envelope(items), basic(WRITE_KEY, SERVER_KEY)),
  },
  {
    name: 'mparticle bulk',
    send: (items: readonly string[]) =>
      request('POST', '/v2/bulkevents', `[${envelope(items)}]`, basic(WRITE_KEY, SERVER_KEY)),
  },
]
  .map(
    (one): Route => ({
      ...one,
      wire: mparticle,
      preset: 'mparticle-default',
      item: event,
      fields: eventFields,
      told: 'reason',
      strict: true,
      insertId: 'data.source_message_id',
      found: property,
    }),
  )
  .concat(['identify', 'login', 'logout'].map(identityCall));

const xoFields = {
  'metadata.kept': 'shape',
  metadata: 'shape',
  timestamp: 'time',
  'user.traits.kept': 'free',
  'user.identities.sessionid': 'shape',
  'user.segments': 'shape',
  'target.kept': 'shape',
  opposite: 'shape',
} as const;
const activity = {
  wire: xo,
  preset: 'xo',
  item: (action: string) => ({
    action,
    target: {},
    user: { identities: { sessionid: `s-${action}` }, traits: { action } },
  }),
  fields: xoFields,
  strict: true,
  whole: true,
  told: 'answer',
  found: trait,
} as const;
const xoRoutes: readonly Route[] = [
  { ...activity, name: 'xo, a list', send: (items) => request('POST', `/${PUBLIC_KEY}`, `[${items.join()}]`) },
  { ...activity, name: 'xo, one', single: true, send: ([one]) => request('POST', `/${PUBLIC_KEY}`, one) },
];

const signed = (text: string): string => {
  const payload = Buffer.from(text).toString('base64url');
  return `${createHmac('sha256', 'signing').update(payload).digest('base64url')}.${payload}`;
};
const spidRoutes: readonly Route[] = [
  {
    name: 'spid signed traits',
    wire: spid,
    preset: 'spid',
    item: (name) => ({ name }),
    fields: { kept: 'shape', algorithm: 'shape', t: 'shape' },
    single: true,
    strict: true,
    told: 'answer',
    found: trait,
    send: ([one = '']) => request('GET', `/ajax/traits.js?client_id=${WRITE_KEY}&callback=f&t=${signed(one)}`),
  },
];

/** Every route that collects, with every field of its items. */
export const routes: readonly Route[] = [
  ...segmentRoutes,
  ...nativeRoutes,
  ...mixpanelRoutes,
  ...mparticleRoutes,
  ...xoRoutes,
  ...spidRoutes,
];

/** The text of an item with a value, as it was printed, where a field is. */
export function withField(item: object, field: string, value: string): string {
  const copy = structuredClone(item) as Record<string, unknown>;
  const steps = field.split('.');
  let inside = copy;
  for (const step of steps.slice(0, -1)) inside = (inside[step] ??= {}) as Record<string, unknown>;
  inside[steps.at(-1) as string] = HERE;
  return JSON.stringify(copy).replace(`"${HERE}"`, () => value);
}

const HERE = '~here~';

/** A request of two items, and members beside their list; none of them is worth the items. */
export interface Envelope {
  readonly name: string;
  readonly wire: Protocol;
  readonly members: readonly string[];
  readonly items: readonly [string, string];
  readonly send: (items: string, member: string) => WireRequest;
}

const batched = [event('A'), event('B')].map((one) => JSON.stringify(one)) as [string, string];
const ofBatch = [
  ...['mpid', 'user_attributes', 'user_identities', 'consent_state', 'device_info', 'application_info', 'ip'],
  ...['timestamp_unixtime_ms', 'source_request_id', 'deleted_user_attributes', 'mp_deviceid', 'mp_other'],
];
const paths = [
  [`/v3/JS/${WRITE_KEY}/events`, json],
  ['/v2/events', basic(WRITE_KEY, SERVER_KEY)],
  ['/v2/bulkevents', basic(WRITE_KEY, SERVER_KEY)],
] as const;

export const envelopes: readonly Envelope[] = [
  {
    name: 'segment',
    wire: segment,
    members: ['sentAt', 'context', 'integrations', 'timestamp', 'other'],
    items: ['{"type":"track","userId":"u","event":"A"}', '{"type":"track","userId":"u","event":"B"}'],
    send: (items, member) => request('POST', '/v1/batch', `{${member},"batch":[${items}]}`, basic(WRITE_KEY)),
  },
  {
    name: 'native',
    wire: native,
    members: ['sentAt', 'context', 'other'],
    items: ['{"type":"track","name":"A","ids":{"user":"u"}}', '{"type":"track","name":"B","ids":{"user":"u"}}'],
    send: (items, member) =>
      request('POST', '/v1/batch', `{"items":[${items}],${member}}`, { ...json, authorization: `Bearer ${WRITE_KEY}` }),
  },
  ...paths.map(
    ([path, headers]): Envelope => ({
      name: `mparticle ${path}`,
      wire: mparticle,
      members: ofBatch,
      items: batched,
      send(items, member) {
        const batch = `{"environment":"production",${member},"events":[${items}]}`;
        return request('POST', path, path.includes('bulk') ? `[${batch}]` : batch, headers);
      },
    }),
  ),
];
