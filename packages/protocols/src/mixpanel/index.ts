import type { JsonObject, Verdict } from '@selfsame/identity';
import { openToPages } from '../cors.ts';
import { atOnce, eachInSteps, type Steps } from '../json/steps.ts';
import { isObject, objectOf, own } from '../json/values.ts';
import type { Access, Host, Item, Reading, WireReply, WireRequest } from '../protocol.ts';
import { answer, astray } from '../reply.ts';
import type { Wire } from '../wire.ts';
import { accessLookup, importAccess } from './access.ts';
import { errorAnswer, importAnswer, importError, json, trackAnswer } from './answers.ts';
import { textOf } from './ids.ts';
import { readImported } from './import.ts';
import { parameter } from './parameters.ts';
import { readPayload, type Sent } from './payload.ts';
import { present } from './present.ts';
import { readUpdate } from './profiles.ts';
import { type Route, routeOf } from './routes.ts';
import { isTooLarge, MAX_RECORD, MAX_RECORDS } from './size.ts';
import { readTracked } from './track.ts';
import { type Fault, faulty, type Understood } from './understood.ts';

const MAX_BODY = 10 * 1024 * 1024;

/** What the SDKs' own calls need; the SDK drops a batch for good if it may not read the answer. */
const pages = openToPages({
  methods: 'GET, POST, OPTIONS',
  usual: ['authorization', 'content-type', 'traceparent'],
  maxAge: 86_400,
  namesOrigin: true,
});

/** The Mixpanel wire: what its unmodified SDKs send and expect. README.md says what it promises. */
export const mixpanel: Wire<Reading> = {
  name: 'mixpanel',
  label: 'Mixpanel',
  presets: [
    { name: 'mixpanel-simplified', label: 'Mixpanel, simplified merge' },
    { name: 'mixpanel-original', label: 'Mixpanel, original merge' },
  ],
  settings: {},
  limit: () => MAX_BODY,
  headers: pages.headers,
  present,
  refuse(request, status, message) {
    if (routeOf(request.path) !== 'import') return errorAnswer(status, message);
    if (status === 413) return tooLarge;
    return importError(status, status === 429 ? rateLimited : message);
  },
  // Events name their token in the body.
  projectOf: (request, host) => importAccess(request, host)?.project,
  read: (request, host) => atOnce(readInSteps(request, host)),
  readInSteps,
};

function* readInSteps(request: WireRequest, host: Host): Steps<Reading> {
  if (request.method === 'OPTIONS') return pages.preflight(request);
  const route = routeOf(request.path);
  if (route === undefined) return lost(404, 'there is nothing at this path');
  if (request.method !== 'GET' && request.method !== 'POST') return lost(405, 'this path takes GET and POST');
  switch (route) {
    case 'track':
    case 'engage':
    case 'groups':
      return yield* readTracking(route, request, host);
    case 'import':
      return yield* readImport(request, host);
    default:
      return answer(aside[route]);
  }
}

const lost = (status: number, message: string): Reading =>
  astray(errorAnswer(status, message), `${status}: ${message}`);

/** What the SDKs ask for beside tracking, and need an answer to. We have no flags, no settings and no recordings. */
const aside: Readonly<Record<Exclude<Route, 'track' | 'engage' | 'groups' | 'import'>, WireReply>> = {
  flags: json(200, { flags: {} }),
  'flag-definitions': json(200, { flags: [] }),
  'first-time-events': json(200, { status: 'OK' }),
  // Until 2.44 the browser asks here for notifications and surveys.
  decide: json(200, { notifications: [], surveys: [], variants: [], config: { enable_collect_everything: false } }),
  settings: json(200, { sdk_config: { config: {} } }),
  record: json(200, { code: 200, status: 'OK' }),
};

const tooLarge = importError(413, `request exceeds max limit of ${MAX_BODY} bytes`);
const tooMany = `request exceeds max limit of ${MAX_RECORDS} records`;
const rateLimited = 'Project exceeded rate limits. Please retry the request with exponential backoff.';

function* readTracking(route: 'track' | 'engage' | 'groups', request: WireRequest, host: Host): Steps<Reading> {
  const payload = yield* readPayload(request);
  if (payload.type === 'none') return answer(trackAnswer(request, noRecord));
  const accessOf = accessLookup(request, host);
  if (payload.type === 'unreadable')
    return refusedWhole(
      accessOf(payload.token ?? '') ?? importAccess(request, host),
      payload.message,
      trackAnswer(request, payload),
    );
  const { records } = payload;
  // The browser halves its batch and tries again.
  if (records.length > MAX_RECORDS)
    return refusedWhole(accessOf(tokenOf(records[0])), tooMany, errorAnswer(413, tooMany));
  const understand = (record: Sent, i: number): Understood => {
    if (isTooLarge(payload, i))
      return faulty({ message: `record, exceeds max limit of ${MAX_RECORD} bytes` }, accessOf(tokenOf(record)));
    if (route === 'track') return readTracked(record, host, accessOf);
    // Updates apply in the order received. A step of 2^-11 ms keeps that order under a policy that goes by time.
    const time = host.now - (records.length - 1 - i) / 2048;
    return readUpdate(record, route === 'engage' ? 'people' : 'groups', time, host, accessOf);
  };
  const understood = yield* eachInSteps(records, understand);
  return {
    type: 'items',
    items: itemsOf(records, understood),
    // One usable record suffices for `1`.
    reply(verdicts) {
      const faults = understood.map((one, i) => faultOf(one, verdicts[i], named[route]));
      return trackAnswer(request, faults.includes(undefined) ? undefined : (faults[0] ?? noRecord));
    },
  };
}

