import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { directoryOf, type Policy, type ProjectId, type Rules } from '@selfsame/identity';
import { createIngest, type Item, repeatKey, type Store } from '@selfsame/store';
import { dice, digestOfLog, digestOfStore, itemOf, logOf, testRules, traffic } from '@selfsame/store/traffic';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { checksum } from '../src/disk/checksum.ts';
import type { GraphOrder } from '../src/graph/graph-writer.ts';
import { checkStore, openEmbeddedStore } from '../src/index.ts';
import type { LogOrder } from '../src/truth/log-writer.ts';
import { temporary } from './temporary.ts';

const seed = Number(process.env['SELFSAME_SEED']);
console.log(`restart: SELFSAME_SEED=${seed}`);

const open = (directory: string, rules = testRules, more = {}) => openEmbeddedStore({ directory, rules, ...more });

async function tell(store: Store, from: number, to: number, rules = testRules): Promise<void> {
  let now = 1e6 + from;
  const ingest = createIngest({ store, rules, clock: () => ++now });
  await ingest.submit('native', traffic(seed, to).slice(from).map(itemOf));
}

const people = (count: number): Item[] =>
  Array.from({ length: count }, (_, i) => ({
    type: 'statement',
    statement: {
      project: 'p',
      wire: 'native',
      trust: 2,
      insertId: `many-${i}`,
      command: { type: 'Identify', ids: [{ kind: 'user', value: `many-${i}` }] },
    },
  }));

/** A store that was told so many items and closed, and the epoch of its fold. */
async function closedAfter(count: number): Promise<{ readonly directory: string; readonly epoch: string }> {
  const directory = temporary();
  const store = await open(directory);
  await tell(store, 0, count);
  const { epoch } = await store.feed('p').head();
  await store.close();
  return { directory, epoch };
}

/** Opens a store under another policy; `replayed`: how far the log was folded again. */
async function reopenUnder(directory: string, change: Partial<Policy>) {
  const rules = (project: ProjectId): Rules => ({
    ...testRules(project),
    policy: { ...testRules(project).policy, ...change },
  });
  const replayed: number[] = [];
  const store = await open(directory, rules, { onReplay: (done: number) => replayed.push(done) });
  return { store, rules, replayed };
}

/** The thread that writes the graph, once starved after so many batches, so that it hears of none that is the last; and what it has committed since. */
function graphThread() {
  const late: (() => void)[] = [];
  const state = { starvedAfter: Number.POSITIVE_INFINITY, commits: 0 };
  const onThread = (thread: Worker) => {
    const post = thread.postMessage.bind(thread);
    thread.postMessage = (order: GraphOrder | LogOrder) => {
      if (typeof order === 'string' || !('batch' in order) || state.starvedAfter === Number.POSITIVE_INFINITY)
        return post(order);
      if (!order.last && state.starvedAfter-- > 0) return post(order);
      if (late.length === 0) thread.on('message', (word) => (state.commits += Number(word === 'committed')));
      late.push(() => post(order));
    };
  };
  process.on('worker', onThread);
  const stop = () => void process.off('worker', onThread);
  onTestFinished(stop);
  return Object.assign(state, { stop, goOn: () => late.forEach((one) => void one()) });
}

/** The files as a crash at this moment would leave them (the page cache survives a killed process). */
function cutOff(directory: string): string {
  const cut = temporary();
  for (const name of readdirSync(directory))
    if (/^(selfsame|graph)\.db(-wal)?$/.test(name)) copyFileSync(join(directory, name), join(cut, name));
  return cut;
}

/** What was closed has its tables up to the log: nothing is folded again, and they say what the log does. */
async function opensUpToDate(directory: string): Promise<void> {
  const replayed: number[] = [];
  const again = await open(directory, testRules, { onReplay: (done: number) => replayed.push(done) });
  expect(replayed).toEqual([]);
  const log = await logOf(again);
  expect(digestOfStore(again, log)).toBe(digestOfLog(log));
  await again.close();
}

