import { copyFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createIngest, type Item } from '@selfsame/store';
import { dice, digestOfLog, digestOfStore, logOf, testRules } from '@selfsame/store/traffic';
import { expect, it, onTestFinished } from 'vitest';
import { openGraph } from '../src/disk/schema.ts';
import { EvidenceTable } from '../src/graph/evidence-table.ts';
import { hashOfName, NameTable } from '../src/graph/name-table.ts';
import { NodeCache } from '../src/graph/node-cache.ts';
import { NodeFilter } from '../src/graph/node-filter.ts';
import { openEmbeddedStore } from '../src/index.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED'] ?? 1);
console.log(`node filter: SELFSAME_SEED=${seed}`);

const visit = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, i) => ({
    type: 'statement',
    statement: {
      project: 'p',
      wire: 'native',
      trust: 2,
      command: {
        type: 'Identify',
        ids: [
          { kind: 'user', value: `u${from + i}` },
          { kind: 'device', value: `d${from + i}` },
        ],
      },
    },
  }));

const openStore = (directory: string) =>
  openEmbeddedStore({ directory, rules: testRules, pace: { entries: 1e6, bytes: 1e9, atOnce: 0, held: 0 } });

/** A graph of 2,000 visitors in tables, and where it is. */
async function visited(): Promise<string> {
  const directory = temporary();
  const store = await openStore(directory);
  await createIngest({ store, rules: testRules, clock: () => 1e12 }).submit('native', visit(0, 2_000));
  await store.checkpoint();
  await store.close();
  return directory;
}

function open(directory: string) {
  const db = openGraph(join(directory, 'graph.db'));
  onTestFinished(() => void db.close());
  return db;
}

it('names all that the tables hold, and little else once it has read them', async () => {
  const db = open(await visited());
  const rows = db.prepare<[], { key: string; person: string }>('SELECT key, person FROM nodes').all();
  expect(rows).toHaveLength(4_000);
  const filter = new NodeFilter();
  const add = (...names: readonly string[]) => names.forEach((name) => void filter.add(hashOfName('p', name)));
  add('user:before', 'person-before');
  const strangers = Array.from({ length: 10_000 }, (_, i) => `user:stranger${i}`);
  const named = () => strangers.filter((name) => filter.mayHold(hashOfName('p', name))).length;
  expect(named()).toBe(10_000);
  const filling = filter.fill(new NameTable(db));
  add('user:meanwhile', 'person-meanwhile');
  await filling;
  expect(named()).toBeLessThan(100);
  // Far more than the first filter has room for.
  for (let i = 0; i < 200_000; i++) add(`user:later${i}`, `person-later${i}`);
  const must = [
    ...['user:before', 'person-before', 'user:meanwhile', 'person-meanwhile'],
    ...rows.flatMap(({ key, person }) => [key, person]),
    ...Array.from({ length: 200_000 }, (_, i) => `person-later${i}`),
  ];
  expect(must.filter((name) => !filter.mayHold(hashOfName('p', name)))).toEqual([]);
  expect(named()).toBeLessThan(200);
  expect(rows.filter(({ key }) => filter.mayHold(hashOfName('q', key))).length).toBeLessThan(100);
});

it('takes little memory for millions of names, and rules out most of all others', async () => {
  const filter = new NodeFilter();
  await filter.fill(new NameTable(open(await visited())));
  const roll = dice(seed);
  const hashes = Float64Array.from({ length: 5_010_000 }, () => Math.floor(roll() * 2 ** 52));
  const [told, strangers] = [hashes.subarray(0, 5_000_000), hashes.subarray(5_000_000)];
  const taken = process.memoryUsage().arrayBuffers;
  for (const hash of told) filter.add(hash);
  expect((process.memoryUsage().arrayBuffers - taken) / 2 ** 20).toBeLessThan(11);
  expect(told.every((hash) => filter.mayHold(hash))).toBe(true);
  expect(strangers.filter((hash) => filter.mayHold(hash)).length).toBeLessThan(700);
});

it('goes on naming everything where the tables are closed before it has read them', async () => {
  const db = open(await visited());
  const filter = new NodeFilter();
  const names = new NameTable(db);
  names.hashes = (after, limit) => {
    const page = NameTable.prototype.hashes.call(names, after, limit);
    db.close();
    return page;
  };
  await filter.fill(names);
  expect(filter.mayHold(hashOfName('p', 'user:stranger'))).toBe(true);
});

it('spares the tables nearly every look for an identifier that nobody named yet', async () => {
  const db = open(await visited());
  let looks = 0;
  const reading = <T>(read: () => T): T => {
    looks += 1;
    return read();
  };
  const cache = new NodeCache({ db, evidence: new EvidenceTable(db), held: 0, reading });
  await cache.filled;
  const nodes = cache.project('p');
  for (let i = 0; i < 2_000; i++) expect(nodes.node(`user:u${i}` as never)).toBeDefined();
  expect(looks).toBe(2_000);
  for (let i = 0; i < 2_000; i++) expect(nodes.node(`user:x${i}` as never)).toBeUndefined();
  for (let i = 0; i < 2_000; i++) expect(nodes.founder(`person-x${i}` as never)).toBeUndefined();
  expect(looks).toBeLessThan(2_050);
});

it('changes nothing of what is folded, over checkpoints and a restart', async () => {
  const directory = await visited();
  for (let round = 0; round < 2; round++) {
    const store = await openStore(directory);
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
    for (let from = 1_000; from < 4_000; from += 500) {
      await ingest.submit('native', visit(from, from + 500));
      await store.checkpoint();
    }
    const log = await logOf(store);
    expect(digestOfStore(store, log)).toBe(digestOfLog(log));
    await store.close();
  }
});

it('after a crash it is whole before what is left is folded, which then looks for next to nothing in vain', async () => {
  const directory = await visited();
  const store = await openStore(directory);
  await createIngest({ store, rules: testRules, clock: () => 1e12 }).submit('native', visit(2_000, 4_000));
  const cut = temporary();
  for (const name of readdirSync(directory))
    if (/\.db(-wal)?$/.test(name)) copyFileSync(join(directory, name), join(cut, name));
  await store.close();
  const { find } = NameTable.prototype;
  let looks = 0;
  NameTable.prototype.find = function (...given) {
    looks += 1;
    return find.apply(this, given);
  };
  onTestFinished(() => {
    NameTable.prototype.find = find;
  });
  const again = await openStore(cut);
  expect(looks).toBeLessThan(200);
  expect(again.last()).toBe(4_000);
  await again.close();
});
