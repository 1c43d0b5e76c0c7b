import { describe, expect, it } from 'vitest';
import { Batches } from '../src/import/batches.ts';
import { parseMapping } from '../src/import/csv-mapping.ts';
import { formatCalled, formatOf, outgoing } from '../src/import/format.ts';
import type { Format } from '../src/import/format-shape.ts';
import { snowplowRow } from '../src/import/formats/snowplow.ts';
import type { Outgoing, Route } from '../src/import/outgoing.ts';
import { unwrapped } from '../src/import/refused-file.ts';
import { fromZone } from '../src/import/zone.ts';

const madeId = expect.stringMatching(/^[0-9a-f]{32}$/);

function prepare(name: string, value: unknown, more: object = {}) {
  const made = outgoing(formatCalled(name) as Format, value, { number: 1, token: 'TOK', ...more });
  if ('problem' in made) return made;
  return made.map(({ route, json }) => ({ route, ...(JSON.parse(json) as Record<string, unknown>) }));
}

describe('formatOf', () => {
  it.each([
    ['a native item', { type: 'track', ids: {} }, 'native'],
    ['a native item without ids', { type: 'track', name: 'A' }, 'native'],
    ['a Mixpanel event', { event: 'A', properties: {} }, 'mixpanel'],
    ['a Mixpanel event of PHP without properties', { event: 'A', properties: [] }, 'mixpanel'],
    ['a Mixpanel profile', { $distinct_id: 481, $properties: {} }, 'mixpanel'],
    ['a Segment message', { type: 'track', event: 'A', userId: 'u' }, 'segment'],
    ['a Segment identify', { type: 'identify', anonymousId: 'a', traits: {} }, 'segment'],
    ['an mParticle batch', { events: [], mpid: '1', environment: 'production' }, 'mparticle'],
    ['a PostHog event', { event: 'A', distinct_id: 'u', properties: {}, timestamp: '2026-10-01' }, 'posthog'],
    [
      'a PostHog event as its libraries send it',
      { event: 'A', properties: { distinct_id: 'u' }, timestamp: '2026-10-01' },
      'posthog',
    ],
    [
      'a batch of PostHog’s libraries',
      { api_key: 'k', batch: [{ event: 'A', properties: { distinct_id: 'u' }, timestamp: '2026-10-01' }] },
      'posthog',
    ],
    // Read as Mixpanel's it would be nobody's, and of the day of its import.
    [
      'an event with its time and its user beside its properties',
      { event: 'A', properties: {}, userId: 'u' },
      undefined,
    ],
    [
      'an event with its time beside its properties',
      { event: 'A', properties: {}, timestamp: '2026-10-01' },
      undefined,
    ],
    ['an Amplitude event', { event_type: 'A', user_id: 'u', event_properties: {} }, 'amplitude'],
    ['a row of GA4', { event_name: 'A', event_timestamp: '1', user_pseudo_id: 'd' }, 'ga4'],
    ['a batch of Segment messages', { batch: [{ type: 'track', event: 'A', userId: 'u' }] }, 'segment'],
    ['an answer of PostHog', { next: null, results: [{ id: '1', event: 'A', distinct_id: 'u' }] }, 'posthog'],
    ['something else', { a: 1 }, undefined],
    ['no object', 'text', undefined],
    ['null', null, undefined],
  ])('%s', (_name, value, name) => {
    expect(formatOf(value)?.name).toBe(name);
  });
});

