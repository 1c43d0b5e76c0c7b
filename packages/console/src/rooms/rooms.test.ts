import { describe, expect, it } from 'vitest';
import type { EventView, PersonView } from '../api/shapes.ts';
import { duration } from '../parts/format.ts';
import { initials } from '../parts/tags.tsx';
import { complete } from '../questions/filters.ts';
import { numberPart, readShown, readValuePart, valuePart, writeShown } from '../questions/shown.ts';
import { timesIn } from '../time/times.ts';
import { pointsOf, startsOf, valuesBefore } from './counts-points.ts';
import { deviceOf, devicesOf } from './person/devices.ts';
import { lastHappened } from './person/lanes.tsx';
import { nameOf } from './person/name.ts';
import { byDay, gist } from './person/timeline.tsx';
import { sortTraits } from './person/traits.tsx';
import { cohortsOf, sharesOf, together } from './retention-cohorts.ts';
import { snippets } from './setup-snippets.ts';
import { inWords } from './take-back.tsx';
import { walk } from './why.tsx';

const person = (change: Partial<PersonView> = {}): PersonView => ({
  id: 'p1',
  known: true,
  identifiers: [
    { kind: 'user', value: '42', from: null, to: null, claim: null },
    { kind: 'device', value: 'phone-1', from: null, to: null, claim: 'c1' },
    { kind: 'device', value: 'laptop-1', from: null, to: '2026-03-01T00:00:00.000Z', claim: 'c2' },
    { kind: 'device', value: 'laptop-1', from: '2026-03-04T00:00:00.000Z', to: null, claim: 'c3' },
  ],
  identifierCount: 4,
  traits: {},
  traitCount: 0,
  traitSources: {},
  segments: [],
  segmentCount: 0,
  consent: 'not-asked',
  firstSeen: null,
  lastSeen: null,
  formerIds: [],
  formerIdCount: 0,
  ...change,
});

const event = (change: Partial<EventView> = {}): EventView => ({
  name: 'Page view',
  time: '2026-03-02T12:00:00.000Z',
  insertId: 'i1',
  anchor: { kind: 'user', value: '42' },
  device: null,
  wire: 'mixpanel',
  properties: {},
  because: null,
  ...change,
});

