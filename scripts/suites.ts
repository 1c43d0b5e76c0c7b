import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** Tests that need the same things and may run beside each other, or may not. */
export interface Suite {
  readonly name: string;
  /** What vitest is told to choose them. */
  readonly args: readonly string[];
}

/** A suite that starts servers or browsers has the machine to itself, one file at a time. */
const alone = '--no-file-parallelism';

export const suites: readonly Suite[] = [
  { name: 'unit and property tests', args: ['--exclude', '**/*.process.test.ts', '--exclude', '**/*.browser.test.ts'] },
  { name: 'tests that start processes', args: ['.process.test.ts', alone] },
  { name: 'tests in a browser', args: ['.browser.test.ts', alone] },
];

export interface Counted {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
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
      { show: true, env: { SELFSAME_PROOF: name.replaceAll(' ', '-'), ...env } },
    );
    return count(ok, file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function count(ok: boolean, file: string): Counted {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloadable = report.testResults.filter(
    (one) => one.status === 'failed' && !one.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = report.numFailedTests + unloadable;
  return {
    passed: report.numPassedTests,
    // Something outside a test, such as a rejection nobody caught, also makes the run red.
    failed: ok ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
