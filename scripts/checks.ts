import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sizes } from '../packages/sdk-browser/build/sizes.ts';
import { boundaryProblems } from './boundaries.ts';
import { brokenLinks, lostReferences } from './links.ts';
import { ruleProblems } from './rules.ts';
import { type Ran, root, run } from './run.ts';
import { sourceFiles } from './source-files.ts';
import type { Counted } from './suites.ts';
import { vendorProblems } from './vendors.ts';

/** Something that holds for the whole repository, or does not. */
export interface Check {
  readonly name: string;
  readonly run: () => Promise<Ran>;
}

/** Everything `npm run check` looks at; about a minute in all. */
export function checks(): readonly Check[] {
  return [
    { name: 'format and lint', run: () => run('biome', ['ci', '--colors=off', '--error-on-warnings', '.']) },
    { name: 'package boundaries', run: async () => without(boundaryProblems()) },
    { name: 'links in documents', run: async () => without([...brokenLinks(), ...lostReferences()]) },
    { name: 'names of vendors', run: async () => without(vendorProblems()) },
    { name: 'numbers of rules', run: async () => without(ruleProblems()) },
    { name: 'length of the rules’ files', run: async () => without(tooLong()) },
    ...sourceFiles('tsconfig.json', '**/tsconfig.json').map(
      (file): Check => ({ name: `types of ${file}`, run: () => run('tsc', ['--noEmit', '-p', file]) }),
    ),
    { name: 'sizes of the browser client', run: async () => without(await tooLarge()) },
    { name: 'unused code and dependencies', run: () => run('knip', ['--no-progress']) },
  ];
}

/** Runs every check, says how each went and, of those that failed, what they wrote. */
export async function runChecks(): Promise<Omit<Counted, 'skipped'>> {
  const failures: string[] = [];
  const all = checks();
  const waiting = [...all];
  const lane = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const { ok, output, seconds } = await check.run();
      console.log(`${ok ? 'ok    ' : 'FAILED'}  ${check.name}  (${seconds.toFixed(1)} s)`);
      if (ok) continue;
      failures.push(`check: ${check.name}`);
      console.log(output.trim().replaceAll(/^/gm, '        '));
    }
  };
  // Most are one thread and read many files.
  await Promise.all([lane(), lane()]);
  return { passed: all.length - failures.length, failures };
}

/** Entries of the browser client over the budget in its package.json. */
async function tooLarge(): Promise<readonly string[]> {
  return (await sizes())
    .filter(({ gzip, budget }) => gzip > budget)
    .map(({ entry, gzip, budget }) => `${entry}: ${gzip} bytes with gzip, and its budget is ${budget}`);
}

/** Files of the rules that hold more than one idea, by their length: the whole of them is to read in one sitting. */
const tooLong = (): readonly string[] =>
  sourceFiles('packages/identity/src/*.ts')
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > 250)
    .map(({ file, lines }) => `${file}: ${lines} lines, and 250 are the most`);

const without = (problems: readonly string[]): Ran => ({
  ok: problems.length === 0,
  output: problems.join('\n'),
  seconds: 0,
});