/** What became of the records of a request; of several, an unusable one is named by its place and its insert id. */
function itemsOf(records: readonly Sent[], understood: readonly Understood[]): readonly Item[] {
  return understood.map(({ item }, place) => {
    if (item.type === 'statement' || records.length === 1) return item;
    const { properties, sent } = membersOf(records[place]);
    const insertId = textOf(own(properties, '$insert_id') ?? own(sent, '$insert_id')) ?? '';
    const name = insertId === '' || insertId.length > LONGEST_NAME ? '' : ` (${insertId})`;
    return { ...item, reason: `record ${place}${name}: ${item.reason}` };
  });
}

const LONGEST_NAME = 128;

/** A request of which nothing is taken: it counts as one item, and the project it speaks for sees why. */
const refusedWhole = (access: Access | undefined, message: string, reply: WireReply): Reading => ({
  type: 'items',
  items: [faulty({ message }, access).item],
  reply: () => reply,
});

/** The token of a record, wherever an event or an update has it. */
function tokenOf(record: Sent | undefined): string {
  const { properties, sent } = membersOf(record);
  return textOf(own(properties, 'token') ?? own(sent, '$token')) ?? '';
}

/** What is known of a record, whether or not it could be read. */
function membersOf(record: Sent | undefined): { readonly sent: JsonObject; readonly properties: JsonObject } {
  const value = record === undefined ? undefined : 'value' in record ? record.value : record.stub;
  const sent = isObject(value) ? value : {};
  return { sent, properties: objectOf(own(sent, 'properties')) ?? {} };
}

const noRecord = { message: 'data, missing or empty' };

function* readImport(request: WireRequest, host: Host): Steps<Reading> {
  const access = importAccess(request, host);
  if (access === undefined) return answer(importError(401, 'Invalid credentials'));
  const payload = yield* readPayload(request);
  const strict = parameter(request, 'strict') === '1';
  // Node's client takes `1` for success and the answer of the HTTP API for an error.
  const plain = !strict && (payload.type === 'none' || payload.form === 'data');
  if (payload.type !== 'records') {
    const message = payload.type === 'none' ? noRecord.message : payload.message;
    return refusedWhole(access, message, plain ? trackAnswer(request, { message }) : importError(400, message));
  }
  if (payload.records.length > MAX_RECORDS) return refusedWhole(access, tooMany, importError(413, tooMany));
  const understood = yield* eachInSteps(payload.records, (record, i) =>
    isTooLarge(payload, i)
      ? faulty({ field: '', message: `event exceeds max limit of ${MAX_RECORD} bytes` }, access)
      : readImported(record, host, access, strict),
  );
  return {
    type: 'items',
    items: itemsOf(payload.records, understood),
    reply(verdicts) {
      const faults = understood.map((one, i) => faultOf(one, verdicts[i], named.track, payload.records[i]));
      const imported = faults.filter((fault) => fault === undefined).length;
      const failures = faults.flatMap((fault, index) => (fault === undefined ? [] : [{ index, fault }]));
      const told = strict ? failures : failures.filter(({ fault }) => fault.bare);
      if (plain && told.length === 0) return trackAnswer(request, imported > 0 ? undefined : (faults[0] ?? noRecord));
      return importAnswer(imported, told);
    },
  };
}

/**
 * What the sender is told is wrong with a record: what this wire found, or what the rules found of its identifiers. A join
 * that the rules refuse (S11) is no fault: it is kept with its reason, and the vendor answers success too.
 */
function faultOf({ fault }: Understood, verdict: Verdict | undefined, named: string, record?: Sent): Fault | undefined {
  if (fault !== undefined || verdict?.rule !== 'V1') return fault;
  const message = `'${named}' is invalid: ${verdict.reason}`;
  const insertId = textOf(own(membersOf(record).properties, '$insert_id'));
  return { field: named, message, ...(insertId === undefined ? {} : { insertId }) };
}

/** Where a record says whom it is about. */
const named = { track: 'properties.distinct_id', engage: '$distinct_id', groups: '$group_id' } as const;
