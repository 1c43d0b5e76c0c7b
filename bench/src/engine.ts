import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, type Entry, MemoryGraph, type Statement, step, type Trust } from '@selfsame/identity';
import { createIngest, type Ingest } from '@selfsame/store';
import { openEmbeddedStore } from '@selfsame/store-embedded';
import { type Figure, median } from './figure.ts';
import { rules } from './rules.ts';

const user = (n: number | string) => ({ kind: 'user', value: `u${n}` });
const device = (n: number | string) => ({ kind: 'device', value: `d${n}` });
const view = (ids: readonly { kind: string; value: string }[]): Command => ({
  type: 'Track',
  ids,
  name: 'View',
  properties: {},
});

/** Entries that are made, and then folded, at a time: as a store reads its log, and so that none is cold when its turn comes. */
const PAGE = 1_000;

/** A fold from nothing over mixed traffic: 60 % of events name a login, 20,000 people. The time of making entries does not count. */
export function measureFold(items: number): Figure {
  const rates: number[] = [];
  for (let round = 0; round < 3; round++) {
    const graph = new MemoryGraph();
    let took = 0;
    for (let from = 0; from < items; from += PAGE) {
      const page = Array.from({ length: Math.min(PAGE, items - from) }, (_, i) => mixed(from + i));
      const start = performance.now();
      for (const entry of page) step(graph, rules('bench'), entry);
      took += performance.now() - start;
    }
    rates.push(items / (took / 1000));
  }
  const value = median(rates);
  return { name: 'fold of the log from nothing', value, unit: 'items/s', goal: '≥ 250,000/s', met: value >= 250_000 };
}

function mixed(i: number): Entry {
  const n = Math.floor(Math.random() * 20_000);
  return {
    project: 'bench',
    wire: 'native',
    trust: 0,
    command: view(Math.random() < 0.6 ? [user(n), device(n)] : [device(n)]),
    insertId: `f${i}`,
    position: i + 1,
    at: 1e12 + i,
    time: 1e12 + i - 1000,
  };
}

/** Merges of two existing people, durable, in requests of 100, the median of three rounds; then one merge with a long and with a short history. */
export async function measureMerges(history: number): Promise<readonly Figure[]> {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-merges-'));
  const store = await openEmbeddedStore({ directory, rules });
  const ingest = createIngest({ store, clock: Date.now, rules, maxQueued: 1_000_000 });
  try {
    const pairs = 20_000;
    const rates: number[] = [];
    // The first round runs code that is still being compiled.
    for (let round = 0; round < 4; round++) {
      const people = Array.from({ length: pairs * 2 }, (_, n) => `${round}-${n}`);
      await tell(
        ingest,
        people.map((n) => view([user(n), device(n)])),
      );
      const start = performance.now();
      await tell(
        ingest,
        Array.from({ length: pairs }, (_, n) => ({
          type: 'Merge',
          one: user(people[2 * n] as string),
          other: user(people[2 * n + 1] as string),
        })),
      );
      rates.push(pairs / ((performance.now() - start) / 1000));
    }
    const value = median(rates.slice(1));

    const timeOf = async (events: number, name: string): Promise<number> => {
      const times: number[] = [];
      for (let round = 0; round < 5; round++) {
        const [one, other] = [`${name}-a${round}`, `${name}-b${round}`];
        await tell(ingest, [view([user(one), device(one)]), view([user(other), device(other)])]);
        if (round === 0 || events < 1000)
          await tell(
            ingest,
            Array.from({ length: events }, () => view([user(one), device(one)])),
          );
        const begin = performance.now();
        // A hundred merges on the person with the history, so that the sync does not hide their cost.
        await tell(
          ingest,
          Array.from(
            { length: 100 },
            (_, i): Command => ({ type: 'Merge', one: user(`${name}-a0`), other: user(`${name}-x${round}-${i}`) }),
          ),
        );
        times.push(performance.now() - begin);
      }
      return median(times);
    };
    await timeOf(10, 'warm');
    const small = await timeOf(10, 'short');
    const large = await timeOf(history, 'long');
    return [
      { name: 'merges of two existing people', value, unit: 'merges/s', goal: '≥ 30,000/s', met: value >= 30_000 },
      {
        name: `100 merges, ${history.toLocaleString('en')} events on one side`,
        value: large,
        unit: 'ms',
        floor: small,
        ratio: large / small,
        goal: '≤ 1.2 × with 10 events',
        met: large / small <= 1.2,
      },
    ];
  } finally {
    await ingest.stop();
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

let serial = 0;
async function tell(ingest: Ingest, commands: readonly Command[], trust: Trust = 2): Promise<void> {
  const jobs: Promise<unknown>[] = [];
  for (let i = 0; i < commands.length; i += 100) {
    const items = commands.slice(i, i + 100).map((command) => ({
      type: 'statement' as const,
      statement: { project: 'bench', wire: 'native', trust, command, insertId: `m${serial++}` } satisfies Statement,
    }));
    jobs.push(ingest.submit('native', items));
    if (jobs.length === 100) await Promise.all(jobs.splice(0));
  }
  await Promise.all(jobs);
}
