/** `npm run check`: format, lint, package boundaries, types, unused code. */
import { runChecks } from './checks.ts';

const { passed, failures } = await runChecks();
console.log(`\n${passed} checks passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
