import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.ts';
import { sourceFiles } from './source-files.ts';

/**
 * Builds the console when it was never built or one of its sources is newer. Answers what went wrong, or nothing.
 */
export async function buildConsole(): Promise<string | undefined> {
  if (isFresh()) return undefined;
  console.log('Building the console …');
  const { ok, output } = await run('npm', ['run', 'build', '--workspace', '@selfsame/console']);
  return ok ? undefined : output;
}

function isFresh(): boolean {
  const built = join(root, 'packages/console/dist/index.html');
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  return sourceFiles('packages/console', 'packages/server/src/api.ts', 'package-lock.json').every((file) => {
    const path = join(root, file);
    return !existsSync(path) || statSync(path).mtimeMs <= mtimeMs;
  });
}
