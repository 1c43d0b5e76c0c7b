import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, type Json, keyOf, type Policy, presets, type Rules, type Trust } from '@selfsame/identity';
import {
  type ColumnFeed,
  type Columns,
  createIngest,
  createMemoryStore,
  type Ingest,
  type Spans,
  type StoreAtHand,
  StoreError,
} from '@selfsame/store';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEmbeddedStore } from '../embedded-store.ts';
import { openFile } from './columns-file.ts';
import { openColumnsOnceAsked } from './once-asked.ts';
import { openColumns } from './open-columns.ts';

const rulesOf = (preset: string) => (): Rules => ({
  policy: presets[preset] as Policy,
  derive: (project, founder, attempt) => `${project}/${keyOf(founder)}/${attempt}` as ReturnType<Rules['derive']>,
});
const rules = rulesOf('selfsame');
const device = { kind: 'device', value: 'd1' };
const ann = { kind: 'user', value: 'ann' };

let directory: string;
const lines: string[] = [];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'selfsame-columns-'));
  lines.length = 0;
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const open = (store: StoreAtHand): Promise<Columns> =>
  openColumns({ directory, feed: store.feed, log: (line) => lines.push(line) });

/** What the columns are fed from, with the events asked for otherwise. */
const fedBy =
  (store: StoreAtHand, events: (feed: ColumnFeed, project: string) => ColumnFeed['events']) => (project: string) => {
    const feed = store.feed(project);
    return { ...feed, events: events(feed, project) };
  };

let serial = 0;
interface Told {
  readonly time?: number;
  readonly insertId?: string;
  readonly project?: string;
  readonly keep?: 'latest';
  readonly trust?: Trust;
}
async function tell(ingest: Ingest, command: Command, told: Told = {}): Promise<void> {
  const { time, insertId = `i${serial++}`, project = 'shop', keep, trust = 2 } = told;
  await ingest.submit('native', [
    {
      type: 'statement',
      statement: {
        project,
        command,
        wire: 'native',
        trust,
        insertId,
        ...(time === undefined ? {} : { time }),
        ...(keep === undefined ? {} : { repeat: { key: insertId, keep } }),
      },
    },
  ]);
}
const track = (name: string, ids: readonly { kind: string; value: string }[], properties: Record<string, Json> = {}) =>
  ({ type: 'Track', ids, name, properties }) satisfies Command;

const stores: readonly (readonly [string, () => Promise<StoreAtHand>])[] = [
  ['memory', async () => createMemoryStore(rules)],
  ['embedded', () => openEmbeddedStore({ directory, rules })],
];

