import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { IdentifierKey } from '@selfsame/identity';
import type { ColumnFeed, Columns, EventRow, FunnelQuestion } from '@selfsame/store';
import { openColumns } from '@selfsame/store-embedded';
import { type Figure, median } from './figure.ts';

const PROJECT = 'bench';
const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const question: FunnelQuestion = {
  steps: [{ event: 'Page view' }, { event: 'Add to cart' }, { event: 'Order' }],
  window: 7 * DAY,
};

/**
 * A funnel over this many events with the ownership join, against the same question with the person's number stored in
 * each event (in `own`, which is where `perIdentifier` looks); then a timeline, a start on the same file, and feeding it.
 */
export async function measureFunnel(events: number): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-funnel-'));
  const floor = join(directory, 'floor');
  const world = worldOf(events);
  try {
    await generate(directory, world);
    mkdirSync(floor);
    copyFileSync(join(directory, 'columns.duckdb'), join(floor, 'columns.duckdb'));
    await change(floor, storePeopleInEvents);

    const opening = performance.now();
    const columns = await openColumns({ directory, feed: nothingNew(world) });
    await columns.catchUp(PROJECT);
    const start = performance.now() - opening;
    const stored = await openColumns({ directory: floor, feed: nothingNew(world) });
    const [ours, theirs] = await inTurns(
      () => columns.funnel(PROJECT, question),
      () => stored.funnel(PROJECT, { ...question, perIdentifier: true }),
    );
    if (JSON.stringify(ours.answer.steps) !== JSON.stringify(theirs.answer.steps))
      throw new Error('the two funnels do not agree: the comparison is void');
    const [timeline] = await inTurns(
      () => timelineOf(columns, world),
      async () => undefined,
    );
    await columns.close();
    await stored.close();

    const millions = `${(events / 1e6).toLocaleString('en')} M events`;
    const ratio = ours.ms / theirs.ms;
    return [
      {
        name: `3-step funnel, ${millions}, ownership joined`,
        value: ours.ms,
        unit: 'ms',
        floor: theirs.ms,
        ratio,
        goal: '≤ 1.3 × the person stored in each event',
        met: ratio <= 1.3,
      },
      { name: `a person's timeline, ${millions}`, value: timeline.ms, unit: 'ms' },
      { name: `columns ready, ${millions}`, value: start, unit: 'ms', goal: '≤ 2 s', met: start <= 2000 },
      await measureFeeding(join(directory, 'fed')),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Timed<T> {
  readonly ms: number;
  readonly answer: T;
}

/** Medians of two pieces of work that take turns, so that a busy moment of the machine meets both. */
async function inTurns<A, B>(one: () => Promise<A>, other: () => Promise<B>): Promise<readonly [Timed<A>, Timed<B>]> {
  const answers = [await one(), await other()] as const;
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < 7; round++) {
    for (const [i, work] of [one, other].entries()) {
      const begin = performance.now();
      await work();
      times[i]?.push(performance.now() - begin);
    }
  }
  return [
    { ms: median(times[0]), answer: answers[0] },
    { ms: median(times[1]), answer: answers[1] },
  ];
}

interface World {
  readonly events: number;
  readonly identifiers: number;
  readonly people: number;
}

/** Ten events an identifier, three identifiers a person. One identifier in fifty is shared by two people, in turn. */
const worldOf = (events: number): World => ({
  events,
  identifiers: Math.ceil(events / 10),
  people: Math.ceil(events / 30),
});

/** The identifiers of one person are the numbers that leave the same rest; one person in each thousand never stops. */
const timelineOf = (columns: Columns, { people }: World) => {
  const person = 1 + Math.floor(Math.random() * (people - 1));
  const nodes = [BUSY, person, person + people, person + 2 * people];
  return columns.timeline(
    PROJECT,
    nodes.map((node) => ({ node, stretches: always })),
    { limit: 100 },
  );
};
const always = [{ from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];

/** An identifier with hundreds of events. */
const BUSY = 1;

/** Fills the tables of a new columns file with a month of a shop, in the order of the log. */
async function generate(directory: string, world: World): Promise<void> {
  await (await openColumns({ directory, feed: nothingNew({ ...world, events: 0, identifiers: 0 }) })).close();
  const { events, identifiers, people } = world;
  await change(directory, async (connection) => {
    await connection.run(`
      INSERT INTO events SELECT '${PROJECT}', p,
        CASE WHEN dice < 450 THEN 'Page view' WHEN dice < 700 THEN 'Product' WHEN dice < 850 THEN 'Search'
          WHEN dice < 950 THEN 'Add to cart' ELSE 'Order' END,
        ${START} + p * 250, 'insert-' || p, 'device:' || node, node, NULL, node, 'native', false,
        '{"path":"/products/' || (dice * 7) || '","title":"Product number ' || (dice * 7) || ' of the shop","price":' || (p % 200) || '}',
        CASE WHEN dice % 10 = 0 THEN '{"utm_campaign":"campaign ' || (dice % 30) || '"}' END
      FROM (SELECT p, (hash(p) % 1000)::INTEGER AS dice,
        (CASE WHEN p % (${events} // 300) = 0 THEN ${BUSY} ELSE 1 + hash(p + 1) % ${identifiers} END)::INTEGER AS node
        FROM range(1, ${events + 1}) r(p))`);
    const moment = START + (events / 2) * 250;
    await connection.run(`
      INSERT INTO split SELECT '${PROJECT}', n, since, until, 1 + (n + turn) % ${people} FROM range(1, ${identifiers + 1}) r(n),
        (VALUES (0, -9223372036854775807, ${moment}), (1, ${moment}, 9223372036854775807)) v(turn, since, until) WHERE n % 50 = 0;
      INSERT INTO owner SELECT n, CASE WHEN n % 50 <> 0 THEN 1 + n % ${people} END, '${PROJECT}', 'device:' || n FROM range(1, ${identifiers + 1}) r(n);
      INSERT INTO cursors VALUES ('${PROJECT}', 'bench', ${events}, ${identifiers}); CHECKPOINT`);
  });
}

/** A feed whose end the file has reached already. */
const nothingNew =
  ({ events, identifiers }: World) =>
  (): ColumnFeed => ({
    head: async () => ({ epoch: 'bench', position: events, change: identifiers, async *pending() {} }),
    events: async (after) => ({ rows: [], gone: [], through: after }),
    ownership: async () => [],
  });

/** The floor: writes each event's person over the number of its device, in log order as before. */
const storePeopleInEvents = (connection: DuckDBConnection) =>
  connection.run(`
    CREATE TABLE stored AS SELECT e.* REPLACE (coalesce(o.person, s.person)::BIGINT AS own) FROM events e JOIN owner o ON o.node = e.node
      LEFT JOIN split s ON s.node = e.node AND e.time >= s.since AND e.time < s.until ORDER BY position;
    DROP TABLE events; ALTER TABLE stored RENAME TO events; CHECKPOINT`);

async function change(directory: string, work: (connection: DuckDBConnection) => Promise<unknown>): Promise<void> {
  const instance = await DuckDBInstance.create(join(directory, 'columns.duckdb'), {
    threads: '2',
    memory_limit: '2GB',
  });
  const connection = await instance.connect();
  await work(connection);
  connection.closeSync();
  instance.closeSync();
}

/** What a rebuild costs: events through the feed into an empty file. */
async function measureFeeding(directory: string): Promise<Figure> {
  const events = 100_000;
  const feed: ColumnFeed = {
    ...nothingNew({ events, identifiers: 0, people: 0 })(),
    events: async (after, last, limit) => {
      const count = Math.min(limit, last - after);
      return {
        rows: Array.from({ length: count }, (_, i) => eventAt(after + i + 1)),
        gone: [],
        through: after + count,
      };
    },
  };
  const columns = await openColumns({ directory, feed: () => feed });
  const begin = performance.now();
  await columns.catchUp(PROJECT);
  const value = events / ((performance.now() - begin) / 1000);
  await columns.close();
  return { name: 'columns fed from the log', value, unit: 'events/s' };
}

const eventAt = (position: number): EventRow => ({
  position,
  project: PROJECT,
  name: position % 7 === 0 ? 'Order' : 'Page view',
  time: START + position * 250,
  insertId: `insert-${position}`,
  anchor: `device:${position % 10_000}` as IdentifierKey,
  node: position % 10_000,
  device: null,
  wire: 'native',
  hidden: false,
  properties: { path: `/products/${position % 5000}`, title: 'A product of the shop', price: position % 200 },
});