describe('insert ids', () => {
  it('stay where there are some', () => {
    const item = { type: 'track', name: 'A', insertId: 'i1' };
    expect(prepare('native', item)).toEqual([{ route: 'batch', ...item }]);
    const event = { event: 'A', properties: { $insert_id: 'i1', time: 1 } };
    expect(prepare('mixpanel', event)).toEqual([{ route: 'import', ...event }]);
  });

  it('are made of those that are no text, and where a program printed none', () => {
    const message = { type: 'track', userId: 'u', event: 'A' };
    for (const messageId of [{ $oid: '65' }, ['a'], 'x'.repeat(200), 'undefined', '[object Object]', null]) {
      const made = prepare('segment', { ...message, messageId });
      expect(made).toMatchObject([{ messageId: madeId }]);
      expect(prepare('segment', { ...message, messageId })).toEqual(made);
    }
    const [one, other] = prepare('segment', { context: { ip: '1' }, batch: [message, message] }) as object[];
    expect([one, other]).toMatchObject([{ messageId: madeId, context: { ip: '1' } }, { messageId: madeId }]);
    expect(one).not.toEqual(other);
    const events = { results: [1, 2].map(() => ({ event: 'A', distinct_id: 'u', timestamp: '2026-10-01' })) };
    expect(
      new Set((prepare('posthog', events) as unknown as { insertId: string }[]).map(({ insertId }) => insertId)).size,
    ).toBe(2);
  });

  it('are made so that a second run makes them again, and an equal item elsewhere in the file another', () => {
    const item = { type: 'track', name: 'A' };
    const first = prepare('native', item);
    expect(first).toMatchObject([{ insertId: madeId }]);
    expect(prepare('native', item)).toEqual(first);
    expect(prepare('native', item, { number: 2 })).not.toEqual(first);
    for (const properties of [{}, []])
      expect(prepare('mixpanel', { event: 'A', properties })).toMatchObject([{ properties: { $insert_id: madeId } }]);
    // An update with $add would count twice.
    expect(prepare('mixpanel', { $distinct_id: 'u', $add: { n: 1 } })).toMatchObject([{ $insert_id: madeId }]);
    expect(prepare('segment', { type: 'track', userId: 'u', event: 'A', messageId: '' })).toMatchObject([
      { messageId: madeId },
    ]);
  });

  it.each(['ajs-next-d4506e5f:8nDHprEv-1', '12345_67890', 'a'.repeat(60), 'ä', 12.5])(
    'that Mixpanel’s import refuses are replaced by one made of them: %s',
    (sent) => {
      const made = prepare('mixpanel', { event: 'A', properties: { $insert_id: sent } });
      expect(made).toMatchObject([{ properties: { $insert_id: madeId } }]);
      expect(prepare('mixpanel', { event: 'A', properties: { $insert_id: sent } }, { number: 9 })).toEqual(made);
    },
  );
});

describe('mixpanel', () => {
  it('turns a line of the profile export into an update, of groups too', () => {
    expect(prepare('mixpanel', { $distinct_id: 'u', $properties: { plan: 'pro' } })).toEqual([
      { route: 'engage', $distinct_id: 'u', $set: { plan: 'pro' }, $token: 'TOK', $insert_id: madeId },
    ]);
    expect(prepare('mixpanel', { $group_key: 'company', $group_id: 'acme', $properties: { size: 3 } })).toMatchObject([
      { route: 'groups', $set: { size: 3 } },
    ]);
  });

  it('moves times of before 2023 out of the project’s zone', () => {
    const event = { event: 'A', properties: { time: Date.UTC(2022, 6, 1, 12) / 1000, $insert_id: 'i' } };
    expect(prepare('mixpanel', event, { zone: 'America/New_York' })).toMatchObject([
      { properties: { time: Date.UTC(2022, 6, 1, 16) / 1000 } },
    ]);
    for (const time of ['1656676800', '2022-07-01 12:00:00', '2022-07-01T12:00:00.000000'])
      expect(
        prepare('mixpanel', { event: 'A', properties: { time, $insert_id: 'i' } }, { zone: 'America/New_York' }),
      ).toMatchObject([{ properties: { time: Date.UTC(2022, 6, 1, 16) } }]);
  });
});

