import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.ts';
import { sourceFiles } from './source-files.ts';

/** What goes into the console. */
const sources = ['packages/console', 'packages/server/src/api.ts', 'package-lock.json'];

/**
 * Builds the console when it was never built or one of its sources is newer. Answers what went wrong, or nothing.
 * @param keepOld leaves the files of an earlier build, which somebody's server may be serving at this moment
 */
export async function buildConsole({ keepOld = false } = {}): Promise<string | undefined> {
  if (isFresh()) return undefined;
  console.log('Building the console …');
  const build = ['run', 'build', '--workspace', '@selfsame/console', '--', '--emptyOutDir', String(!keepOld)];
  // A test runner's own NODE_ENV would make it a development build.
  const { ok, output } = await run('npm', build, { env: { NODE_ENV: 'production' } });
  return ok ? undefined : output;
}

function isFresh(): boolean {
  const built = join(root, 'packages/console/dist/index.html');
  if (!existsSync(built)) return false;
  const { mtimeMs } = statSync(built);
  return sourceFiles(...sources).every((file) => {
    const path = join(root, file);
    return !existsSync(path) || statSync(path).mtimeMs <= mtimeMs;
  });
}
