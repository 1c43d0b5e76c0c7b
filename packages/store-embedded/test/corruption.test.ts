import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIngest, type EventRow, type OwnershipChange, type Store, StoreError } from '@selfsame/store';
import { dice, digestOfStore, itemOf, logOf, testRules, traffic } from '@selfsame/store/traffic';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { checkStore, openEmbeddedStore } from '../src/index.ts';
import { type LogRecord, recordReader } from '../src/truth/log-record.ts';
import { temporary } from './temporary.ts';

const long = process.env['SELFSAME_LONG'] === '1';
const seed = Number(process.env['SELFSAME_SEED']);

const whole = ['selfsame.db', 'selfsame.db-wal', 'graph.db', 'graph.db-wal'];

/** What a store serves, as text; equal texts mean that damage did no harm. @throws StoreError when it says it is damaged. */
async function served(directory: string): Promise<string> {
  const store = await openEmbeddedStore({ directory, rules: testRules });
  try {
    const log = await logOf(store);
    const keys = log.map(({ entry }) => `p\nnative\np\n${entry.insertId}`);
    return JSON.stringify([
      log,
      digestOfStore(store, log),
      await store.counts(),
      [...(await store.load({ repeats: keys })).repeats].sort(),
      [...(await store.search('p', 'd', 100))].sort(),
      await Promise.all(['p', 'q'].map(async (project) => await fedOf(store, project))),
    ]);
  } finally {
    await store.close();
  }
}

/** All that the columns are told of a project: a page ends early where the machine is slow. */
async function fedOf(store: Store, project: string) {
  const feed = store.feed(project);
  const { position: head } = await feed.head();
  const rows: EventRow[] = [];
  for (let after = 0; after < head; ) {
    const page = await feed.events(after, head, 1_000);
    rows.push(...page.rows);
    after = page.through;
  }
  const changes: OwnershipChange[] = [];
  for (;;) {
    const page = await feed.ownership(changes.at(-1)?.change ?? 0, 10_000);
    if (page.length === 0) return { rows, changes };
    changes.push(...page);
  }
}

/** A small store, closed well (`selfsame.db` alone) or cut off in its work (with a write-ahead log). */
async function small(): Promise<{ readonly closed: string; readonly cut: string }> {
  const closed = temporary();
  const cut = temporary();
  const store = await openEmbeddedStore({ directory: closed, rules: testRules });
  let now = 1e6;
  const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
  const statements = traffic(11, 120);
  for (let i = 0; i < statements.length; i += 10) {
    await ingest.submit('native', statements.slice(i, i + 10).map(itemOf));
    if (i === 60) await store.checkpoint();
  }
  for (const name of whole) copyFileSync(join(closed, name), join(cut, name));
  await store.close();
  return { closed, cut };
}

/** Damages one file of a copy; answers how it was noticed, or that it did no harm. */
async function damaged(
  source: string,
  names: readonly string[],
  truth: string,
  damage: (directory: string) => void,
): Promise<'refused' | 'reported' | 'harmless' | 'UNDETECTED'> {
  const directory = join(temporary(), 'data');
  mkdirSync(directory);
  for (const name of names) copyFileSync(join(source, name), join(directory, name));
  damage(directory);
  const { damages } = await checkStore(directory);
  try {
    if ((await served(directory)) === truth) return damages.length > 0 ? 'reported' : 'harmless';
    return damages.length > 0 ? 'reported' : 'UNDETECTED';
  } catch (error) {
    if (error instanceof StoreError) return 'refused';
    // A wrong answer that doctor warns of, seen by our own reading of it.
    if (damages.length > 0) return 'reported';
    throw error;
  }
}