describe('fromZone', () => {
  it.each([
    ['2022-07-01T12:00:00Z', 'America/New_York', '2022-07-01T16:00:00Z'],
    ['2022-01-01T12:00:00Z', 'America/New_York', '2022-01-01T17:00:00Z'],
    ['2022-01-01T12:00:00Z', 'Asia/Kathmandu', '2022-01-01T06:15:00Z'],
    // The hour before the clocks go forward, and the hour after.
    ['2022-03-27T01:30:00Z', 'Europe/Berlin', '2022-03-27T00:30:00Z'],
    ['2022-03-27T03:30:00Z', 'Europe/Berlin', '2022-03-27T01:30:00Z'],
    ['1969-12-31T12:00:00Z', 'UTC', '1969-12-31T12:00:00Z'],
  ])('%s in %s', (wall, zone, moment) => {
    expect(fromZone(Date.parse(wall), zone)).toBe(Date.parse(moment));
  });
});

describe('posthog', () => {
  const event = { uuid: 'u-1', event: 'order', distinct_id: 'ann', timestamp: '2026-10-01T10:00:00Z' };

  it('reads what its libraries send: who it is among the properties, traits beside them', () => {
    const sent = {
      event: '$identify',
      timestamp: event.timestamp,
      properties: { distinct_id: 'ann', $anon_distinct_id: 'd1' },
      $set: { plan: 'pro' },
    };
    const login = { type: 'login', time: event.timestamp, ids: { user: 'ann', device: 'd1' } };
    const made = [login, { type: 'traits', traits: { plan: 'pro' }, ids: { user: 'ann' } }];
    expect(prepare('posthog', sent)).toMatchObject(made);
    expect(prepare('posthog', { api_key: 'k', batch: [sent] })).toMatchObject(made);
    const { saysWhoseIds } = formatCalled('posthog') as Format;
    expect(saysWhoseIds?.({ batch: [sent] })).toEqual([
      { id: 'd1', isAnonymous: true },
      { id: 'ann', isAnonymous: false },
    ]);
  });

  it('makes an event of an identified person, with the device beside it', () => {
    expect(prepare('posthog', { ...event, properties: { total: 3, $device_id: 'd1' } })).toEqual([
      {
        route: 'batch',
        type: 'track',
        name: 'order',
        time: event.timestamp,
        ids: { user: 'ann', device: 'd1' },
        properties: { total: 3, $device_id: 'd1' },
        insertId: 'u-1',
      },
    ]);
  });

  it('takes an id the device made for the device', () => {
    expect(prepare('posthog', { ...event, distinct_id: 'd1', properties: { $device_id: 'd1' } })).toMatchObject([
      { ids: { device: 'd1' } },
    ]);
    expect(prepare('posthog', { ...event, distinct_id: 'x', properties: { $is_identified: false } })).toMatchObject([
      { ids: { device: 'x' } },
    ]);
  });

  it('knows a device by what the file says of it elsewhere', () => {
    const { saysWhoseIds } = formatCalled('posthog') as Format;
    const identify = { ...event, event: '$identify', properties: { $anon_distinct_id: 'd1' } };
    const said = [
      { id: 'd1', isAnonymous: true },
      { id: 'ann', isAnonymous: false },
    ];
    expect(saysWhoseIds?.(identify)).toEqual(said);
    expect(saysWhoseIds?.({ results: [identify, event, 7] })).toEqual(said);
    expect(saysWhoseIds?.({ ...identify, properties: '{' })).toEqual([]);
    const anonymous = new Set(['d1']);
    const before = { ...event, distinct_id: 'd1' };
    expect(prepare('posthog', before, { anonymous })).toMatchObject([{ ids: { device: 'd1' } }]);
    expect(prepare('posthog', before)).toMatchObject([{ ids: { user: 'd1' } }]);
    for (const name of ['$create_alias', '$merge_dangerously'])
      expect(prepare('posthog', { ...event, event: name, properties: { alias: 'd1' } }, { anonymous })).toMatchObject([
        { type: 'login', ids: { user: 'ann', device: 'd1' } },
      ]);
  });

  it('reads identify, alias, traits, and properties that are text', () => {
    const identify = { ...event, event: '$identify', properties: '{"$anon_distinct_id":"d1","$set":{"plan":"pro"}}' };
    expect(prepare('posthog', identify)).toMatchObject([
      { type: 'login', ids: { user: 'ann', device: 'd1' } },
      { type: 'traits', op: 'set', traits: { plan: 'pro' }, insertId: madeId },
    ]);
    expect(prepare('posthog', { ...event, event: '$create_alias', properties: { alias: 'old' } })).toMatchObject([
      { type: 'merge', ids: [{ user: 'ann' }, { user: 'old' }] },
    ]);
    expect(prepare('posthog', { ...event, properties: { $set_once: { first: 1 } } })).toMatchObject([
      { type: 'track' },
      { type: 'traits', op: 'set-once', traits: { first: 1 } },
    ]);
    expect(prepare('posthog', { ...event, properties: '{' })).toEqual({ problem: 'has properties that are not JSON' });
  });
});