describe.each(stores)('columns fed by the %s store', (_, openStore) => {
  let store: StoreAtHand;
  let ingest: Ingest;
  let columns: Columns;
  beforeEach(async () => {
    store = await openStore();
    ingest = createIngest({ store, clock: () => 2e12, rules });
    columns = await open(store);
  });
  afterEach(async () => {
    await columns.close();
    await ingest.stop();
    await store.close();
  });
  const spansOf = (key: ReturnType<typeof keyOf>): readonly Spans[] => [
    {
      node: store.graph('shop').node(key)?.number ?? -1,
      stretches: [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }],
    },
  ];

  test('a visitor who logs in is one person from the first event on', async () => {
    await tell(ingest, track('View', [device]), { time: 1000 });
    expect(await columns.overview('shop').then((all) => all.people)).toBe(1);
    await tell(ingest, track('Sign up', [ann, device]), { time: 2000 });
    await tell(ingest, track('View', [ann]), { time: 2500 });
    expect(await columns.overview('shop').then((all) => all.people)).toBe(1);
    expect(await columns.overview('shop').then((all) => all.events)).toBe(3);
    const question = { steps: [{ event: 'View' }, { event: 'Sign up' }] };
    expect((await columns.funnel('shop', question)).steps).toEqual([
      { event: 'View', people: 1, conversion: 1, fromPrevious: 1, medianTime: 0, averageTime: 0 },
      { event: 'Sign up', people: 1, conversion: 1, fromPrevious: 1, medianTime: 1000, averageTime: 1000 },
    ]);
    // Counted by device it is the device, which signs up too, and the backend's word of ann that names none.
    const apart = await columns.funnel('shop', { ...question, perIdentifier: true });
    expect(apart.steps.map((step) => step.people)).toEqual([2, 1]);
  });

  test('[A4] every question can be asked of devices instead of people', async () => {
    const phone = { kind: 'device', value: 'd2' };
    const bought = { price: 5 };
    await tell(ingest, track('View', [device], { utm_campaign: 'spring' }), { time: 1000 });
    await tell(ingest, { type: 'Identify', ids: [ann, device] }, { time: 2000 });
    await tell(ingest, { type: 'Identify', ids: [ann, phone] }, { time: 3000 });
    await tell(ingest, track('View', [ann, phone]), { time: 4000 });
    await tell(ingest, track('Order', [ann, phone], bought), { time: 5000 });
    for (const [perIdentifier, units, touch] of [
      [false, 1, 'spring'],
      [true, 2, null],
    ] as const) {
      const views = { events: [{ event: 'View' }], interval: 'day' as const, perIdentifier };
      expect((await columns.counts('shop', views)).rows).toMatchObject([{ events: 2, people: units }]);
      const attributed = { conversion: { event: 'Order' }, model: 'last-touch' as const, perIdentifier };
      expect((await columns.attribution('shop', attributed)).rows).toMatchObject([{ touch, people: 1 }]);
      const retained = { first: { event: 'View' }, returning: { event: 'View' }, interval: 'day' as const };
      const [cohort] = (await columns.retention('shop', { ...retained, perIdentifier })).rows;
      expect(cohort).toMatchObject({ people: units });
      expect(cohort?.returned[0]).toBe(perIdentifier ? 0 : 1);
    }
    const breakdown = { trait: 'plan' };
    const split = { events: [{ event: 'View' }], interval: 'day' as const, perIdentifier: true, breakdown };
    expect((await columns.counts('shop', split)).rows).toMatchObject([{ value: null, people: 2 }]);
  });

  describe('days of a time zone', () => {
    const starts = async (timeZone: string, interval: 'hour' | 'day' | 'week' | 'month', ...times: string[]) => {
      for (const time of times) await tell(ingest, track('View', [ann]), { time: Date.parse(time) });
      const { rows } = await columns.counts('shop', { events: [{ event: 'View' }], interval, timeZone });
      return rows.map(({ start, events }) => `${new Date(start).toISOString().slice(0, 16)} ${events}`);
    };
    test.each([
      // The clocks go forward at 2:00 on 8 March: that day has 23 hours, and the next begins an hour earlier by UTC.
      ['America/New_York', 'day', ['2026-03-08T04:59Z', '2026-03-08T05:00Z', '2026-03-09T03:59Z', '2026-03-09T04:00Z']],
      // And back on 25 October: 25 hours.
      ['Europe/Berlin', 'day', ['2026-10-24T21:59Z', '2026-10-24T22:00Z', '2026-10-25T22:59Z', '2026-10-25T23:00Z']],
      ['Asia/Kathmandu', 'day', ['2026-03-07T18:14Z', '2026-03-07T18:15Z', '2026-03-08T18:14Z', '2026-03-08T18:15Z']],
      ['Asia/Kathmandu', 'hour', ['2026-03-07T18:14Z', '2026-03-07T18:15Z', '2026-03-07T19:14Z', '2026-03-07T19:15Z']],
      // The hour from two to three comes twice, and is two hours.
      ['Europe/Berlin', 'hour', ['2026-10-24T23:59Z', '2026-10-25T00:00Z', '2026-10-25T00:59Z', '2026-10-25T01:00Z']],
      // Weeks begin on Monday, and months on their first, by the clocks of the place.
      [
        'America/New_York',
        'week',
        ['2026-03-09T03:59Z', '2026-03-09T04:00Z', '2026-03-16T03:59Z', '2026-03-16T04:00Z'],
      ],
      [
        'America/New_York',
        'month',
        ['2026-03-01T04:59Z', '2026-03-01T05:00Z', '2026-04-01T03:59Z', '2026-04-01T04:00Z'],
      ],
    ] as const)('begin and end by the clocks of %s: each %s', async (zone, interval, [before, first, last, after]) => {
      const found = await starts(zone, interval, before, first, last, after);
      expect(found.slice(1)).toEqual([`${first.slice(0, 16)} 2`, `${after.slice(0, 16)} 1`]);
      expect(found[0]?.slice(-2)).toBe(' 1');
    });

    test('count cohorts and returns over a change of the clocks', async () => {
      const midnights = ['2026-03-07T05:00Z', '2026-03-08T05:00Z', '2026-03-09T04:00Z', '2026-03-10T04:00Z'];
      for (const time of midnights) await tell(ingest, track('View', [ann]), { time: Date.parse(time) });
      const view = { event: 'View' };
      const question = { first: view, returning: view, interval: 'day' as const, intervals: 5 };
      const retained = async (timeZone: string) =>
        (await columns.retention('shop', { ...question, timeZone })).rows.map(({ cohort, returned }) => [
          cohort,
          ...returned,
        ]);
      expect(await retained('America/New_York')).toEqual([[Date.parse(midnights[0] as string), 0, 1, 1, 1, 0]]);
      // In Kathmandu the same moments are 10:45 and 9:45 of the same four days.
      expect(await retained('Asia/Kathmandu')).toEqual([[Date.parse('2026-03-06T18:15Z'), 0, 1, 1, 1, 0]]);
    });
  });

  test('[A4] an event keeps its own device, also where its wire does not mean it as evidence', async () => {
    await tell(ingest, track('View', [ann, device]), { insertId: 'a' });
    await tell(ingest, { ...track('View', [ann]), device }, { insertId: 'b' });
    await tell(ingest, track('View', [ann]), { insertId: 'c' });
    const deviceOf = async (insertId: string) => (await columns.eventsByInsertId('shop', insertId))[0]?.device;
    expect([await deviceOf('a'), await deviceOf('b'), await deviceOf('c')]).toEqual(['device:d1', 'device:d1', null]);
  });

  test('[D2] a copy that takes the place of an earlier one counts once, also in one batch', async () => {
    for (const price of [1, 2])
      await tell(ingest, track('Order', [ann], { price }), { insertId: 'same', time: 1000, keep: 'latest' });
    expect((await columns.eventsByInsertId('shop', 'same')).map((row) => row.properties)).toEqual([{ price: 2 }]);
    await tell(ingest, track('Order', [ann], { price: 3 }), { insertId: 'same', time: 1000, keep: 'latest' });
    expect((await columns.eventsByInsertId('shop', 'same')).map((row) => row.properties)).toEqual([{ price: 3 }]);
    expect(await columns.overview('shop').then((all) => all.events)).toBe(1);
  });

  test('hidden events are found by insert id and count nowhere', async () => {
    await tell(ingest, { ...track('$identify', [ann, device], { a: 1 }), hidden: true }, { insertId: 'h', time: 5 });
    expect(await columns.eventsByInsertId('shop', 'h')).toHaveLength(1);
    expect(await columns.overview('shop').then((all) => all.events)).toBe(0);
    // Ann is known by her login, not by the event.
    expect(await columns.overview('shop').then((all) => all.people)).toBe(1);
    expect(await columns.eventNames('shop', 10)).toEqual([]);
    expect(await columns.propertyNames('shop', undefined, 10)).toEqual([]);
    expect((await columns.timeline('shop', spansOf(keyOf(ann)), { limit: 10 })).events).toEqual([]);
    expect((await columns.funnel('shop', { steps: [{ event: '$identify' }] })).steps[0]?.people).toBe(0);
  });

  test('a timeline pages newest first, equal times by position, whatever is added meanwhile', async () => {
    for (let i = 0; i < 7; i++) await tell(ingest, track(`e${i}`, [ann]), { time: 1000 + (i >> 1) });
    const names: string[] = [];
    let before: string | null | undefined;
    do {
      const page = await columns.timeline('shop', spansOf(keyOf(ann)), { limit: 2, ...(before ? { before } : {}) });
      names.push(...page.events.map((event) => event.name));
      before = page.next;
      await tell(ingest, track('newer', [ann]), { time: 5000 });
    } while (before !== null);
    expect(names).toEqual(['e6', 'e5', 'e4', 'e3', 'e2', 'e1', 'e0']);
    await expect(columns.timeline('shop', [], { limit: 2, before: "1'; --" })).rejects.toThrow(RangeError);
  });

  test('a timeline shows a shared device only while the person had it, and an event under two spans once', async () => {
    for (const time of [10, 20, 30]) await tell(ingest, track(`at ${time}`, [device]), { time });
    const node = store.graph('shop').node(keyOf(device))?.number as number;
    const spans = [
      { node, stretches: [{ from: 10, to: 30 }] },
      { node, stretches: [{ from: Number.NEGATIVE_INFINITY, to: 11 }] },
    ];
    const page = await columns.timeline('shop', spans, { limit: 10 });
    expect(page.events.map((event) => event.name)).toEqual(['at 20', 'at 10']);
    expect(page.events[0]).toMatchObject({ project: 'shop', anchor: 'device:d1', node, wire: 'native', time: 20 });
  });

  test('a timeline of devices with the same stretches, with others, and with some of them', async () => {
    const devices = ['d1', 'd2', 'd3'].map((value) => ({ kind: 'device', value }));
    for (const time of [10, 20, 30, 40])
      for (const one of devices) await tell(ingest, track(`${one.value} ${time}`, [one]), { time });
    const [first, second, third] = devices.map((one) => store.graph('shop').node(keyOf(one))?.number as number);
    const shared = [
      { from: 10, to: 20 },
      { from: 30, to: Number.POSITIVE_INFINITY },
    ];
    const both = [first, second].map((node) => ({ node: node as number, stretches: shared }));
    const some = { node: third as number, stretches: [{ from: 30, to: 40 }] };
    const page = await columns.timeline('shop', [...both, some], { limit: 20 });
    expect(page.events.map(({ name }) => name)).toEqual([
      'd2 40',
      'd1 40',
      'd3 30',
      'd2 30',
      'd1 30',
      'd2 10',
      'd1 10',
    ]);
  });

  test('projects do not see each other (S2)', async () => {
    await tell(ingest, track('View', [ann], { a: 1 }), { insertId: 'x' });
    expect(await columns.overview('other').then((all) => all.events)).toBe(0);
    expect(await columns.overview('other').then((all) => all.people)).toBe(0);
    expect(await columns.eventsByInsertId('other', 'x')).toEqual([]);
    expect(await columns.eventNames('other', 9)).toEqual([]);
    expect(await columns.propertyNames('other', undefined, 9)).toEqual([]);
    expect((await columns.timeline('other', spansOf(keyOf(ann)), { limit: 9 })).events).toEqual([]);
  });

  test('pickers list names by how often they occur, and properties by event', async () => {
    await tell(ingest, track('View', [ann], { path: '/', 'odd "name"': 1 }));
    await tell(ingest, track('View', [ann], { path: '/a' }));
    await tell(ingest, track('Order', [], { price: 3 }));
    expect(await columns.eventNames('shop', 10)).toEqual([
      { name: 'View', count: 2 },
      { name: 'Order', count: 1 },
    ]);
    expect(await columns.propertyNames('shop', undefined, 10)).toEqual(['odd "name"', 'path', 'price']);
    expect(await columns.propertyNames('shop', 'Order', 10)).toEqual(['price']);
  });

  test('an event of nobody is an event and no person', async () => {
    await tell(ingest, track('View', []), { time: 1000 });
    const { rows } = await columns.counts('shop', { events: [{ event: 'View' }], interval: 'day' });
    expect(rows).toEqual([{ start: 0, event: 'View', events: 1, people: 0 }]);
    expect((await columns.funnel('shop', { steps: [{ event: 'View' }] })).steps[0]?.people).toBe(0);
  });

  test('what is asked while much is written includes all that was acknowledged before', async () => {
    const asked: Promise<void>[] = [];
    for (let i = 1; i <= 60; i++) {
      await tell(ingest, track('View', [{ kind: 'device', value: `d${i % 7}` }]));
      const acknowledged = i;
      asked.push(
        columns
          .overview('shop')
          .then((all) => all.events)
          .then((n) => expect(n).toBeGreaterThanOrEqual(acknowledged)),
      );
      asked.push(
        columns
          .overview('shop')
          .then((all) => all.people)
          .then((n) => expect(n).toBeGreaterThanOrEqual(Math.min(7, acknowledged))),
      );
    }
    await Promise.all(asked);
    expect(await columns.overview('shop').then((all) => all.events)).toBe(60);
    expect(await columns.overview('shop').then((all) => all.people)).toBe(7);
  });

  test('text that databases stumble over comes back, or becomes U+FFFD where it is no text', async () => {
    const properties = { nul: 'a\u0000b', emoji: '😀', quote: `'"\\;--`, lone: 'x\ud800y', '\u0000': 1, __proto__x: 2 };
    await tell(ingest, track('nul\u0000name', [ann], properties), { insertId: 'odd' });
    const [row] = await columns.eventsByInsertId('shop', 'odd');
    expect(row?.name).toBe('nul\u0000name');
    expect(row?.properties).toEqual({ ...properties, lone: 'x\ufffdy' });
    const ask = async (property: string, value: string) => {
      const question = { events: [{ event: 'nul\u0000name', where: [{ property, op: 'eq' as const, value }] }] };
      return (await columns.counts('shop', { ...question, interval: 'day' })).rows.length;
    };
    for (const [name, value] of Object.entries(properties))
      expect([name, await ask(name, String(value))]).toEqual([name, 1]);
  });
});

