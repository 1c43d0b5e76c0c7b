import type { Json, JsonObject } from '@selfsame/identity';
import { idOf, isObject, listOf, objectOf, own } from '../json/values.ts';
import { actionOf, impressionOf, promotionOf } from './short-commerce.ts';
import { meant, type Names, renamed } from './short-names.ts';

/** A batch, and why some of its events cannot be kept. */
export interface LongForm {
  readonly batch: JsonObject;
  readonly bad: ReadonlyMap<Json, string>;
}

/**
 * Events with short names of members, as web SDKs sent them one by one before batches (`/v1`, `/v2/JS/{key}/Events`) and
 * as the SDKs for apps send them still (`/v2/{key}/events`), as a batch of the events API. What has no name there keeps
 * its short one. Source: the public sources of the web SDK and of those for Android and iOS.
 * @param bad messages that cannot be kept, and why
 */
export function ofShortForm(body: JsonObject, bad: ReadonlyMap<Json, string>): LongForm {
  const { msgs, ua, ui, uad, das, cgid, con, dbg, di, ai, id, ct, mpid, dt, ...rest } = body;
  const isBatch = dt === 'h' || msgs !== undefined;
  const head = {
    mpid: mpid ?? null,
    environment: dbg === true ? 'development' : 'production',
    ...(ua === undefined ? {} : { user_attributes: ua }),
    ...(ui === undefined ? {} : { user_identities: identitiesOf(ui) }),
    ...(uad === undefined ? {} : { deleted_user_attributes: uad }),
    ...(con === undefined ? {} : { consent_state: consentOf(con) }),
    mp_deviceid: das ?? cgid ?? null,
  } satisfies JsonObject;
  if (!isBatch) {
    const message = { ...rest, dt: dt ?? null, id: id ?? null, ct: ct ?? null };
    return { batch: { ...head, events: [eventOf(message)] }, bad: new Map() };
  }
  const stillBad = new Map<Json, string>();
  const events = (listOf(msgs) ?? []).map((one) => {
    const event = isObject(one) ? eventOf(one) : one;
    const why = bad.get(one);
    if (why !== undefined) stillBad.set(event, why);
    return event;
  });
  const batch = {
    ...rest,
    ...head,
    source_request_id: id ?? null,
    timestamp_unixtime_ms: ct ?? null,
    device_info: deviceOf(di),
    ...(ai === undefined ? {} : { application_info: ai }),
    events,
  };
  return { batch, bad: stillBad };
}

/** Types of messages: a number on the web, letters in apps. */
const types: ReadonlyMap<string, string> = new Map([
  ...([1, 'ss'] as const).map((type) => [String(type), 'session_start'] as const),
  ...([2, 'se'] as const).map((type) => [String(type), 'session_end'] as const),
  ...([3, 'v'] as const).map((type) => [String(type), 'screen_view'] as const),
  ...([4, 20, 'e'] as const).map((type) => [String(type), 'custom_event'] as const),
  ...([5, 'x'] as const).map((type) => [String(type), 'crash_report'] as const),
  ...([6, 'o'] as const).map((type) => [String(type), 'opt_out'] as const),
  ...([10, 'ast'] as const).map((type) => [String(type), 'application_state_transition'] as const),
  ...([14, 'pro'] as const).map((type) => [String(type), 'profile'] as const),
  ...([16, 'cm'] as const).map((type) => [String(type), 'commerce_event'] as const),
  ...([17, 'uac'] as const).map((type) => [String(type), 'user_attribute_change'] as const),
  ...([18, 'uic'] as const).map((type) => [String(type), 'user_identity_change'] as const),
  ['fr', 'first_run'],
  ['pr', 'push_registration'],
  ['pm', 'push_message'],
  ['bc', 'breadcrumb'],
  ['npe', 'network_performance'],
]);

/** Members that every message may have. */
const common: Names = {
  id: 'source_message_id',
  ct: 'timestamp_unixtime_ms',
  sid: 'session_uuid',
  sct: 'session_start_unixtime_ms',
  ssd: 'session_start_unixtime_ms',
  attrs: 'custom_attributes',
  flags: 'custom_flags',
  lc: 'location',
};

const kinds = [
  ...['unknown', 'navigation', 'location', 'search', 'transaction', 'user_content', 'user_preference', 'social'],
  ...['other', 'media'],
];

