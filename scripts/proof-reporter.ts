import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Reporter, TestCase } from 'vitest/node';
import { type Proof, promisesOf } from './proof.ts';
import { root } from './run.ts';

/** Where runs leave what they prove, a file a suite; not in the repository. */
export const proofFolder: string = join(root, '.vitest/proof');

/** Keeps, of each test that names a promise, how it ended and what it printed. `SELFSAME_PROOF` names the file. */
export default class ProofReporter implements Reporter {
  readonly #printed = new Map<string, string[]>();
  readonly #proofs: Proof[] = [];

  onUserConsoleLog({ taskId, content, type }: { taskId?: string; content: string; type: string }): void {
    if (taskId === undefined || type !== 'stdout') return;
    const lines = this.#printed.get(taskId) ?? [];
    lines.push(...content.split('\n').filter((line) => line.trim() !== ''));
    this.#printed.set(taskId, lines);
  }

  onTestCaseResult(test: TestCase): void {
    if (promisesOf(test.fullName).length === 0) return;
    const { state } = test.result();
    if (state === 'skipped') return;
    this.#proofs.push({
      file: test.module.relativeModuleId,
      name: test.fullName,
      passed: state === 'passed',
      figures: this.#printed.get(test.id) ?? [],
    });
  }

  onTestRunEnd(): void {
    const name = process.env['SELFSAME_PROOF'];
    if (name === undefined) return;
    mkdirSync(proofFolder, { recursive: true });
    writeFileSync(join(proofFolder, `${name}.json`), JSON.stringify(this.#proofs, null, 1));
  }
}
