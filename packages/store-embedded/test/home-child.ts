/**
 * A process that keeps an item and writes a checkpoint, each larger than what is brought home with a commit, for a test that
 * traces it: `home-child.ts DIRECTORY`. Writes `kept` once the item is answered and `in the tables` once the checkpoint is.
 */
import { writeSync } from 'node:fs';
import { createIngest } from '@selfsame/store';
import { itemOf, testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '../src/embedded-store.ts';

const ids = [{ kind: 'device', value: 'd1' }];
const command = { type: 'Track', ids, name: 'Seen', properties: { text: 'x'.repeat(1_500_000) } } as const;

const directory = process.argv[2] as string;
const store = await openEmbeddedStore({ directory, rules: testRules, pace: { atOnce: 0 } });
const ingest = createIngest({ store, rules: testRules, clock: () => 1e6 });
await ingest.submit('native', [itemOf({ project: 'p', wire: 'native', trust: 2, time: 1_000, command })]);
writeSync(1, 'kept\n');
await store.checkpoint();
writeSync(1, 'in the tables\n');
await ingest.stop();
await store.close();
