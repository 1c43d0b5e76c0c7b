/** Run with `--expose-gc`: prints what V8 says and what we say that new nodes, claims kept aside, and silences take. Bytes. */
import { keyOf, type Node } from '@selfsame/identity';
import { createIngest, type Item } from '@selfsame/store';
import { testRules } from '@selfsame/store/traffic';
import { weightOf } from '../src/graph/node-weight.ts';
import type { ProjectNodes } from '../src/graph/project-nodes.ts';
import { openEmbeddedStore } from '../src/index.ts';

const PAIRS = 20_000;
const store = await openEmbeddedStore({
  directory: process.argv[2] as string,
  rules: testRules,
  pace: { entries: 1e9, bytes: 1e12, atOnce: 1e9, held: 1e9 },
});
let time = 1e12;
const ingest = createIngest({ store, rules: testRules, clock: () => time });

/** Everybody is seen once, through JSON as over a wire, so that no text is shared. */
async function visit(): Promise<void> {
  for (let from = 0; from < PAIRS; from += 500) {
    const items = Array.from({ length: 500 }, (_, i) => ({
      type: 'statement',
      statement: {
        project: 'p',
        wire: 'native',
        trust: 2,
        insertId: `${++time}-abcdefghijklmnop`,
        time,
        command: {
          type: 'Identify',
          ids: [
            { kind: 'user', value: `user-${from + i}` },
            { kind: 'device', value: `device-${from + i}-abcdefgh` },
          ],
        },
      },
    }));
    await ingest.submit('native', JSON.parse(JSON.stringify(items)) as Item[]);
  }
}

async function weigh(work: () => Promise<void>): Promise<{ taken: number; said: number }> {
  const nodes = store.graph('p') as ProjectNodes;
  const now = () => {
    globalThis.gc?.();
    return { taken: process.memoryUsage().heapUsed, said: nodes.ahead };
  };
  const before = now();
  await work();
  const after = now();
  return { taken: after.taken - before.taken, said: after.said - before.said };
}

const fresh = await weigh(visit);
await visit();
const kept = await weigh(visit);

/** Devices that were silent a thousand times, as their nodes come to know of it. */
function silences(): { taken: number; said: number } {
  const node = store.graph('p').node(keyOf({ kind: 'user', value: 'user-0' })) as Node;
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  const silent = Array.from({ length: 200 }, () => {
    let gaps: Node['gaps'] = [];
    for (let i = 0; i < 1_000; i++)
      gaps = [...gaps, { from: 1e12 + i * 3_600_000, to: 1e12 + (i + 1) * 3_600_000 - 1 }];
    return gaps;
  });
  globalThis.gc?.();
  const taken = process.memoryUsage().heapUsed - before;
  return { taken, said: silent.reduce((sum, gaps) => sum + weightOf({ ...node, gaps }) - weightOf(node), 0) };
}
console.log(JSON.stringify({ fresh, kept, silent: silences() }));
await store.close();
