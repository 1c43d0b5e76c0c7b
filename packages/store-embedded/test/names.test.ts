import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIngest, type Item } from '@selfsame/store';
import { dice, testRules } from '@selfsame/store/traffic';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { configure, runnerOf } from '../src/disk/connection.js';
import { openGraph } from '../src/disk/schema.ts';
import { Writes } from '../src/disk/writes.ts';
import { hashesOf, NameTable } from '../src/graph/name-table.ts';
import type { NodeRow } from '../src/graph/node-row.ts';
import { RowsInOrder } from '../src/graph/rows-in-order.ts';
import { openEmbeddedStore } from '../src/index.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`names: SELFSAME_SEED=${seed}`);

function tables() {
  const db = openGraph(join(temporary(), 'graph.db'));
  onTestFinished(() => void db.close());
  return db;
}

const node = (number: number, key: string, project = 'p') =>
  ({ number, project, key, person: `person-of-${number}`, body: '{}', crc: 0 }) as unknown as NodeRow;

it('a name leads to the node that bears it, whoever else has its hash; one that was changed is noticed (G3)', () => {
  const db = tables();
  const keep = (row: NodeRow, hashes: readonly number[] = hashesOf(row)) => {
    db.prepare('INSERT INTO nodes VALUES (?, ?, ?, ?, ?, ?)').run(...Object.values(row));
    for (const hash of hashes) db.prepare('INSERT INTO names VALUES (?, ?)').run(hash, row.number);
  };
  const [a, b, other] = [node(1, 'user:a'), node(2, 'user:b'), node(3, 'user:a', 'q')];
  for (const row of [a, b, other]) keep(row);
  const names = new NameTable(db);
  expect(names.find('p', 'user:a', 'key')).toEqual(a);
  expect(names.find('q', 'user:a', 'key')).toEqual(other);
  expect(names.find('p', 'person-of-2', 'person')).toEqual(b);
  expect(names.find('p', 'person-of-2', 'key')).toBeUndefined();
  expect(names.find('p', 'user:c', 'key')).toBeUndefined();
  // A person of the same name as a key.
  keep({ ...node(4, 'user:d'), person: 'user:a' as never });
  expect(names.find('p', 'user:a', 'key')).toEqual(a);
  expect(names.find('p', 'user:a', 'person')?.number).toBe(4);
  expect(names.hashes(-1, 100)).toEqual([...names.hashes(-1, 3), ...names.hashes(names.hashes(-1, 3)[2] as number, 9)]);
  db.exec('UPDATE names SET number = 1 WHERE number = 2');
  expect(() => names.find('p', 'user:b', 'key')).toThrow(/node 1 is misnamed/);
});

/** What this process has written to any file, bytes. */
const written = () => Number(/wchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

it.runIf(process.platform === 'linux')(
  'rows that belong anywhere are put in page by page, and not a page for each',
  () => {
    const roll = dice(seed);
    const cost = (inOrder: boolean) => {
      const file = join(temporary(), 'graph.db');
      openGraph(file).close();
      const db = new Database(file);
      onTestFinished(() => void db.close());
      configure(db);
      // A graph is larger than what is held of it; and nothing is brought home.
      db.pragma('cache_size = 20');
      db.pragma('wal_autocheckpoint = 0');
      const run = runnerOf(db);
      const table = new RowsInOrder('names', ['hash', 'number']);
      const tell = (count: number) => {
        const writes = new Writes();
        if (inOrder) table.begin(writes);
        for (let i = 1; i <= count; i++) {
          const hash = Math.floor(roll() * 2 ** 53);
          if (inOrder) table.add(writes, hash, i);
          else writes.add('INSERT INTO names VALUES (?, ?)', hash, i);
        }
        if (inOrder) table.end(writes);
        const before = written();
        db.exec('BEGIN');
        run(writes.take());
        db.exec('COMMIT');
        return written() - before;
      };
      tell(20_000);
      const bytes = tell(5_000);
      expect(db.prepare('SELECT count(*) FROM names').pluck().get()).toBe(25_000);
      return bytes;
    };
    expect(cost(true)).toBeLessThan(cost(false) / 5);
  },
);

it('a checkpoint writes nodes and evidence in the order of their numbers, in whatever order they changed', async () => {
  const written: Record<string, number[]> = { nodes: [], evidence: [] };
  const { add } = Writes.prototype;
  Writes.prototype.add = function (sql, ...row) {
    written[/^INSERT INTO (\w+)/.exec(sql)?.[1] ?? '']?.push(row[0] as number);
    add.call(this, sql, ...row);
  };
  onTestFinished(() => {
    Writes.prototype.add = add;
  });
  const directory = temporary();
  const store = await openEmbeddedStore({ directory, rules: testRules });
  const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
  const people = Array.from({ length: 2_000 }, (_, n) => n);
  const tell = (those: readonly number[], ...times: readonly number[]) =>
    ingest.submit(
      'native',
      those.flatMap((n) => times.map((time) => seen(n, time))),
    );
  await tell(people, 1, 2, 3);
  await store.checkpoint();
  for (const numbers of Object.values(written)) numbers.length = 0;
  await tell(people.toReversed(), 4, 5);
  await store.checkpoint();
  await store.close();
  for (const [table, numbers] of Object.entries(written)) {
    expect(numbers.length, table).toBeGreaterThan(1_000);
    expect(numbers, table).toEqual(numbers.toSorted((a, b) => a - b));
  }
});

/** They are seen on their device. */
const seen = (person: number, time: number): Item => ({
  type: 'statement',
  statement: {
    project: 'p',
    wire: 'native',
    trust: 0,
    time,
    command: {
      type: 'Track',
      name: 'Seen',
      ids: [
        { kind: 'user', value: `u${person}` },
        { kind: 'device', value: `d${person}` },
      ],
      properties: {},
    },
  },
});
