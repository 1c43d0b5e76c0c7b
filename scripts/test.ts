/** `npm test`: everything, on a machine that has nothing but Node and a network. Ends with `N passed, N failed`. */
import { runChecks } from './checks.ts';
import { buildConsole } from './console-build.ts';
import { ensurePrograms } from './debian.ts';
import { runSuite, suites } from './suites.ts';

let passed = 0;
let failed = 0;
let skipped = 0;

const trouble = [await ensurePrograms(), await buildConsole()].filter((one) => one !== undefined);
for (const one of trouble) console.error(`\n${one}`);
failed += trouble.length;

console.log('\n— checks');
const checked = await runChecks();
passed += checked.passed;
failed += checked.failed;

for (const suite of suites) {
  const counted = await runSuite(suite);
  passed += counted.passed;
  failed += counted.failed;
  skipped += counted.skipped;
}

if (skipped > 0) console.log(`\n${skipped} skipped`);
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