/** How far the tables of the graph reach; 0: none was written. */
function writtenThrough(directory: string): number {
  const db = new Database(join(directory, 'graph.db'), { readonly: true });
  try {
    return Number(db.prepare("SELECT value FROM meta WHERE name = 'graph-through'").pluck().get() ?? 0);
  } finally {
    db.close();
  }
}

const sortedCounts = async (store: Store) => (await store.counts()).map((one) => JSON.stringify(one)).sort();

describe('restart', () => {
  it('cut off at any commit, with the tables at any distance behind: the graph is the fold of the log (G7)', async () => {
    const directory = temporary();
    const store = await open(directory);
    const roll = dice(seed);
    for (let told = 0; told < 300; ) {
      const next = told + 1 + Math.floor(roll() * 20);
      await tell(store, told, next);
      told = next;
      // The feed asks for a checkpoint, so the cut lands before, at and after some.
      if (roll() < 0.2) await store.checkpoint();
      const cut = await open(cutOff(directory));
      const log = await logOf(cut);
      expect(log).toEqual(await logOf(store));
      expect(digestOfStore(cut, log)).toBe(digestOfLog(log));
      expect(await sortedCounts(cut)).toEqual(await sortedCounts(store));
      await cut.close();
    }
    await store.close();
  });

  it('the last checkpoint is written by the thread that closes: the other one gives way to all else on the machine (G15)', async () => {
    const directory = temporary();
    const pace = { entries: 1_000, bytes: 44_000_000, atOnce: 0, held: 16_000_000 };
    const store = await open(directory, testRules, { pace });
    await tell(store, 0, 200);
    let threads = 0;
    const onThread = () => (threads += 1);
    process.on('worker', onThread);
    await store.close();
    process.off('worker', onThread);
    expect(threads).toBe(0);
    await opensUpToDate(directory);
  });

  it('a checkpoint that the other thread is at when a store closes is given up, at whatever batch, and written anew (G15)', async () => {
    const pace = { entries: 1_000, bytes: 44_000_000, atOnce: 0, held: 16_000_000 };
    const roll = dice(seed);
    for (let round = 0; round < 4; round++) {
      const directory = temporary();
      const thread = graphThread();
      const store = await open(directory, testRules, { pace });
      const first = 50 + Math.floor(roll() * 100);
      await tell(store, 0, first);
      if (round % 2 === 0) await store.checkpoint();
      await tell(store, first, first + 100);
      thread.starvedAfter = Math.floor(roll() * 3);
      const begun = store.checkpoint();
      await tell(store, first + 100, first + 120);
      const closed = store.close();
      // Long enough for who does not wait for it.
      const release = setTimeout(() => thread.goOn(), 3_000);
      await Promise.all([begun, closed]);
      clearTimeout(release);
      thread.stop();
      expect(thread.commits).toBe(0);
      await opensUpToDate(directory);
      expect((await checkStore(directory)).damages).toEqual([]);
    }
  });

  it.each([
    ['a crash left is folded before a start is over and written after it', 5_000, 0],
    ['is far more than a crash leaves is written while it is folded', 2_000, 8_000],
  ])('what %s', async (_, entries, written) => {
    const directory = temporary();
    const store = await open(directory);
    await createIngest({ store, rules: testRules, clock: () => 1e12 }).submit('native', people(8_000));
    const cut = cutOff(directory);
    await store.close();
    const again = await open(cut, testRules, { pace: { entries, atOnce: 0 } });
    expect(writtenThrough(cut)).toBe(written);
    const log = await logOf(again);
    expect(digestOfStore(again, log)).toBe(digestOfLog(log));
    await vi.waitFor(() => expect(writtenThrough(cut)).toBe(8_000), 10_000);
    await again.close();
    await opensUpToDate(cut);
  });

  it('another policy folds the whole log again, and tells the columns by a new epoch', async () => {
    const { directory, epoch } = await closedAfter(200);

    const again = await open(directory);
    expect((await again.feed('p').head()).epoch).toBe(epoch);
    await again.close();

    const { store: changed, rules: other, replayed } = await reopenUnder(directory, { sharedDevice: 'first-login' });
    const log = await logOf(changed);
    expect(replayed.at(-1)).toBe(log.length);
    expect(digestOfStore(changed, log, other)).toBe(digestOfLog(log, other));
    expect((await changed.feed('p').head()).epoch).not.toBe(epoch);
    await changed.close();
  });

  it('other directory settings, which hold for calls to come, fold nothing again', async () => {
    const { directory, epoch } = await closedAfter(200);

    // Project `q` is under `enforce`, where the login kinds are read in every item ([E2]): they stay as they are.
    const { loginIds } = testRules('q' as ProjectId).policy.directory;
    const profileLink = { directory: { ...directoryOf('profile_link'), loginIds } };
    const { store: changed, rules: other, replayed } = await reopenUnder(directory, profileLink);
    expect(replayed).toEqual([]);
    expect((await changed.feed('p').head()).epoch).toBe(epoch);
    const log = await logOf(changed);
    expect(digestOfStore(changed, log, other)).toBe(digestOfLog(log, other));
    await changed.close();
  });

  it('a graph whose tables are of an earlier version is folded again, and doctor finds no fault with it', async () => {
    const { directory, epoch } = await closedAfter(50);
    const db = new Database(join(directory, 'graph.db'));
    db.exec('DROP TABLE moved; CREATE TABLE moved (change INTEGER PRIMARY KEY, number INTEGER, crc INTEGER)');
    db.pragma('user_version = 2');
    db.close();
    expect((await checkStore(directory)).damages).toEqual([]);
    const again = await open(directory);
    const log = await logOf(again);
    expect(digestOfStore(again, log)).toBe(digestOfLog(log));
    expect((await again.feed('p').head()).epoch).not.toBe(epoch);
    await again.close();
    expect((await checkStore(directory)).damages).toEqual([]);
  });

  it('a graph whose file names its policy as earlier versions did is folded again once', async () => {
    const { directory, epoch } = await closedAfter(50);
    const db = new Database(join(directory, 'graph.db'));
    const name = db.prepare<[], { name: string }>("SELECT name FROM meta WHERE name LIKE 'policy:%'").get()
      ?.name as string;
    const whole = JSON.stringify(testRules('p').policy);
    db.prepare('UPDATE meta SET value = ?, crc = ? WHERE name = ?').run(whole, checksum(name, whole), name);
    db.close();

    const again = await open(directory);
    const renewed = await again.feed('p').head();
    expect(renewed.epoch).not.toBe(epoch);
    await again.close();
    const third = await open(directory);
    expect((await third.feed('p').head()).epoch).toBe(renewed.epoch);
    await third.close();
  });
});

