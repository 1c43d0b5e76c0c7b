import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root, run } from './run.ts';

/** Tests that need the same things and may run beside each other, or may not. */
export interface Suite {
  readonly name: string;
  /** What vitest is told to choose them. */
  readonly args: readonly string[];
}

/** Servers and browsers wait much, but each is several processes that want memory: two files at a time, wherever it is. */
const two = '--maxWorkers=2';

const without = (...patterns: readonly string[]) => patterns.flatMap((pattern) => ['--exclude', pattern]);
const neither = without('**/*.process.test.ts', '**/*.browser.test.ts');

/** Packages whose modules keep nothing from one test to another, and whose tests replace none: no server, no store, no process. */
const pure = ['identity', 'protocols', 'outputs', 'console', 'gtm', 'sdk-browser', 'sdk-node', 'sdk-react'];

/** What these measure is what the machine has left, so each has the machine to itself. */
const underLoad = ['overload.process.test.ts', 'stop.process.test.ts'];

export const suites: readonly Suite[] = [
  // Their files share a process, which reads the same sources once: that took longer than what they test.
  {
    name: 'unit and property tests of what is pure',
    args: [...pure.map((one) => `packages/${one}/`), ...neither, '--no-isolate'],
  },
  { name: 'unit and property tests', args: [...neither, ...without(...pure.map((one) => `packages/${one}/**`))] },
  {
    name: 'tests that start processes',
    args: ['.process.test.ts', ...without(...underLoad.map((file) => `**/${file}`)), two],
  },
  { name: 'tests in a browser', args: ['.browser.test.ts', two] },
  { name: 'tests under load', args: [...underLoad, '--no-file-parallelism'] },
];

/**
 * Where Node keeps what it has compiled: servers, command lines and stores start some hundreds of times, and most of a
 * start is compiling the same files.
 */
const compiled = join(root, 'node_modules/.cache/node');

export interface Counted {
  readonly passed: number;
  readonly skipped: number;
  /** What failed: where it stands, its name and why, a few lines each. */
  readonly failures: readonly string[];
}

interface Report {
  readonly numPassedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

/** Runs one suite and counts. A file that cannot even be loaded counts as one failed test. */
export async function runSuite({ name, args }: Suite, env: Readonly<Record<string, string>> = {}): Promise<Counted> {
  console.log(`\n— ${name}`);
  const folder = mkdtempSync(join(tmpdir(), 'selfsame-report-'));
  const file = join(folder, 'report.json');
  try {
    const { ok } = await run(
      'vitest',
      [
        'run',
        ...args,
        '--passWithNoTests',
        '--reporter=default',
        '--reporter=./scripts/proof-reporter.ts',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { show: true, env: { SELFSAME_PROOF: name.replaceAll(' ', '-'), NODE_COMPILE_CACHE: compiled, ...env } },
    );
    return count(name, ok, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(suite: string, ok: boolean, file: string): Counted {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, skipped: 0, failures: [`${suite}: vitest ended without a report`] };
  }
  const failures = report.testResults.flatMap(failuresOf);
  // Something outside a test, such as a rejection nobody caught, also makes the run red.
  if (!ok && failures.length === 0) failures.push(`${suite}: vitest failed outside its tests, see its output above`);
  return {
    passed: report.numPassedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    failures,
  };
}

function failuresOf(file: Report['testResults'][number]): readonly string[] {
  const where = relative(process.cwd(), file.name);
  const tests = file.assertionResults.filter(({ status }) => status === 'failed');
  if (tests.length === 0) return file.status === 'failed' ? [`${where}\n${indented(file.message ?? '')}`] : [];
  return tests.map((test) => `${where}: ${test.fullName}\n${indented(test.failureMessages?.join('\n') ?? '')}`);
}

/** The first lines of a message, under what they belong to. */
function indented(message: string): string {
  return message
    .split('\n')
    .slice(0, 12)
    .map((line) => `    ${line}`)
    .join('\n');
}