describe('projects beside each other', () => {
  const views = async (store: StoreAtHand, n: number, project: string, ids = [ann, device]) => {
    const ingest = createIngest({ store, clock: () => 2e12, rules, maxQueued: 1e6 });
    await Promise.all(Array.from({ length: n }, (_, i) => tell(ingest, track('View', ids, { n: i }), { project })));
    await ingest.stop();
  };
  const peopleOf = async (columns: Columns, project: string) =>
    (await columns.counts(project, { events: [{ event: 'View' }], interval: 'day' })).totals;

  test('a project that is behind holds up no other, and both are fed to the end', async () => {
    const store = createMemoryStore(rules);
    await views(store, 6_000, 'behind');
    await views(store, 3, 'shop');
    const order: string[] = [];
    const answered = Promise.withResolvers<void>();
    const feed = fedBy(store, ({ events }, project) => async (after, ...asked) => {
      if (project === 'behind' && after >= 5_000) {
        order.push('behind waits');
        await answered.promise;
      }
      return events(after, ...asked);
    });
    const columns = await openColumns({ directory, feed });
    const behind = peopleOf(columns, 'behind').then((totals) => order.push(`behind: ${totals[0]?.events}`));
    while (order.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await columns.progress('behind')).toEqual({ through: 5_000, last: 6_000 });
    expect(await columns.progress('shop')).toEqual({ through: 0, last: 3 });
    order.push(`shop: ${(await peopleOf(columns, 'shop'))[0]?.events}`);
    expect(await columns.progress('shop')).toEqual({ through: 3, last: 3 });
    answered.resolve();
    await behind;
    expect([...new Set(order)]).toEqual(['behind waits', 'shop: 3', 'behind: 6000']);
    await columns.close();
  });

  test('one that is folded anew is fed again by itself', async () => {
    const store = createMemoryStore(rules);
    await views(store, 4, 'shop');
    await views(store, 2, 'other');
    let folds = 0;
    const asked: string[] = [];
    const feed = (project: string): ColumnFeed => ({
      ...store.feed(project),
      head: async () => {
        const head = await store.feed(project).head();
        return project === 'shop' ? { ...head, epoch: `${head.epoch}.${folds}` } : head;
      },
      events: (...from) => {
        asked.push(project);
        return store.feed(project).events(...from);
      },
    });
    const columns = await openColumns({ directory, feed });
    const totals = async () => [(await peopleOf(columns, 'shop'))[0], (await peopleOf(columns, 'other'))[0]];
    const before = await totals();
    expect(before).toMatchObject([
      { events: 4, people: 1 },
      { events: 2, people: 1 },
    ]);
    expect(asked).toEqual(['shop', 'other']);
    folds = 1;
    expect(await totals()).toEqual(before);
    expect(asked).toEqual(['shop', 'other', 'shop']);
    await columns.close();
  });

  test('one that cannot be read says so, and the others answer', async () => {
    const store = createMemoryStore(rules);
    await views(store, 4, 'broken');
    await views(store, 2, 'shop');
    const feed = fedBy(store, ({ events }, project) => (...asked) => {
      if (project === 'broken') throw new StoreError('store/corrupt', 'log record 1 is damaged');
      return events(...asked);
    });
    const columns = await openColumns({ directory, feed });
    const answers = await Promise.allSettled([peopleOf(columns, 'broken'), peopleOf(columns, 'shop')]);
    expect(answers).toMatchObject([{ reason: { code: 'store/corrupt' } }, { value: [{ events: 2 }] }]);
    await columns.close();
  });

  test('a number means another identifier in each', async () => {
    const bob = { kind: 'user', value: 'bob' };
    const d2 = { kind: 'device', value: 'd2' };
    // Both number from 1; the one’s events hang on what is somebody else’s time in the other.
    const [one, two] = [createMemoryStore(rules), createMemoryStore(rules)];
    await views(one, 3, 'one');
    await views(one, 3, 'one', [bob, device]);
    await views(two, 2, 'two', [d2, device]);
    await views(two, 2, 'two', [bob]);
    const columns = await openColumns({ directory, feed: (project) => (project === 'one' ? one : two).feed(project) });
    const apart = async (project: string, store: StoreAtHand) => {
      const place = mkdtempSync(join(tmpdir(), 'selfsame-columns-'));
      const alone = await openColumns({ directory: place, feed: store.feed });
      const answers = await Promise.all([columns, alone].map((of) => allAnswers(of, project)));
      await alone.close();
      rmSync(place, { recursive: true });
      expect(answers[0]).toEqual(answers[1]);
    };
    const allAnswers = async (of: Columns, project: string) => {
      const known = { who: { known: true, kinds: ['device'] } };
      const view = { event: 'View' };
      const split = { by: { trait: 'plan' }, value: null };
      return [
        await of.overview(project),
        await of.counts(project, { events: [view], interval: 'day', breakdown: { trait: 'plan' }, ...known }),
        await of.funnel(project, { steps: [view, view], breakdown: { trait: 'plan' } }),
        await of.funnelPeople(project, { steps: [view], step: 1, part: 'reached', limit: 10 }),
        await of.countsPeople(project, { event: view, split, limit: 10 }),
        await of.retention(project, { first: view, returning: view, interval: 'day', breakdown: { trait: 'plan' } }),
        await of.attribution(project, { conversion: view, model: 'linear', breakdown: { trait: 'plan' } }),
        await of.days(project, {}),
        await of.people(project, { sort: 'events', descending: true, limit: 10, offset: 0, text: 'b', ...known }),
        await of.people(project, { sort: 'name', descending: true, limit: 10, offset: 0 }),
        await of.peopleNames(project, 10),
        await of.suspects(project, 10),
      ];
    };
    await Promise.all([columns.catchUp('one'), columns.catchUp('two')]);
    await apart('one', one);
    await apart('two', two);
    await columns.close();
  });
});

