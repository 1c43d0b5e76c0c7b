/** `npm run test:long`: the same suites with the long counts of guarantees (500 kills, 100,000 histories …); hours. */
import { ensurePrograms } from './debian.ts';
import { runSuite, suites } from './suites.ts';

/** A new one every time, since nothing is held back by what it finds. */
const seed = process.env['SELFSAME_SEED'] ?? String(Date.now() % 2 ** 31);
console.log(`SELFSAME_SEED=${seed}`);

let passed = 0;
const failures: string[] = [];

const trouble = await ensurePrograms();
if (trouble !== undefined) failures.push(trouble);
for (const suite of suites) {
  const counted = await runSuite(
    { ...suite, args: [...suite.args, '--testTimeout=0'] },
    { SELFSAME_LONG: '1', SELFSAME_SEED: seed },
  );
  passed += counted.passed;
  failures.push(...counted.failures);
}
if (failures.length > 0) console.log(`\n— what failed\n\n${failures.join('\n\n')}`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
