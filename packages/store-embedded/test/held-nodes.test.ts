import { join } from 'node:path';
import type { Command } from '@selfsame/identity';
import { createIngest, type Item } from '@selfsame/store';
import { digestOfLog, digestOfStore, logOf, testRules } from '@selfsame/store/traffic';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished } from 'vitest';
import { HeldBudget, HeldNodes } from '../src/graph/held-nodes.ts';
import { NameTable } from '../src/graph/name-table.ts';
import type { ProjectNodes } from '../src/graph/project-nodes.ts';
import { openEmbeddedStore } from '../src/index.ts';
import type { Pace } from '../src/open-files.ts';
import { temporary } from './temporary.ts';

/** Counts every step that anybody takes through a map from here to the end of the test. */
function countSteps(): () => number {
  const iterator = Object.getPrototypeOf(new Map().keys()) as { next(): unknown };
  const { next } = iterator;
  let steps = 0;
  iterator.next = function (this: unknown) {
    steps += 1;
    return next.call(this);
  };
  onTestFinished(() => {
    iterator.next = next;
  });
  return () => steps;
}

/** Counts every node that anybody reads from the tables by its key, from here to the end of the test. */
function countReads(): () => number {
  const { find } = NameTable.prototype;
  let reads = 0;
  NameTable.prototype.find = function (project, name, by, hash) {
    if (by === 'key') reads += 1;
    return find.call(this, project, name, by, hash);
  };
  onTestFinished(() => {
    NameTable.prototype.find = find;
  });
  return () => reads;
}

/** Counts every time that anybody begins to read nodes by their names, however many, from here to the end of the test. */
function countStatements(): () => number {
  const { all } = NameTable.prototype;
  const ones = countReads();
  let many = 0;
  NameTable.prototype.all = function (...given) {
    many += 1;
    return all.apply(this, given);
  };
  onTestFinished(() => {
    NameTable.prototype.all = all;
  });
  return () => ones() + many;
}

const people = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, i) => ({
    type: 'statement',
    statement: {
      project: 'p',
      wire: 'native',
      trust: 2,
      command: { type: 'Identify', ids: [{ kind: 'user', value: `u${from + i}` }] },
    },
  }));

async function storeWith(pace: Partial<Pace>) {
  const directory = temporary();
  const store = await openEmbeddedStore({
    directory,
    rules: testRules,
    pace: { entries: 1e6, bytes: 1e9, atOnce: 1e6, held: 1e6, ...pace },
  });
  onTestFinished(() => store.close());
  const ingest = createIngest({ store, rules: testRules, clock: () => 1e12 });
  return { store, directory, tell: (items: readonly Item[]) => ingest.submit('native', items) };
}

