/**
 * A process that ingests, for tests that kill it or break its disk: `child.ts DIRECTORY LIFE FROM COUNT SIZE LANES OFTEN`.
 * Tells the statements FROM… of the life before again (their fate is unknown; none if FROM is below 0), then COUNT of its own, in requests of
 * SIZE on LANES at once. After as many requests as OFTEN says, 0 to 1, it takes something back, or puts it back.
 * Writes `ack ID …` once a request is answered, `undone ID` once an undo is, `error CODE` when it failed, `done` at the end.
 */
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import type { Statement } from '@selfsame/identity';
import { createIngest, StoreError } from '@selfsame/store';
import { dice, itemOf, testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '../src/embedded-store.ts';
import { toldIn } from './told.ts';

// Node keeps what it has compiled when a process exits, which one that is killed never does.
flushCompileCache();

const [directory = '', ...numbers] = process.argv.slice(2);
const [life = 0, from = 0, count = 0, size = 1, lanes = 1, often = 0] = numbers.map(Number);
const say = (line: string) => writeSync(1, `${line}\n`);

const codeOf = (error: unknown) => (error instanceof StoreError ? error.code : String(error));

/** What it takes back at a request, by chance that depends on the life. */
const roll = dice(life);
let undos = 0;

async function undoSometimes(): Promise<void> {
  if (roll() >= often) return;
  const next = (await store.load({ repeats: [] })).next('p', 0);
  if (next < 3) return;
  const insertId = `U${life}-${undos++}.`;
  const told = Array.from({ length: 3 }, () => ({ entry: 1 + Math.floor(roll() * (next - 1)) }));
  const type = roll() < 0.7 ? 'Retract' : 'Restore';
  const command = { type, told, reason: 'a test', by: 'the child' } as const;
  await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 3, insertId, command })]);
  say(`undone ${insertId}`);
}

const before = life === 0 || from < 0 ? [] : toldIn(life - 1, from + 300).slice(from);
const queue: Statement[] = [...before, ...toldIn(life, count)];

// So that lives end, and disks fail, in the middle of checkpoints of both kinds.
const pace = { entries: 1_000, bytes: 10_000, atOnce: 4, held: 5_000 };

const store = await openEmbeddedStore({ directory, rules: testRules, pace }).catch((error) => {
  say(`error ${codeOf(error)}`);
  process.exit(1);
});
let now = 1_000_000 + life * 1_000_000;
const ingest = createIngest({ store, rules: testRules, clock: () => ++now, aheadFrom: 1 });
say('ready');

async function lane(): Promise<void> {
  while (queue.length > 0) {
    const request = queue.splice(0, size);
    try {
      const verdicts = await ingest.submit('native', request.map(itemOf));
      const kept = request.filter((_, i) => !['rejected', 'suppressed'].includes(verdicts[i]?.status ?? ''));
      say(`ack ${kept.map((one) => one.insertId).join(' ')}`);
      await undoSometimes();
    } catch (error) {
      say(`error ${codeOf(error)}`);
    }
  }
}
await Promise.all(Array.from({ length: lanes }, lane));
await ingest.stop();
await store.close().catch((error) => say(`error ${codeOf(error)}`));
say('done');
