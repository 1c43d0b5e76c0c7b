/** `npm run test:long`: the same suites with the long counts of guarantees (500 kills, 100,000 histories …); hours. */
import { ensurePrograms } from './debian.ts';
import { runSuite, suites } from './suites.ts';

const trouble = await ensurePrograms();
if (trouble !== undefined) console.error(trouble);
let passed = 0;
let failed = trouble === undefined ? 0 : 1;
for (const suite of suites) {
  const counted = await runSuite({ ...suite, args: [...suite.args, '--testTimeout=0'] }, { SELFSAME_LONG: '1' });
  passed += counted.passed;
  failed += counted.failed;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