describe('nodes in memory', () => {
  it('a look at a node costs the same however many have changed since the last checkpoint', async () => {
    const { store, tell } = await storeWith({ held: 300_000 });
    await tell(people(0, 1_000));
    await store.checkpoint();
    // Far more than may be held, and none of it can go: no table has it as it is.
    await tell(people(1_000, 3_000));
    const graph = store.graph('p');
    const steps = countSteps();
    for (let i = 0; i < 1_000; i++) graph.node(`user:u${i}` as never);
    expect(steps()).toBeLessThan(4_000);
  });

  it('a checkpoint reads what hangs on those that were merged once, whatever is held', async () => {
    const { store, tell } = await storeWith({ held: 100_000 });
    const item = (command: Command): Item => ({
      type: 'statement',
      statement: { project: 'p', wire: 'native', trust: 2, command },
    });
    const user = (n: number) => ({ kind: 'user', value: `u${n}` });
    const own = (n: number): Command => ({
      type: 'Identify',
      ids: [user(n), { kind: 'device', value: `d${n}` }],
    });
    await tell(Array.from({ length: 1_000 }, (_, n) => item(own(n))));
    await store.checkpoint();
    await tell(
      Array.from({ length: 500 }, (_, n) => item({ type: 'Merge', one: user(2 * n), other: user(2 * n + 1) })),
    );
    const reads = countReads();
    await store.checkpoint();
    // The device of each.
    expect(reads()).toBeGreaterThan(500);
    expect(reads()).toBeLessThanOrEqual(1_000);
  });

  it.each([250, 1_000])('of %i that a group names and only the tables have, many are read together', async (count) => {
    const { store, tell } = await storeWith({ held: 1_500_000 });
    await tell(people(0, count));
    await store.checkpoint();
    await tell(people(10_000, 13_000));
    await store.checkpoint();
    const statements = countStatements();
    const log = await logOf(store);
    await tell(people(0, count));
    expect(statements()).toBeLessThanOrEqual(count / 100);
    const whole = await logOf(store);
    expect(whole.length).toBe(log.length + count);
    expect(digestOfStore(store, whole)).toBe(digestOfLog(whole));
  });

  it('what cannot say what it names is not read ahead, and spoils nothing for the others', async () => {
    const { store, tell } = await storeWith({ held: 1_000 });
    await tell(people(0, 100));
    await store.checkpoint();
    const [first, bad, ...others] = people(0, 100) as [Item & { type: 'statement' }, Item & { type: 'statement' }];
    const command = Object.defineProperty({ type: 'Identify' } as Command, 'ids', {
      get: () => {
        throw new Error('no ids');
      },
    });
    const verdicts = await tell([first, { ...bad, statement: { ...bad.statement, command } }, ...others]);
    expect(verdicts.map(({ status }) => status)).toEqual(verdicts.map((_, i) => (i === 1 ? 'quarantined' : 'applied')));
  });

  it('clean ones take what they may and no more; who is asked for often stays', () => {
    const budget = new HeldBudget(100);
    const [one, other] = [new HeldNodes(budget, () => 1), new HeldNodes(budget, () => 1)];
    const steps = countSteps();
    const node = (n: number) => ({ key: `user:u${n}` }) as never;
    let reads = 0;
    const look = (n: number) => {
      if (one.get(`user:u${n}` as never) !== undefined) return;
      reads += 1;
      one.put(node(n));
    };
    for (let i = 0; i < 1_000; i++) {
      look(i % 10);
      look(1_000 + i);
      other.put(node(i));
    }
    expect(reads).toBe(10 + 1_000);
    const held = (nodes: HeldNodes, from: number) =>
      Array.from({ length: 1_000 }, (_, n) => nodes.get(`user:u${from + n}` as never)).filter((found) => found).length;
    expect(held(one, 1_000)).toBeLessThanOrEqual(100);
    expect(steps()).toBeLessThan(10);
  });
});

describe('when checkpoints cannot follow', () => {
  const pace = { bytes: 100_000, held: 10_000 };

  it('intake waits for the one that is written, and memory never holds much more than two', async () => {
    const { store } = await storeWith({ ...pace, atOnce: 0 });
    const ingest = createIngest({ store, rules: testRules, clock: () => 1e12, maxGroup: 20 });
    const most: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        await ingest.submit('native', people(i * 20, i * 20 + 20));
        most.push((store.graph('p') as ProjectNodes).ahead);
      }),
    );
    expect(Math.max(...most)).toBeGreaterThan(100_000);
    expect(Math.max(...most)).toBeLessThan(240_000);
  });

  it.each([
    ['again and again waits for all of them: it writes each once', 3, 100],
    ['once does not', 1, 70],
  ])('a checkpoint of nodes that change %s', async (_, times, together) => {
    // A hundred are half as much again as that, less a little.
    const { store } = await storeWith({ bytes: 60_000, held: 10_000 });
    const nodes = store.graph('p') as ProjectNodes;
    let now = 1e12;
    const ingest = createIngest({ store, rules: testRules, clock: () => ++now });
    await ingest.submit('native', people(0, 100));
    await store.checkpoint();
    let most = 0;
    for (let from = 0; from < 100; from += 5)
      for (let time = 0; time < times; time++) {
        await ingest.submit('native', people(from, from + 5));
        most = Math.max(most, nodes.changes.nodes);
      }
    expect(most).toBe(together);
  });

  it('nor be written, intake ends with words while reading goes on, and begins again when they can', async () => {
    const { store, tell, directory } = await storeWith({ ...pace, atOnce: 10 });
    await tell(people(0, 10));
    await store.checkpoint();
    // Another program that reads keeps the other thread from settling what is written before it starts.
    const reader = new Database(join(directory, 'graph.db'), { readonly: true });
    reader.exec('BEGIN; SELECT 1 FROM meta LIMIT 1');
    await tell(people(10, 20));
    await store.checkpoint();
    let told = 20;
    const refusal = async () => {
      for (;;) {
        await tell(people(told, told + 20));
        told += 20;
        if (told > 2_000) return undefined;
      }
    };
    await expect(refusal()).rejects.toMatchObject({ code: 'store/unavailable' });
    expect(store.graph('p').node('user:u15' as never)).toBeDefined();
    reader.close();
    expect(await tell(people(told, told + 1))).toMatchObject([{ status: 'applied' }]);
    const log = await logOf(store);
    expect(digestOfStore(store, log)).toBe(digestOfLog(log));
  });
});