it('a flipped byte or a cut anywhere is reported, refused or harmless, and never served (G3)', async () => {
  console.log(`corruption: SELFSAME_SEED=${seed}`);
  const { closed, cut } = await small();
  const roll = dice(seed);
  const files = [
    { source: closed, names: ['selfsame.db', 'graph.db'], file: 'selfsame.db' },
    { source: closed, names: ['selfsame.db', 'graph.db'], file: 'graph.db' },
    { source: cut, names: whole, file: 'selfsame.db-wal' },
    { source: cut, names: whole, file: 'graph.db-wal' },
  ];
  const tally = { refused: 0, reported: 0, harmless: 0, UNDETECTED: 0 };
  const undetected: string[] = [];
  for (const { source, names, file } of files) {
    const copy = join(temporary(), 'data');
    mkdirSync(copy);
    for (const name of names) copyFileSync(join(source, name), join(copy, name));
    expect((await checkStore(copy)).damages).toEqual([]);
    const truth = await served(copy);
    const size = statSync(join(source, file)).size;
    // A write-ahead log may end anywhere after a crash, so a cut, or damage to its last commit, cannot be told from one.
    const torn = file.endsWith('-wal');
    const end = torn ? size - lastCommit(join(source, file)) : size;
    for (let page = 0; page < end; page += 4096) {
      for (let flip = 0; flip < (long ? 40 : 3); flip++) {
        const at = Math.min(end - 1, page + Math.floor(roll() * 4096));
        const bit = 1 << Math.floor(roll() * 8);
        const found = await damaged(source, names, truth, (directory) => flipBit(join(directory, file), at, bit));
        tally[found] += 1;
        if (found === 'UNDETECTED') undetected.push(`${file} byte ${at} bit ${bit}`);
      }
      if (torn) continue;
      const found = await damaged(source, names, truth, (directory) => truncateSync(join(directory, file), page));
      tally[found] += 1;
      if (found === 'UNDETECTED') undetected.push(`${file} cut at ${page}`);
    }
  }
  const mutations = Object.values(tally).reduce((sum, count) => sum + count, 0);
  console.log(`G3: ${mutations} bits flipped and cuts: ${JSON.stringify(tally)}`);
  expect(undetected).toEqual([]);
}, 600_000);

it('a record that SQLite finds whole and that is not as it was written is named by doctor and never served (G3)', async () => {
  const { closed } = await small();
  const records = inTruth(closed, (db) => db.prepare<[], LogRecord>('SELECT * FROM log ORDER BY position').all());
  const put = (db: Database.Database, { position, crc, body }: LogRecord) =>
    db.prepare('UPDATE log SET crc = ?, body = ? WHERE position = ?').run(crc, body, position);
  const wrongs: Readonly<Record<string, (record: LogRecord, i: number) => LogRecord>> = {
    // Still JSON of the same shape and length, so that nothing but the sum can tell.
    content: (record) => ({ ...record, body: record.body.replace(/\d(?=\D*$)/, (digit) => String(9 - Number(digit))) }),
    sum: (record) => ({ ...record, crc: record.crc ^ 1 }),
    place: (record, i) => ({ ...(records[(i + 1) % records.length] as LogRecord), position: record.position }),
  };
  let served = 0;
  let named = 0;
  for (const wrong of Object.values(wrongs)) {
    const damaged = records.map(wrong);
    for (const [i, record] of damaged.entries()) {
      expect(record).not.toEqual(records[i]);
      const place = `log record ${record.position} does`;
      inTruth(closed, (db) => {
        put(db, record);
        try {
          recordReader(db)(record.position);
          served += 1;
        } catch (error) {
          if (error instanceof StoreError && error.message.includes(place)) named += 1;
        }
        put(db, records[i] as LogRecord);
      });
    }
    // Doctor lists a hundred of a part.
    for (let from = 0; from < damaged.length; from += 100) {
      const some = damaged.slice(from, from + 100);
      inTruth(closed, (db) => some.forEach((record) => void put(db, record)));
      const said = (await checkStore(closed)).damages.filter(({ part }) => part === 'log').map(({ what }) => what);
      expect(said.map((what) => Number(/^log record (\d+) does not match/.exec(what)?.[1]))).toEqual(
        some.map(({ position }) => position),
      );
      inTruth(closed, (db) => records.slice(from, from + 100).forEach((record) => void put(db, record)));
    }
  }
  expect((await checkStore(closed)).damages).toEqual([]);
  console.log(`G3: ${records.length} records × ${Object.keys(wrongs)}: ${named} refused by position, ${served} served`);
  expect({ served, named }).toEqual({ served: 0, named: 3 * records.length });
});

function inTruth<T>(directory: string, act: (db: Database.Database) => T): T {
  const db = new Database(join(directory, 'selfsame.db'));
  try {
    return db.transaction(act)(db);
  } finally {
    db.close();
  }
}

function flipBit(file: string, at: number, bit: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] as number) ^ bit;
  writeFileSync(file, bytes);
}

/** Bytes of the last commit in a write-ahead log. */
function lastCommit(file: string): number {
  const bytes = readFileSync(file);
  const frame = 24 + 4096;
  let from = bytes.length - frame;
  while (from - frame >= 32 && bytes.readUInt32BE(from - frame + 4) === 0) from -= frame;
  return bytes.length - from;
}