describe('a person', () => {
  it('goes by the best name we have', () => {
    expect(nameOf(person({ traits: { $name: 'Ann', $email: 'a@example.com' } }))).toBe('Ann');
    expect(nameOf(person({ traits: { $first_name: 'Ann', $last_name: 'Lee' } }))).toBe('Ann Lee');
    expect(nameOf(person({ traits: { $name: 7, email: 'a@example.com' } }))).toBe('a@example.com');
    expect(nameOf(person())).toBe('42');
    const nobody = person({ known: false, identifiers: [] });
    expect(nameOf(nobody)).toBe('Anonymous visitor');
    const seen = event({ properties: { $browser: 'Chrome', $os: 'Linux', utm_campaign: 'spring' } });
    expect(nameOf(nobody, [event(), seen])).toBe('Chrome on Linux, spring campaign');
    const mpid = { kind: 'mpid', value: '7', from: null, to: null, claim: null };
    expect(nameOf(person({ identifiers: [mpid, { ...mpid, kind: 'user', value: 'customer-42' }] }))).toBe(
      'customer-42',
    );
    expect(nameOf(person({ identifiers: [mpid] }))).toBe('7');
  });

  it('has one colour a device, whatever its number of stretches', () => {
    const devices = devicesOf(person());
    expect([...devices.values()].map(({ value, hue }) => `${value} ${hue}`)).toEqual(['phone-1 0', 'laptop-1 1']);
  });

  it('has lanes that end where something happened, not where a backend last spoke of them', () => {
    const ann = person({ lastSeen: '2026-11-28T00:00:00.000Z' });
    const bob = { id: 'p2', name: 'Bob', known: true };
    const usedByBob = (to: string) => [
      { kind: 'device', value: 'phone-1', others: [{ from: null, to, person: bob }], otherCount: 1 },
    ];
    expect(lastHappened(ann, [event()], [])).toBe(Date.parse('2026-03-04T00:00:00.000Z'));
    expect(lastHappened(ann, [event({ time: '2026-03-05T12:00:00.000Z' })], [])).toBe(Date.parse('2026-03-05T12:00Z'));
    expect(lastHappened(ann, [event()], usedByBob('2026-03-07T00:00:00.000Z'))).toBe(Date.parse('2026-03-07T00:00Z'));
    expect(lastHappened(ann, [event()], usedByBob('2027-01-01T00:00:00.000Z'))).toBe(Date.parse('2026-11-28T00:00Z'));
  });

  it('[A4] did an event on its own device, whatever it hangs on', () => {
    const devices = devicesOf(person());
    expect(deviceOf(event({ device: { kind: 'device', value: 'laptop-1' } }), devices)?.hue).toBe(1);
    expect(deviceOf(event({ properties: { $device_id: 'phone-1' } }), devices)).toBeUndefined();
    expect(deviceOf(event({ device: { kind: 'device', value: 'of somebody else' } }), devices)).toBeUndefined();
  });

  it('shows traits in the order asked for, numbers as numbers', () => {
    const rows = Object.entries({ b: 10, a: 9, c: 'x' });
    expect(sortTraits(rows, 'name', false).map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(sortTraits(rows, 'value', false).map(([name]) => name)).toEqual(['a', 'b', 'c']);
    expect(sortTraits(rows, 'value', true).map(([name]) => name)).toEqual(['c', 'b', 'a']);
  });

  it('has days with events, order kept', () => {
    const days = byDay(
      ['2026-03-02T12:00:00Z', '2026-03-02T03:00:00Z', '2026-02-20T11:00:00Z'].map((time) => event({ time })),
      timesIn('UTC'),
    );
    expect(days.map(([, events]) => events.length)).toEqual([2, 1]);
    const inNewYork = byDay(
      ['2026-03-02T12:00:00Z', '2026-03-02T03:00:00Z'].map((time) => event({ time })),
      timesIn('America/New_York'),
    );
    expect(inNewYork.map(([day]) => day)).toEqual(['Monday, 2 March 2026', 'Sunday, 1 March 2026']);
  });

  it('shows of an event what its sender meant to say', () => {
    expect(
      gist(event({ properties: { $os: 'x', mp_lib: 'y', token: 'z', page: '/', price: 3, deep: { a: 1 } } })),
    ).toBe('page: / · price: 3');
  });

  it.each([
    ['Ann Lee', 'AL'],
    ['ann@example.com', 'AE'],
    ['<script>', 'S'],
    ['', ''],
    ['😀 Ann', 'A'],
  ])('%j has the initials %j', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});

it('walks a chain from where it starts, up and down', () => {
  const step = (from: string, to: string) => ({
    claim: 'c',
    rule: 'L1',
    time: '',
    source: '',
    trust: 0 as const,
    because: '',
    from,
    to,
  });
  const way = walk('device:a', [step('device:a', 'user:1'), step('device:b', 'user:1')]);
  expect(way.map(({ here, next }) => `${here} > ${next}`)).toEqual(['device:a > user:1', 'user:1 > device:b']);
});

describe('questions', () => {
  it('are not asked with half-made conditions', () => {
    expect(
      complete([
        { event: 'A', where: [{ property: '', op: 'set' }] },
        { event: 'B', where: [{ property: 'plan', op: 'not-set', value: '' }] },
        { event: '' },
      ]),
    ).toEqual([{ event: 'A' }, { event: 'B', where: [{ property: 'plan', op: 'not-set' }] }]);
  });

  const day = 86_400_000;
  const cut = { interval: 'day', zone: 'UTC' } as const;

  it('draw a zero where nothing happened, also at the ends of the range', () => {
    const found = { rows: [0, 2].map((n) => ({ start: n * day, event: 'A', events: 5, people: 3 })) };
    const valuesIn = (range: { from?: number; to?: number }) => {
      const { points, series } = pointsOf(found, startsOf(found, range, 9 * day, cut), 'people', 'UTC');
      expect(series).toEqual(['A']);
      return points.map(({ value }) => value);
    };
    expect(valuesIn({})).toEqual([3, 0, 3]);
    expect(valuesIn({ from: -day, to: 4 * day })).toEqual([0, 3, 0, 3, 0]);
    // Days to come are no zeros yet.
    expect(valuesIn({ from: 0, to: 20 * day })).toHaveLength(10);
  });

  it('stand beside the same place of the time before, also over a change of the clocks', () => {
    const zone = 'America/New_York';
    const midnightAt = (text: string) => Date.parse(text);
    // 8 March has 23 hours.
    const [from, to] = [midnightAt('2026-03-08T05:00Z'), midnightAt('2026-03-10T04:00Z')];
    const range = { from: midnightAt('2026-03-06T05:00Z'), to: from };
    const found = { rows: [] };
    const past = { rows: [{ start: midnightAt('2026-03-07T05:00Z'), event: 'A', events: 4, people: 2 }] };
    const in_ = { interval: 'day', zone } as const;
    const starts = startsOf(found, { from, to }, to, in_);
    const before = valuesBefore(past, starts, startsOf(past, range, to, in_));
    expect(starts.map((start) => before(start, 'A')?.people)).toEqual([0, 2]);
    expect(before(from - 1, 'A')).toBeUndefined();
  });

  it('leave out intervals in which nobody could come back yet', () => {
    const rows = [0, 7].map((day) => ({ cohort: Date.UTC(2026, 2, 2 + day), people: 4, returned: [2, 1, 0] }));
    const cohorts = cohortsOf({ rows }, 'week', Date.UTC(2026, 2, 12), timesIn('UTC'));
    expect(cohorts.map(sharesOf)).toEqual([[0.5, 0.25], [0.5]]);
    // The second week of the second cohort has not begun: it is in no denominator.
    expect(together(cohorts)).toEqual([
      { people: 8, came: 4 },
      { people: 4, came: 1 },
    ]);
  });

  it('count months as months', () => {
    const rows = [0, 4].map((month) => ({ start: Date.UTC(2026, month, 1), event: 'A', events: 1, people: 1 }));
    expect(startsOf({ rows }, {}, 0, { interval: 'month', zone: 'UTC' })).toHaveLength(5);
  });

  it('say in the address whose figure is open, whatever a value is', () => {
    for (const value of ['a:b', '%', '', '-', '=', 'ü', null]) {
      const read = readShown(writeShown(['reached', '2', valuePart(value)]));
      expect([read?.slice(0, 2), readValuePart(read?.[2])]).toEqual([['reached', '2'], value]);
    }
    expect([readShown(''), readShown('%'), readValuePart('x'), numberPart('1e3')]).toEqual(Array(4).fill(undefined));
  });
});

it.each([
  [null, '–'],
  [400, '< 1 s'],
  [61_000, '1 min 1 s'],
  [26 * 3_600_000, '1 d 2 h'],
  [40 * 86_400_000, '40 d'],
])('%s ms is written %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});

it('says how long ago in the largest unit that fits', () => {
  expect([10_000, 120_000, 7_200_000, 3 * 86_400_000].map((past) => timesIn('UTC').ago(0, past))).toEqual([
    'just now',
    '2 minutes ago',
    '2 hours ago',
    '3 days ago',
  ]);
});

it('has a snippet for each of the five wires and for our own client, none of which a key can break out of', () => {
  const all = snippets({ url: 'https://a', publicKey: '</script><b>', keys: {}, mixpanel: 'simplified' });
  const paths = {
    'script tag': '/sdk.js',
    'mixpanel-browser': '/mixpanel',
    mParticle: '/mparticle',
    Segment: '/segment',
  };
  for (const [name, path] of Object.entries({ ...paths, 'Crownpeak XO': '/xo', SPiD: '/spid' }))
    expect([name, all.find((one) => one.name === name)?.code]).toEqual([name, expect.stringContaining(`a${path}`)]);
  for (const { name, code } of all.filter((one) => one.code.includes('<script')))
    expect([name, code.split('</script>').length]).toEqual([name, 3]);
});

it('writes keys into snippets as the language quotes them', () => {
  const [tag, , mixpanel, fetched, curl, , , xo, spid] = snippets({
    url: 'http://a',
    publicKey: `k'"$x`,
    keys: { xo: 'x-key', spid: 's-client' },
    mixpanel: 'evidence',
  });
  expect(tag?.code).toContain(`data-key="k'&quot;$x"`);
  expect(mixpanel?.code).toContain(`init("k'\\"$x"`);
  expect(fetched?.code).toContain(`"Bearer k'\\"$x"`);
  expect(curl?.code).toContain(`'Authorization: Bearer k'\\''"$x'`);
  expect(xo?.code).toContain('trackerKey: "x-key"');
  expect(spid?.code).toContain('client_id: "s-client"');
});

it('says of what is taken back that consent would change, though nothing else does', () => {
  const nothing = { people: { split: [], joined: [] }, identifiers: { moved: 0, gone: 0, back: 0 } };
  const events = { moved: 0, gone: 0, back: 0, first: null, last: null };
  const rest = { ...nothing, events, traits: [], segments: [] };
  expect(inWords({ ...rest, consent: [] })).toBe('Nothing anybody can see would change.');
  expect(inWords({ ...rest, consent: [{ personId: 'p1', before: 'denied', after: 'unknown' }] })).toBe(
    'the consent of 1 person would change. Nothing is deleted: it can be put back.',
  );
});
