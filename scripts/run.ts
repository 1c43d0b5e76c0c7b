import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { performance } from 'node:perf_hooks';

/** The repository. */
export const root: string = join(import.meta.dirname, '..');

export interface Ran {
  readonly ok: boolean;
  /** What it wrote, both streams, when it was captured. */
  readonly output: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** Show what it writes as it comes instead of keeping it. */
  readonly show?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program in the repository, ours before the machine's. Never throws: a program that is not there has failed. */
export function run(
  command: string,
  args: readonly string[],
  { show = false, env = {} }: RunOptions = {},
): Promise<Ran> {
  const start = performance.now();
  const path = `${join(root, 'node_modules/.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, ...env, PATH: path },
    stdio: ['ignore', show ? 'inherit' : 'pipe', show ? 'inherit' : 'pipe'],
  });
  let output = '';
  child.stdout?.on('data', (part) => (output += part));
  child.stderr?.on('data', (part) => (output += part));
  return new Promise((resolve) => {
    const end = (ok: boolean) => resolve({ ok, output, seconds: (performance.now() - start) / 1000 });
    child.on('error', (error) => {
      output += error.message;
      end(false);
    });
    child.on('close', (code) => end(code === 0));
  });
}
