import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { createIngest, type Decided, type Item, type RepeatKey, repeatKey, type Store } from '@selfsame/store';
import { testRules } from '@selfsame/store/traffic';
import { expect, it } from 'vitest';
import { openGraph } from '../src/disk/schema.ts';
import { Writes } from '../src/disk/writes.ts';
import { checkStore, openEmbeddedStore } from '../src/index.ts';
import { hashOf } from '../src/seen/key-filter.ts';
import { Seen } from '../src/seen/seen.ts';
import { temporary } from './temporary.ts';

/** Two insert ids whose keys have one hash; found by trying 400 million. */
const twins = ['12q9nw', '490b11'] as const;

const item = (insertId: string): Item & { readonly type: 'statement' } => ({
  type: 'statement',
  statement: {
    project: 'p',
    wire: 'native',
    trust: 2,
    insertId,
    command: { type: 'Identify', ids: [{ kind: 'user', value: insertId }] },
  },
});

const tell = async (store: Store) => {
  const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
  return (await ingest.submit('native', twins.map(item))).map(({ status, repeats }) => [status, repeats]);
};

it('insert ids with one hash are told apart: in memory, in the tables, and over a restart (G4)', async () => {
  const [a, b] = twins.map((id) => hashOf(repeatKey(item(id).statement) as string));
  expect(a).toBe(b);

  const directory = temporary();
  const store = await openEmbeddedStore({ directory, rules: testRules });
  expect(await tell(store)).toEqual([
    ['applied', undefined],
    ['applied', undefined],
  ]);
  const repeated = [
    ['duplicate', 1],
    ['duplicate', 2],
  ];
  expect(await tell(store)).toEqual(repeated);
  await store.checkpoint();
  expect(await tell(store)).toEqual(repeated);
  await store.close();
  const again = await openEmbeddedStore({ directory, rules: testRules });
  expect(await tell(again)).toEqual(repeated);
  await again.close();
});

it('a hash of an insert id is no quick one, of which somebody could make thousands alike', () => {
  const [a, b] = ['1w8w1t', '2ikkbe'].map((id) => hashOf(repeatKey(item(id).statement) as string));
  expect(a).not.toBe(b);
});

it.each([
  // Generations of half a day, and of six: what begins one is as much older than what ends it.
  { keys: 20, gone: 14 },
  { keys: 240, gone: 22 },
])(
  'insert ids of seven days are known, whatever the clock does by a day, and old ones make room: $keys at a time (G4, G25)',
  ({ keys, gone }) => {
    const HOUR = 3_600_000;
    const db = openGraph(join(temporary(), 'graph.db'));
    db.pragma('synchronous = OFF');
    const statements = [] as { readonly statement: ReturnType<typeof item>['statement']; readonly at: number }[];
    const keyOf = (position: number) => repeatKey(statements[position - 1]?.statement as never) as RepeatKey;
    const seen = new Seen(db, (position) => ({ entry: statements[position - 1]?.statement }) as Decided, keys);
    let [asked, forgotten, leftBehind] = [0, 0, 0];
    // A checkpoint every six hours for sixty days; now and then the clock is a day behind or ahead.
    for (let time = 0; time < 60 * 24 * HOUR; time += 6 * HOUR) {
      const added = Array.from({ length: 10 }, (_, i) => item(`${time / HOUR}-${i}`).statement);
      for (const statement of added) {
        statements.push({ statement, at: time });
        seen.note([[keyOf(statements.length), statements.length]]);
      }
      const off = [0, 24 * HOUR, -24 * HOUR][(time / (6 * HOUR)) % 3] as number;
      seen.leave(1e12 + time + off);
      const writes = new Writes();
      for (const _ of seen.write(writes));
      for (const [sql, rows] of writes.take()) for (const row of rows) db.prepare(sql).run(...row);
      seen.left();
      if ((time / (6 * HOUR)) % 13 !== 0) continue;
      for (const [i, { at }] of statements.entries()) {
        const found = seen.find(keyOf(i + 1)) === i + 1;
        if (time - at <= 7 * 24 * HOUR) {
          asked += 1;
          if (!found) forgotten += 1;
        } else if (time - at > gone * 24 * HOUR && found) leftBehind += 1;
      }
    }
    console.log(
      `G4: ${statements.length} insert ids in 60 days, ${asked} retries within seven: ${forgotten} forgotten`,
    );
    expect([forgotten, leftBehind]).toEqual([0, 0]);
    db.close();
  },
);

it('insert ids are known while a checkpoint is written, after one that failed, and beside a filter that was kept (G4)', () => {
  const db = openGraph(join(temporary(), 'graph.db'));
  const statements: ReturnType<typeof item>['statement'][] = [];
  const keyOf = (position: number) => repeatKey(statements[position - 1] as never) as RepeatKey;
  const open = () => new Seen(db, (position) => ({ entry: statements[position - 1] }) as Decided, 1_000);
  const written = (fill: (writes: Writes) => void) => {
    const writes = new Writes();
    fill(writes);
    for (const [sql, rows] of writes.take()) for (const row of rows) db.prepare(sql).run(...row);
  };
  const use = (seen: Seen) => {
    statements.push(item(`use ${statements.length}`).statement);
    seen.note([[keyOf(statements.length), statements.length]]);
    seen.leave(1e12);
  };
  const keep = (seen: Seen) => {
    written((writes) => void [...seen.write(writes)]);
    seen.left();
  };
  const known = (seen: Seen) => statements.filter((_, i) => seen.find(keyOf(i + 1)) === i + 1).length;

  let seen = open();
  use(seen);
  expect(known(seen)).toBe(1);
  // Nothing of that checkpoint was written: its keys go along with the next one.
  use(seen);
  expect(known(seen)).toBe(2);
  keep(seen);
  expect([known(seen), known(open())]).toEqual([2, 2]);
  // A filter that was kept at a stop is of no use once there are more keys, in this life or the next.
  for (const life of [() => seen, open]) {
    const next = life();
    written((writes) => next.seal(writes));
    use(next);
    keep(next);
    seen = open();
    expect([known(next), known(seen)]).toEqual([statements.length, statements.length]);
  }
  written((writes) => seen.seal(writes));
  seen = open();
  use(seen);
  keep(seen);
  expect(known(open())).toBe(statements.length);
  db.close();
});

