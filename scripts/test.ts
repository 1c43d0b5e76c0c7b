/** `npm test`: everything, on a machine that has nothing but Node and a network. Ends with `N passed, N failed`. */
import { runChecks } from './checks.ts';
import { buildConsole } from './console-build.ts';
import { ensurePrograms } from './debian.ts';
import { runSuite, suites } from './suites.ts';

let passed = 0;
let skipped = 0;
const failures: string[] = [];

const trouble = [await ensurePrograms(), await buildConsole()].filter((one) => one !== undefined);
for (const one of trouble) console.error(`\n${one}`);
failures.push(...trouble);

console.log('\n— checks');
const checked = await runChecks();
passed += checked.passed;
failures.push(...checked.failures);

for (const suite of suites) {
  const counted = await runSuite(suite);
  passed += counted.passed;
  skipped += counted.skipped;
  failures.push(...counted.failures);
}

if (failures.length > 0) console.log(`\n— what failed\n\n${failures.join('\n\n')}`);
if (skipped > 0) console.log(`\n${skipped} skipped`);
console.log(`\n${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