describe('amplitude and ga4', () => {
  it('read an event with its person’s traits', () => {
    const amplitude = {
      event_type: 'Bought',
      user_id: 'ann',
      device_id: 'd1',
      event_time: '2026-10-01 10:00:00.123456',
      $insert_id: 'i1',
      event_properties: { total: 3 },
      user_properties: { plan: 'pro' },
    };
    expect(prepare('amplitude', amplitude)).toMatchObject([
      { type: 'track', name: 'Bought', ids: { user: 'ann', device: 'd1' }, properties: { total: 3 }, insertId: 'i1' },
      { type: 'traits', traits: { plan: 'pro' }, time: amplitude.event_time },
    ]);
    const row = {
      event_name: 'purchase',
      event_timestamp: '1790848800123456',
      user_id: null,
      user_pseudo_id: '12.34',
      event_params: [
        { key: 'value', value: { string_value: null, int_value: '30', float_value: null, double_value: null } },
        { key: 'order', value: { int_value: '9007199254740993' } },
        { key: 'currency', value: { string_value: 'EUR' } },
      ],
      user_properties: [{ key: 'tier', value: { string_value: 'gold' } }],
    };
    expect(prepare('ga4', row)).toMatchObject([
      {
        name: 'purchase',
        time: 1_790_848_800_123,
        ids: { user: null, device: '12.34' },
        properties: { value: 30, order: '9007199254740993', currency: 'EUR' },
      },
      { traits: { tier: 'gold' } },
    ]);
    expect(prepare('ga4', { ...row, event_timestamp: '2026-10-01 10:00:00.123456 UTC' })).toMatchObject([
      { time: Date.UTC(2026, 9, 1, 10, 0, 0, 123) },
      {},
    ]);
    expect(prepare('ga4', { ...row, event_timestamp: 'soon' })).toHaveProperty('problem');
  });
});

