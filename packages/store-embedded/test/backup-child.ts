/**
 * A process that makes a backup, for tests that go on with their work meanwhile, or kill it: `backup-child.ts FROM TO`.
 * Writes a line a step, and at the end the backup's own words as JSON.
 */
import { testRules } from '@selfsame/store/traffic';
import { backupData } from '../src/index.ts';

const [from = '', to = ''] = process.argv.slice(2);
const onStep = (step: string, done: number) => process.stdout.write(`${step} ${done}\n`);
const manifest = await backupData({ from, to, rulesIn: () => testRules, now: 0, onStep });
process.stdout.write(`${JSON.stringify(manifest)}\n`);
