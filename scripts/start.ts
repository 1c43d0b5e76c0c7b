/** `npm start`: the server with a ready project and a demo shop, on http://127.0.0.1:4400, and what to open. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { keepCompiledCode } from '../packages/cli/bin/compile-cache.js';
import { leaveWithNpm } from '../packages/cli/bin/leave-with-npm.js';
import { shortenPauses } from '../packages/cli/bin/short-pauses.js';
import { root } from './run.ts';
import { simulateHere } from './start-hint.ts';

leaveWithNpm();
// As `selfsame serve`, and before the server is loaded: it may begin anew here.
shortenPauses();
keepCompiledCode();
const { main } = await import('../packages/cli/src/main.ts');
const { startServer } = await import('../packages/server/src/index.ts');
const { buildConsole } = await import('./console-build.ts');

const usualData = join(root, 'data');
const { values } = parseArgs({
  options: {
    fill: { type: 'boolean', default: false },
    port: { type: 'string', default: process.env['SELFSAME_PORT'] ?? '4400' },
    host: { type: 'string', default: process.env['SELFSAME_HOST'] ?? '127.0.0.1' },
    data: { type: 'string', default: process.env['SELFSAME_DATA'] ?? usualData },
  },
});

// A terminal is for what to open; say SELFSAME_LOG=info to see the server's log as well.
process.env['SELFSAME_LOG'] ??= 'warn';
const trouble = await buildConsole();
if (trouble !== undefined) console.error(`The console could not be built; the server runs without it.\n${trouble}`);

const server = await startServer({ data: values.data, host: values.host, port: Number(values.port) });
const counts = await server.context.store.counts();
const isEmpty = counts.every((one) => one.applied === 0);
const here = ['--url', server.url, '--data', values.data];
if (values.fill) {
  console.log('\nFilling the project with the visitors of a simulated shop …');
  process.exitCode = await main(['simulate', ...here]);
} else if (isEmpty) {
  console.log('\nThe project is empty. Walk through the demo shop, or let 3,000 simulated visitors do so:');
  const now = simulateHere({ url: server.url, data: values.data }, usualData);
  const width = Math.max(now.length, 'npm start -- --fill'.length) + 4;
  console.log(`  ${now.padEnd(width)} while this runs, in another terminal`);
  console.log(`  ${'npm start -- --fill'.padEnd(width)} at the next start`);
}
