/**
 * A process that lets another graph take the place of the present one, for tests that break its disk meanwhile:
 * `adopt-child.ts DIRECTORY LIFE`. Tells 20 statements of a life, folds beside, adopts, and tells 20 more.
 * Writes `ack ID …` once a request is answered, `error CODE` when it failed, `done` at the end.
 */
import { writeSync } from 'node:fs';
import type { ProjectId, Rules } from '@selfsame/identity';
import { createIngest, StoreError } from '@selfsame/store';
import { itemOf, testRules } from '@selfsame/store/traffic';
import { foldBeside, openEmbeddedStore } from '../src/index.ts';
import { adoptedRules } from './adopted-rules.ts';
import { toldIn } from './told.ts';

const [directory = '', life = '0'] = process.argv.slice(2);
const say = (line: string) => writeSync(1, `${line}\n`);
const codeOf = (error: unknown) => (error instanceof StoreError ? error.code : String(error));

let isAdopted = false;
const rules = (project: ProjectId): Rules => (isAdopted ? adoptedRules : testRules)(project);

const store = await openEmbeddedStore({ directory, rules });
let now = 1_000_000 + Number(life) * 1_000_000;
const ingest = createIngest({ store, rules, clock: () => ++now });
const statements = toldIn(Number(life), 40);

async function tell(from: number, to: number): Promise<void> {
  const part = statements.slice(from, to);
  try {
    const verdicts = await ingest.submit('native', part.map(itemOf));
    const kept = part.filter((_, i) => !['rejected', 'suppressed'].includes(verdicts[i]?.status ?? ''));
    say(`ack ${kept.map((one) => one.insertId).join(' ')}`);
  } catch (error) {
    say(`error ${codeOf(error)}`);
  }
}

await tell(0, 20);
foldBeside(directory, adoptedRules, () => {});
await store
  .adopt(adoptedRules, () => {
    isAdopted = true;
  })
  .catch((error) => say(`error ${codeOf(error)}`));
await tell(20, 40);
await ingest.stop();
await store.close().catch((error) => say(`error ${codeOf(error)}`));
say('done');