describe('snowplow and csv', () => {
  it('reads a line of enriched events', () => {
    const columns = Array.from({ length: 131 }, () => '');
    const put = (at: number, text: string) => {
      columns[at] = text;
    };
    for (const [at, text] of [
      [5, 'page_view'],
      [6, 'e-1'],
      [12, 'ann'],
      [15, 'd1'],
      [29, 'https://shop.example/'],
      [52, '{"data":[]}'],
      [124, '2026-10-01 10:00:00.123'],
      [126, 'page_view'],
    ] as const)
      put(at, text);
    expect(prepare('snowplow', snowplowRow(columns.join('\t')))).toMatchObject([
      {
        name: 'page_view',
        time: '2026-10-01 10:00:00.123',
        ids: { user: 'ann', device: 'd1' },
        insertId: 'e-1',
        properties: { page_url: 'https://shop.example/', contexts: { data: [] } },
      },
    ]);
  });

  it('finds the device of phones and of pixels, where no browser has a cookie', () => {
    const row = { collector_tstamp: '2026-10-01 10:00:00', event: 'struct', event_id: 'e-1', network_userid: 'n1' };
    const session = { schema: 'iglu:com.snowplowanalytics.snowplow/client_session/jsonschema/1-0-2' };
    const contexts = JSON.stringify({
      data: [
        { schema: 'x', data: {} },
        { ...session, data: { userId: 'p1' } },
      ],
    });
    expect(prepare('snowplow', row)).toMatchObject([{ ids: { device: 'n1' } }]);
    expect(prepare('snowplow', { ...row, contexts })).toMatchObject([{ ids: { device: 'p1' } }]);
    expect(prepare('snowplow', { ...row, contexts, domain_userid: 'd1' })).toMatchObject([{ ids: { device: 'd1' } }]);
  });

  it('reads rows by a mapping, and says what is wrong with either', () => {
    const mapping = parseMapping(
      { event: { value: 'Order' }, time: 'at', insertId: 'no', ids: { user: 'id' }, traits: { email: 'mail' } },
      'm',
    );
    const row = { no: '7', id: 'ann', at: '1760000000', mail: 'a@x.se', total: '3' };
    expect(prepare('csv', row, { mapping })).toMatchObject([
      { type: 'track', name: 'Order', ids: { user: 'ann' }, time: '1760000000', properties: { total: '3' } },
      { type: 'traits', traits: { email: 'a@x.se' } },
    ]);
    expect(prepare('csv', { id: 'ann' }, { mapping })).toEqual({
      problem: 'has no column "at"; the mapping names it',
    });
    expect(() => parseMapping({ ids: { user: 3 }, extra: 1 }, 'm.json')).toThrow(/m\.json[\s\S]*ids\.user[\s\S]*extra/);
  });
});

describe('what is wrong with an item', () => {
  it.each<[string, string, unknown]>([
    ['a list', 'native', []],
    ['a native item without a type', 'native', { name: 'A' }],
    ['an event without properties', 'mixpanel', { event: 'A' }],
    ['an event without a name', 'mixpanel', { properties: {} }],
  ])('%s', (_what, name, value) => {
    expect(prepare(name, value)).toHaveProperty('problem');
  });

  it('a line of the refused is the item it was, with its place', () => {
    expect(unwrapped({ line: 7, reason: 'no', item: { a: 1 } }, 1)).toEqual({ number: 7, value: { a: 1 } });
    expect(unwrapped({ type: 'track' }, 1)).toEqual({ number: 1, value: { type: 'track' } });
  });
});

describe('Batches', () => {
  const item = (route: Route, size = 10): Outgoing => ({
    route,
    source: { number: 1, value: {} },
    json: 'x'.repeat(size),
  });

  it('sends a request when it is full, and the rest at the end', () => {
    const batches = new Batches(2);
    const sizes = [1, 2, 3].map(() => batches.add(item('batch')).length);
    expect([...sizes, batches.take().length, batches.take().length]).toEqual([0, 0, 2, 1, 0]);
  });

  it('never mixes routes, and keeps requests far below what a server takes', () => {
    const batches = new Batches(1000);
    batches.add(item('import'));
    expect(batches.add(item('engage')).map((one) => one.route)).toEqual(['import']);
    batches.take();
    batches.add(item('batch', 3_000_000));
    expect(batches.add(item('batch', 3_000_000))).toHaveLength(1);
    batches.take();
    batches.add(item('segment', 200_000));
    expect(batches.add(item('segment', 200_000))).toHaveLength(1);
    batches.take();
    // What a server counts is bytes.
    const inChinese = { ...item('batch'), json: '人'.repeat(1_000_000) };
    batches.add(inChinese);
    expect(batches.add(inChinese)).toHaveLength(1);
  });
});