describe('a checkpoint by the other thread', () => {
  const pace = { entries: 1_000_000, bytes: 1e9, atOnce: 0, held: 1e6 };

  it('keeps nobody waiting, and takes along just what was there when it began', async () => {
    const directory = temporary();
    const store = await open(directory, testRules, { pace });
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
    await ingest.submit('native', people(3_000));
    const done: string[] = [];
    const head = store.checkpoint().then((now) => {
      done.push('checkpoint');
      return now;
    });
    await ingest.submit('native', traffic(seed, 40).map(itemOf));
    done.push('answer');
    await head;
    expect(done).toEqual(['answer', 'checkpoint']);
    // What came meanwhile is in the next one.
    const log = await logOf(store);
    const last = log.findLast(({ entry }) => entry.project === 'p')?.entry.position;
    expect(await store.feed('p').head()).toMatchObject({ position: last });
    await store.close();
    const again = await open(directory);
    expect(digestOfStore(again, log)).toBe(digestOfLog(log));
    await again.close();
  });

  it('is given up when the graph is folded anew meanwhile, and does not come back', async () => {
    const directory = temporary();
    const store = await open(directory, testRules, { pace });
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
    await ingest.submit('native', people(3_000));
    await Promise.all([store.checkpoint().catch(() => {}), store.refold()]);
    const { epoch } = await store.feed('p').head();
    const log = await logOf(store);
    expect(digestOfStore(store, log)).toBe(digestOfLog(log));
    expect((await store.feed('p').head()).epoch).toBe(epoch);
    await store.close();
    expect((await checkStore(directory)).damages).toEqual([]);
  });
});

