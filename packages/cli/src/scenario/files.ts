import { existsSync, globSync, readFileSync } from 'node:fs';
import { Failure } from '../failure.ts';

/**
 * The files that are meant, those of a pattern in the order of their names: a quoted one, or one on Windows, is no shell's
 * to resolve. Each once.
 * @throws Failure when a pattern fits no file: a test of nothing would pass.
 */
export function scenarioFiles(patterns: readonly string[]): readonly string[] {
  const files = patterns.flatMap((pattern) => {
    if (existsSync(pattern) || !/[*?[{]/.test(pattern)) return [pattern];
    const found = globSync(pattern).sort();
    if (found.length === 0) throw new Failure(`No file fits ${pattern}.`, 2);
    return found;
  });
  return [...new Set(files)];
}

/** @throws Failure when it cannot be read. */
export function readScenarioFile(file: string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
  } catch (cause) {
    throw new Failure(`${file} cannot be read: ${(cause as Error).message}`, 2, { cause });
  }
}
