/** `npm run conformance`: runs the vendors' clients against the server and writes what they found to docs/. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headless } from '../e2e/src/browser.ts';
import type { ConformanceAnswer } from '../packages/server/src/api.ts';
import { conformancePage, type Report, resultsOf } from './conformance-table.ts';
import { ensurePrograms } from './debian.ts';
import { root, run } from './run.ts';

const trouble = await ensurePrograms();
if (trouble !== undefined) throw new Error(trouble);

// Clients that are tried here and are no part of the project: exact, in a folder of their own.
const clients = join(root, 'e2e/clients');
const installing = await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--prefix', clients]);
if (!installing.ok) throw new Error(`the clients of e2e/clients cannot be installed:\n${installing.output}`);

const folder = mkdtempSync(join(tmpdir(), 'selfsame-conformance-'));
const file = join(folder, 'report.json');
const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
await run('vitest', ['run', 'e2e/', '--no-file-parallelism', ...reporters], {
  show: true,
  env: { SELFSAME_CLIENTS: '1' },
});
const report = JSON.parse(readFileSync(file, 'utf8')) as Report;
rmSync(folder, { recursive: true });

const answer: ConformanceAnswer = {
  generatedBy: 'npm run conformance (scripts/conformance.ts)',
  at: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  browser: await browserVersion(),
  results: resultsOf(report, installedVersions()),
};
writeFileSync(join(root, 'docs/conformance.md'), conformancePage(answer));
writeFileSync(join(root, 'docs/conformance.json'), `${JSON.stringify(answer, null, 2)}\n`);
await run('biome', ['format', '--write', 'docs/conformance.md', 'docs/conformance.json']);

const passed = answer.results.filter(({ result }) => result === 'passed').length;
console.log(`\n${passed} of ${answer.results.length} behaviours pass; see docs/conformance.md`);
process.exitCode = answer.results.some(({ result }) => result === 'failed') ? 1 : 0;

/** What is installed, not what was asked for. */
function installedVersions(): Readonly<Record<string, string>> {
  const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;
  const of = (folder: string, names: object) =>
    Object.keys(names).map((name) => [name, String(read(`${folder}node_modules/${name}/package.json`)['version'])]);
  return Object.fromEntries([
    ...of('', read('e2e/package.json')['devDependencies'] as object),
    ...of('e2e/clients/', read('e2e/clients/package.json')['dependencies'] as object),
  ]);
}

async function browserVersion(): Promise<string> {
  const { output } = await run(headless, ['--version']);
  return /^Chrom\w+ [\d.]+/m.exec(output)?.[0] ?? 'an unknown browser';
}