describe('one directory, one writer', () => {
  it('a second store on it is refused with words, and may follow once the first has closed', async () => {
    const directory = temporary();
    const first = await open(directory);
    await expect(open(directory)).rejects.toThrow('another selfsame serves this directory');
    await tell(first, 0, 5);
    await first.close();
    const second = await open(directory);
    expect(await logOf(second)).not.toEqual([]);
    await second.close();
  });

  it('doctor reads beside a server at work', async () => {
    const directory = temporary();
    const store = await open(directory);
    await tell(store, 0, 50);
    const log = await logOf(store);
    expect(await checkStore(directory)).toMatchObject({ records: log.length, damages: [] });
    await store.close();
  });
});

describe('what doctor finds (G3)', () => {
  const spoil = (directory: string, part: string, sql: string) => {
    const db = new Database(join(directory, ['graph', 'dedupe'].includes(part) ? 'graph.db' : 'selfsame.db'));
    db.exec(sql);
    db.close();
  };

  it.each([
    ['log', "UPDATE log SET body = body || ' ' WHERE position = 1", 'restore a backup'],
    ['log', 'DELETE FROM log WHERE position = 7', 'restore a backup'],
    ['log', 'DELETE FROM log WHERE position = (SELECT max(position) FROM log)', 'restore a backup'],
    ['graph', "UPDATE nodes SET person = person || 'x' WHERE number = 3", 'rebuild the graph from the log'],
    ['graph', 'DELETE FROM search WHERE number = 2', 'rebuild the graph from the log'],
    ['graph', 'DELETE FROM moved WHERE number = 2', 'rebuild the graph from the log'],
    ['graph', 'DELETE FROM names WHERE number = 2', 'rebuild the graph from the log'],
    ['graph', "UPDATE meta SET value = '5' WHERE name = 'graph-through'", 'rebuild the graph from the log'],
    ['counts', 'UPDATE counts SET applied = applied + 1', 'restore a backup'],
    ['dedupe', 'DELETE FROM seen_1', 'rebuild the graph from the log'],
  ])('damage to the %s by %s', async (part, sql, mend) => {
    const directory = temporary();
    const store = await open(directory);
    await tell(store, 0, 60);
    await store.close();
    spoil(directory, part, sql);
    const steps: number[] = [];
    const { damages } = await checkStore(directory, (done) => steps.push(done));
    expect(damages.map((one) => [one.part, one.mend])).toContainEqual([part, mend]);
    expect(steps.length).toBeGreaterThan(0);
  });

  it('graph.db may be deleted: the log gives back the graph and the insert ids', async () => {
    const directory = temporary();
    const store = await open(directory);
    await tell(store, 0, 60);
    const log = await logOf(store);
    await store.close();
    rmSync(join(directory, 'graph.db'));
    const again = await open(directory);
    expect(digestOfStore(again, log)).toBe(digestOfLog(log));
    const keys = log.map(({ entry }) => repeatKey(entry)).filter((key) => key !== undefined);
    expect([...(await again.load({ repeats: keys })).repeats.keys()].sort()).toEqual([...new Set(keys)].sort());
    await again.close();
    expect((await checkStore(directory)).damages).toEqual([]);
  });

  it('a rebuild mends the graph', async () => {
    const directory = temporary();
    const store = await open(directory);
    await tell(store, 0, 60);
    await store.close();
    spoil(directory, 'graph', "UPDATE nodes SET body = '{}'; DELETE FROM search; UPDATE meta SET value = '1'");
    await expect(open(directory)).rejects.toMatchObject({ code: 'store/corrupt' });
    const mended = await open(directory, testRules, { rebuild: true });
    const log = await logOf(mended);
    expect(digestOfStore(mended, log)).toBe(digestOfLog(log));
    await mended.close();
    expect((await checkStore(directory)).damages).toEqual([]);
  });
});