describe('the file', () => {
  const fill = async (store: StoreAtHand, n: number) => {
    const ingest = createIngest({ store, clock: () => 2e12, rules });
    for (let i = 0; i < n; i++) await tell(ingest, track('View', [ann, device], { n: i }));
    await ingest.stop();
  };

  test('is caught up, not fed again, after a restart', async () => {
    const store = await openEmbeddedStore({ directory, rules });
    await fill(store, 5);
    const first = await open(store);
    expect(await first.overview('shop').then((all) => all.events)).toBe(5);
    await first.close();
    await fill(store, 2);
    const from: number[] = [];
    const feed = fedBy(store, ({ events }) => (after, ...asked) => {
      from.push(after);
      return events(after, ...asked);
    });
    const second = await openColumns({ directory, feed });
    expect(await second.overview('shop').then((all) => all.events)).toBe(7);
    expect(from).toEqual([5]);
    await second.close();
    await store.close();
    expect(lines).toEqual([]);
  });

  test('is fed some of the log at a time, and what is taken back or put back further on counts as it is read then', async () => {
    const store = await openEmbeddedStore({ directory, rules });
    const ingest = createIngest({ store, clock: () => 2e12, rules });
    const views = Array.from({ length: 230 }, (_, n) => track('View', [ann], { n }));
    for (const view of views) await tell(ingest, view);
    const undo = (type: 'Retract' | 'Restore', entry: number) =>
      tell(ingest, { type, told: [{ entry }], reason: 'a test', by: 'a test' });
    await undo('Retract', 3);
    await undo('Retract', 7);
    await undo('Restore', 7);
    await ingest.stop();
    const limits: number[] = [];
    const feed = fedBy(store, ({ events }) => (after, last, limit) => {
      limits.push(limit);
      return events(after, last, limit);
    });
    const columns = await openColumns({ directory, feed, log: (line) => lines.push(line) });
    expect(await columns.overview('shop').then((all) => all.events)).toBe(229);
    expect(Math.max(...limits)).toBeLessThanOrEqual(100);
    await columns.close();
    await store.close();
  });

  const damages: readonly (readonly [string, (path: string) => void])[] = [
    ['is gone', (path) => rmSync(path)],
    ['is empty', (path) => writeFileSync(path, '')],
    ['is something else', (path) => writeFileSync(path, 'not a database at all'.repeat(1000))],
    [
      'has a damaged header',
      (path) => {
        const handle = openSync(path, 'r+');
        writeSync(handle, Buffer.alloc(4096 * 3, 7), 0, 4096 * 3, 0);
        closeSync(handle);
      },
    ],
    [
      'has damaged blocks',
      (path) => {
        const handle = openSync(path, 'r+');
        const size = statSync(path).size;
        if (size > 12288) writeSync(handle, Buffer.alloc(size - 12288, 0x5a), 0, size - 12288, 12288);
        closeSync(handle);
      },
    ],
  ];
  test.each(damages)('that %s is fed again', async (_, damage) => {
    const store = createMemoryStore(rules);
    await fill(store, 5);
    const before = await open(store);
    await before.catchUp('shop');
    await before.close();
    damage(join(directory, 'columns.duckdb'));
    const after = await open(store);
    expect(await after.overview('shop').then((all) => all.events)).toBe(5);
    expect(await after.overview('shop').then((all) => all.people)).toBe(1);
    await after.close();
  });

  test('of another version is fed again, and says so', async () => {
    const store = createMemoryStore(rules);
    await fill(store, 3);
    const before = await open(store);
    await before.catchUp('shop');
    await before.close();
    const { DuckDBInstance } = await import('@duckdb/node-api');
    const other = await DuckDBInstance.create(join(directory, 'columns.duckdb'));
    const connection = await other.connect();
    await connection.run('UPDATE meta SET version = 99');
    connection.closeSync();
    other.closeSync();
    const after = await open(store);
    expect(lines).toEqual(['columns: the file is of version 99; feeding it again']);
    expect(await after.overview('shop').then((all) => all.events)).toBe(3);
    await after.close();
  });

  test('opened once asked have no file before, and are asked again where they could not be opened', async () => {
    const store = createMemoryStore(rules);
    await fill(store, 3);
    const place = join(directory, 'place');
    const columns = await openColumnsOnceAsked({ directory: place, feed: store.feed });
    expect(readdirSync(directory)).toEqual([]);
    writeFileSync(place, 'no directory');
    await expect(columns.overview('shop')).rejects.toThrow(/EEXIST|ENOTDIR/);
    rmSync(place);
    const both = await Promise.all([columns.overview('shop'), columns.eventNames('shop', 5)]);
    expect(both).toMatchObject([{ events: 3 }, [{ count: 3 }]]);
    expect(readdirSync(place)).toContain('columns.duckdb');
    await columns.close();
    await expect(columns.overview('shop')).rejects.toMatchObject({ code: 'store/closed' });
  });

  test('nobody asked are closed without being opened', async () => {
    const columns = await openColumnsOnceAsked({
      directory: join(directory, 'place'),
      feed: createMemoryStore(rules).feed,
    });
    await columns.close();
    await expect(columns.catchUp('shop')).rejects.toMatchObject({ code: 'store/closed' });
    expect(readdirSync(directory)).toEqual([]);
  });

  test('follows the truth when its graph is folded anew under another policy', async () => {
    const other = { kind: 'user', value: 'bob' };
    const run = async (preset: string): Promise<number> => {
      const store = await openEmbeddedStore({ directory, rules: rulesOf(preset) });
      const ingest = createIngest({ store, clock: () => 2e12, rules: rulesOf(preset) });
      if (store.graph('shop').node(keyOf(ann)) === undefined) {
        await tell(ingest, track('Login', [ann, device]), { time: 1000 });
        await tell(ingest, track('Login', [other, device]), { time: 2000 });
        await tell(ingest, track('View', [device]), { time: 3000 });
        await tell(ingest, track('Order', [other]), { time: 4000 });
      }
      const columns = await open(store);
      const { steps } = await columns.funnel('shop', { steps: [{ event: 'View' }, { event: 'Order' }] });
      await columns.close();
      await ingest.stop();
      await store.close();
      return steps[1]?.people ?? -1;
    };
    expect(await run('selfsame')).toBe(1);
    expect(await run('mixpanel-simplified')).toBe(0);
    expect(await run('selfsame')).toBe(1);
  });

  test('closes without waiting for what is still to be fed (G15), which is fed when it is opened again', async () => {
    const store = createMemoryStore(rules);
    await fill(store, 50);
    const from: number[] = [];
    let closing: Promise<void> | undefined;
    const feed = fedBy(store, ({ events }) => (after, last) => {
      from.push(after);
      if (from.length === 2) closing = columns.close();
      return events(after, last, 5);
    });
    const columns = await openColumns({ directory, feed });
    const running = columns.catchUp('shop');
    // It waits for the one that runs, and would begin once the connection has gone, which would take the process along.
    const waiting = columns.catchUp('shop');
    const refused = [running, waiting].map((one) => expect(one).rejects.toMatchObject({ code: 'store/closed' }));
    await Promise.all(refused);
    await closing;
    await expect(columns.catchUp('shop')).rejects.toMatchObject({ code: 'store/closed' });
    expect(from).toEqual([0, 5]);

    const again = await openColumns({ directory, feed });
    expect(await again.overview('shop').then((all) => all.events)).toBe(50);
    await again.close();
  });

  test('breaks off a question that takes too long to wait for, and begins none that waits (G15)', async () => {
    const file = await openFile({ directory, memoryMegabytes: 64, threads: 1, log: () => {} });
    const begun = Promise.withResolvers<void>();
    const endless = file.question.exclusively((connection) => {
      begun.resolve();
      return connection.run('SELECT count(*) FROM range(1000000000000) AS t(i) WHERE hash(i) = i');
    });
    const waits = file.question.rows(() => 'SELECT 1');
    const both = [
      expect(endless).rejects.toThrow(/interrupt/i),
      expect(waits).rejects.toMatchObject({ code: 'store/closed' }),
    ];
    await begun.promise;
    await file.close('now');
    await Promise.all(both);
  });

  test('says how far it is, and leaves only names of ours in the directory (S39)', async () => {
    const store = createMemoryStore(rules);
    await fill(store, 3);
    const ingest = createIngest({ store, clock: () => 2e12, rules, maxQueued: 1e6 });
    await ingest.submit(
      'native',
      Array.from({ length: 12_000 }, (_, i) => ({
        type: 'statement' as const,
        statement: {
          project: '../x',
          command: track('../../e', [ann]),
          wire: 'native',
          trust: 2 as const,
          insertId: `r${i}`,
        },
      })),
    );
    const progress: (readonly [string, number, number])[] = [];
    const columns = await openColumns({
      ...{ directory, feed: store.feed, log: (line) => lines.push(line) },
      onProgress: (...told) => progress.push(told),
    });
    await columns.catchUp('../x');
    await columns.catchUp('shop');
    expect(progress).toEqual([5_000, 10_000, 12_000].map((done) => ['../x', done, 12_000]));
    expect(await columns.overview('../x').then((all) => all.events)).toBe(12_000);
    await columns.close();
    expect(readdirSync(directory).every((name) => name.startsWith('columns.duckdb'))).toBe(true);
  });
});
