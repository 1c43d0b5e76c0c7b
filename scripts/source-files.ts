import { execFileSync } from 'node:child_process';
import { root } from './run.ts';

/** Files of the repository by git's pattern, new ones included, ignored ones not. Paths from the root, with `/`. */
export function sourceFiles(...patterns: readonly string[]): readonly string[] {
  const list = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return [...new Set(list.split('\0').filter((one) => one !== ''))];
}