function eventOf(message: JsonObject): JsonObject {
  const { dt, n, ...rest } = message;
  const sent = idOf(dt ?? null) ?? '';
  const type = types.get(sent) ?? sent;
  const { o, s, cu, pd, pm, pi, d, ov, nv, et, oi, ni, ui, ...others } = rest;
  const data: Record<string, Json> = renamed(others, common);
  const keep = (name: string, value: Json | undefined): void => {
    if (value !== undefined) data[name] = value;
  };
  if (et !== undefined) keep('custom_event_type', typeof et === 'string' ? snakeCase(et) : meant(et, kinds));
  switch (type) {
    case 'screen_view':
      keep('screen_name', n);
      break;
    case 'opt_out':
      keep('is_opted_out', s ?? o);
      break;
    case 'commerce_event':
      keep('event_name', n);
      keep('currency_code', cu);
      keep('product_action', isObject(pd) ? actionOf(pd) : pd);
      keep('promotion_action', isObject(pm) ? promotionOf(pm) : pm);
      keep('product_impressions', listOf(pi)?.map((one) => (isObject(one) ? impressionOf(one) : one)) ?? pi);
      break;
    case 'user_attribute_change':
      keep('user_attribute_name', n);
      keep('deleted', d);
      keep('old', ov);
      keep('new', nv);
      break;
    case 'user_identity_change':
      // Which identities there are now, `ui`, the batch says too.
      keep('old', changedIdentity(oi));
      keep('new', changedIdentity(ni));
      break;
    default:
      keep('event_name', n);
      Object.assign(data, pick(rest, ['o', 's', 'cu', 'pd', 'pm', 'pi', 'd', 'ov', 'nv', 'oi', 'ni', 'ui']));
  }
  return { event_type: type, data };
}

/** `UserContent`, as apps spell what a batch calls `user_content`. */
const snakeCase = (word: string): string => word.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toLowerCase();

const pick = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(names.flatMap((name) => (own(object, name) === undefined ? [] : [[name, object[name] as Json]])));

/** Identity types by number, as a batch spells them. */
const identityTypes: ReadonlyMap<string, string> = new Map([
  ...['other', 'customer_id', 'facebook', 'twitter', 'google', 'microsoft', 'yahoo', 'email', 'alias'].map(
    (name, i) => [String(i), name] as const,
  ),
  ['9', 'facebook_custom_audience_id'],
  ...Array.from({ length: 9 }, (_, i) => [String(10 + i), `other_id_${i + 2}`] as const),
  ...['mobile_number', 'phone_number_2', 'phone_number_3'].map((name, i) => [String(19 + i), name] as const),
]);

/** One side of an identity that changed, null where there was none. */
const changedIdentity = (sent: Json | undefined): Json | undefined => {
  if (!isObject(sent)) return sent;
  const { n = null, ...rest } = sent;
  return { ...renamed(rest, changedNames), identity_type: identityTypes.get(idOf(n) ?? '') ?? n };
};

const changedNames: Names = { i: 'identity', dfs: 'timestamp_unixtime_ms', f: 'created_this_batch' };

/** A list of `{ n, i }` in apps, of `{ Type, Identity }` on the web. */
function identitiesOf(sent: Json): Json {
  const list = listOf(sent);
  if (list === undefined) return sent;
  return Object.fromEntries(
    list.flatMap((one): readonly (readonly [string, Json])[] => {
      if (!isObject(one)) return [];
      const name = identityTypes.get(idOf(own(one, 'n') ?? own(one, 'Type') ?? null) ?? '');
      return name === undefined ? [] : [[name, own(one, 'i') ?? own(one, 'Identity') ?? null]];
    }),
  );
}

const consentNames: Names = {
  c: 'consented',
  d: 'document',
  ts: 'timestamp_unixtime_ms',
  l: 'location',
  h: 'hardware_id',
};

const consentOf = (sent: Json): Json =>
  isObject(sent)
    ? Object.fromEntries(
        Object.entries(sent).map(([law, purposes]) => [
          law,
          Object.fromEntries(
            Object.entries(objectOf(purposes) ?? {}).map(([purpose, one]) => [
              purpose,
              isObject(one) ? renamed(one, consentNames) : one,
            ]),
          ),
        ]),
      )
    : sent;

/** Ids that a device has beside its stamp. */
const deviceNames: Names = { duid: 'android_uuid', gaid: 'android_advertising_id' };

const deviceOf = (sent: Json | undefined): JsonObject => (isObject(sent) ? renamed(sent, deviceNames) : {});
