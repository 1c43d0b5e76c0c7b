import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { WireReply, WireRequest } from '../../src/protocol.ts';
import { request } from '../world.ts';
import { basic, open } from './workspace.ts';

const seed = Number(process.env['SELFSAME_SEED']);
const runs = 10_000;

const names = [
  ...['environment', 'request_id', 'previous_mpid', 'known_identities', 'identity_changes', 'client_sdk', 'platform'],
  ...['customerid', 'email', 'device_application_stamp', 'identity_type', 'old_value', 'new_value', 'mpid', 'events'],
  ...['event_type', 'data', 'event_name', 'custom_attributes', 'user_attributes', 'deleted_user_attributes'],
  ...['user_identities', 'customer_id', 'device_info', 'mp_deviceid', 'source_request_id', 'timestamp_unixtime_ms'],
  ...['source_mpid', 'destination_mpid', 'start_unixtime_ms', 'end_unixtime_ms', '__proto__', 'constructor'],
];
const words = ['development', 'C1', 'x@x.se', 'D1', '1', '2', '-5', 'email', 'customerid', 'custom_event', 'opt_out'];
const leaf = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...words, '', 'null', '\ud800', '\0', '9'.repeat(30)) },
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
  fc.string({ unit: 'binary' }),
);
const { record } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: leaf },
    tie('record'),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
  record: fc.dictionary(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...names) }, fc.string()), tie('value'), {
    maxKeys: 6,
  }),
}));
const value = fc.oneof({ weight: 6, arbitrary: fc.constantFrom('C1', 'C2', 'x@x.se', 'D1') }, leaf);
const identities = fc.dictionary(fc.constantFrom('customerid', 'email', 'device_application_stamp', 'other'), value, {
  minKeys: 1,
  maxKeys: 3,
});
const change = fc.record({ identity_type: fc.constantFrom('email', 'customerid', 'other', 'shoe'), new_value: value });
const event = fc.record({
  event_type: fc.constantFrom('custom_event', 'opt_out', 'user_attribute_change', 'commerce_event', 'screen_view'),
  data: fc.oneof(record, {
    weight: 4,
    arbitrary: fc.constant({
      event_name: 'A',
      custom_event_type: 'other',
      is_opted_out: false,
      user_attribute_name: 'a',
      product_action: {},
    }),
  }),
});
/** Near enough to what clients send to get all the way, with something strange in between. */
const likely = fc
  .record({
    known_identities: fc.oneof({ weight: 9, arbitrary: identities }, leaf),
    identity_changes: fc.oneof({ weight: 4, arbitrary: fc.array(change, { maxLength: 3 }) }, leaf),
    mpid: leaf,
    events: fc.oneof({ weight: 9, arbitrary: fc.array(event, { maxLength: 3 }) }, leaf),
    user_attributes: fc.oneof(record, leaf),
    data: fc.record({ source_mpid: leaf, destination_mpid: leaf, start_unixtime_ms: leaf, end_unixtime_ms: leaf }),
    more: record,
  })
  .map(({ more, ...rest }) => ({ environment: 'development', ...rest, more }));
const json = fc
  .oneof({ weight: 5, arbitrary: likely }, fc.array(likely, { maxLength: 3 }), record)
  .map((one) => JSON.stringify(one));
const broken = fc
  .tuple(json, fc.nat(200), fc.nat(5), fc.string({ unit: 'binary', maxLength: 3 }))
  .map(([one, at, cut, put]) => one.slice(0, at) + put + one.slice(at + cut));
const body = fc.oneof(
  { weight: 5, arbitrary: json },
  broken,
  fc.string({ unit: 'binary' }),
  fc.uint8Array({ maxLength: 60 }),
);

const key = 'e2e-public-key';
const paths = [
  ...['/v1/identify', '/identity/v1/login', '/v1/logout', '/v1/search?cb=1', '/v1/1/modify', '/v1/2/modify'],
  ...[`/v1/identity/${key}/Alias`, `/webevents/v3/JS/${key}/events`, `/v3/js/${key}/events`, '/v3/JS/no/events'],
  ...[`/v1/JS/${key}/Forwarding`, '/v2/events', '/v2/bulkevents', '/v2/bulkevents/historical', `/JS/v2/${key}/config`],
  ...['/v1/identify?read_only=1', '/v1/login?debug=1', '/v1/%/modify', '/nothing', `/v1/${key}/audience`],
];
const credentials = [
  { 'x-mp-key': key },
  { 'x-mp-key': key },
  { authorization: basic },
  {},
  { authorization: 'Basic !' },
];
const sent: fc.Arbitrary<WireRequest> = fc
  .tuple(
    fc.constantFrom('POST', 'POST', 'POST', 'POST', 'GET', 'OPTIONS'),
    fc.constantFrom(...paths),
    body,
    fc.constantFrom(...credentials),
  )
  .map(([method, path, bytes, headers]) => request(method, path, bytes, headers as Record<string, string>));

/** Every answer this wire has. */
function isInTheTable({ path, method }: WireRequest, { status, body: text }: WireReply): boolean {
  if (method === 'OPTIONS') return status === 204;
  if (/\/v3\/js\/[^/]+\/events$/i.test(path) && method === 'POST')
    return text === '' && (status === 202 || status === 403);
  if (text === '') return [202, 401, 403, 404].includes(status);
  const said = JSON.parse(String(text)) as Record<string, unknown>;
  if (status === 200) return 'flags' in said || 'audience_memberships' in said || typeof said['mpid'] === 'string';
  if ('ErrorCode' in said) return said['StatusCode'] === status && [400, 404, 405].includes(status);
  return (
    status === 400 && ('errors' in said || (typeof said['message'] === 'string' && said['code'] === 'BAD_REQUEST'))
  );
}

it(`${runs} random requests never throw and are never answered outside the table (seed ${seed})`, async () => {
  let world = open('mparticle-default');
  let applied = 0;
  await fc.assert(
    fc.asyncProperty(sent, async (one) => {
      const before = world.entries.length;
      const reply = await world.send(one);
      expect(isInTheTable(one, reply), `${one.method} ${one.path}: ${reply.status} ${String(reply.body)}`).toBe(true);
      expect(Object.keys(Object.prototype)).toEqual([]);
      applied += world.entries.slice(before).filter(({ verdict }) => verdict.status === 'applied').length;
      if (world.entries.length > 300) world = open('mparticle-default');
    }),
    { numRuns: runs, seed },
  );
  // It would be easy never to fail by refusing everything.
  expect(applied).toBeGreaterThan(500);
});
