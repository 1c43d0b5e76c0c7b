/** A process that leaves scars, for a test that kills it: `scar-child.ts DIRECTORY`. Writes `ready`, then `done`. */
import { writeSync } from 'node:fs';
import { logOf, testRules } from '@selfsame/store/traffic';
import { openEmbeddedStore } from '../src/embedded-store.ts';
import { scarsOf } from './scars.ts';

const store = await openEmbeddedStore({ directory: process.argv[2] as string, rules: testRules });
const scars = scarsOf(await logOf(store));
writeSync(1, 'ready\n');
await store.scar(scars);
writeSync(1, 'done\n');
await store.close();