it('filters that were kept are read a part in a turn, and until they are the tables are asked', async () => {
  const db = openGraph(join(temporary(), 'graph.db'));
  const many = Array.from({ length: 50 }, (_, i) => item(`kept ${i}`).statement);
  const keys = many.map((statement) => repeatKey(statement) as RepeatKey);
  const open = () => new Seen(db, (position) => ({ entry: many[position - 1] }) as Decided, 10);
  const written = (fill: (writes: Writes) => void) => {
    const writes = new Writes();
    fill(writes);
    for (const [sql, rows] of writes.take()) for (const row of rows) db.prepare(sql).run(...row);
  };
  // Five generations, the last one's filter kept by a seal.
  let seen = open();
  for (const [i, key] of keys.entries()) {
    seen.note([[key, i + 1]]);
    seen.leave(1e12);
    written((writes) => void [...seen.write(writes)]);
    seen.left();
  }
  written((writes) => seen.seal(writes));
  const parts = db.prepare<[], { parts: number }>('SELECT count(*) AS parts FROM filters').get()?.parts as number;
  expect(parts).toBe(5 * 16);

  let read = 0;
  let asked = 0;
  let longest = 0;
  const prepare = db.prepare.bind(db);
  db.prepare = ((sql: string) => {
    const statement = prepare(sql);
    const get = (...of: unknown[]) => {
      read += 1;
      return statement.get(...of);
    };
    const all = (...of: unknown[]) => {
      asked += 1;
      return statement.all(...of);
    };
    return sql.startsWith('SELECT bits') ? { get } : sql.startsWith('SELECT position') ? { all } : statement;
  }) as typeof db.prepare;
  seen = open();
  expect(read).toBe(0);
  const known = () => keys.filter((key, i) => seen.find(key) === i + 1).length;
  expect([known(), read]).toEqual([50, 0]);
  let isFilled = false;
  void seen.filled.then(() => (isFilled = true));
  for (let before = 0; !isFilled; before = read) {
    await new Promise((resolve) => setImmediate(resolve));
    longest = Math.max(longest, read - before);
  }
  expect([known(), read, longest]).toEqual([50, parts, 1]);
  asked = 0;
  for (let i = 0; i < 100; i++) seen.find(repeatKey(item(`never ${i}`).statement) as RepeatKey);
  expect(asked).toBeLessThan(10);

  // One that is opened and sealed at once keeps filters whole, and one that goes on at once as well.
  written((writes) => open().seal(writes));
  const next = open();
  next.note([[keys[0] as RepeatKey, 1]]);
  next.leave(1e12);
  written((writes) => void [...next.write(writes)]);
  next.left();
  seen = open();
  await seen.filled;
  expect(known()).toBe(50);
  db.close();
});

it('a stop keeps the filter of many insert ids, and one that is damaged is made from the table again (G3, G4, G15)', async () => {
  const directory = temporary();
  const open = () => openEmbeddedStore({ directory, rules: testRules, pace: { keys: 100 } });
  const ids = Array.from({ length: 50 }, (_, i) => item(`stop ${i}`));
  const told = async (sent = ids) => {
    const store = await open();
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
    const verdicts = await ingest.submit('native', sent);
    await store.close();
    return verdicts.filter(({ status }) => status === 'applied').length;
  };
  const inTables = (sql: string) => {
    const db = openGraph(join(directory, 'graph.db'));
    try {
      return sql.startsWith('SELECT') ? db.prepare<[], number>(sql).pluck().get() : db.prepare(sql).run().changes;
    } finally {
      db.close();
    }
  };
  const kept = 'SELECT count(*) FROM filters';
  // Few are read as quickly.
  expect([await told(ids.slice(0, 3)), inTables(kept)]).toEqual([3, 0]);
  expect([await told(), inTables(kept)]).toEqual([47, 16]);
  expect([await told([]), inTables(kept)]).toEqual([0, 16]);
  expect((await checkStore(directory)).damages).toEqual([]);
  for (const damage of [
    'UPDATE filters SET bits = zeroblob(length(bits))',
    'UPDATE filters SET bits = zeroblob(4)',
    'UPDATE filters SET part = 99 - part',
    'DELETE FROM filters WHERE part = 5',
  ]) {
    expect(inTables(damage), damage).toBeGreaterThan(0);
    const store = await open();
    await setTimeout(100);
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
    const again = await ingest.submit('native', ids);
    expect(new Set(again.map(({ status }) => status)), damage).toEqual(new Set(['duplicate']));
    // What is said once more has the filter kept anew.
    await ingest.submit('native', [item(damage)]);
    await store.close();
    expect(inTables(kept), damage).toBe(16);
  }
});
