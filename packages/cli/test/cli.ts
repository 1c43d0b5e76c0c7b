import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const bin = join(import.meta.dirname, '../bin/selfsame.js');

export interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of its own for one test file. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'selfsame-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

export const launch = (args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess =>
  spawn(process.execPath, [bin, ...args], { env: { ...process.env, ...env }, stdio: 'pipe' });

/** Runs a command line to its end. */
export function selfsame(
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Said> {
  const child = launch(args, env);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (part) => (stdout += part));
  child.stderr?.on('data', (part) => (stderr += part));
  child.stdin?.end(input);
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
}

/** Waits until nothing answers at a URL any more. */
export async function untilGone(url: string): Promise<void> {
  while (
    await fetch(url).then(
      () => true,
      () => false,
    )
  )
    await new Promise((resolve) => setTimeout(resolve, 50));
}

/** A server as a user starts it, on a free port, with the project `demo`. */
export async function serve(data: string): Promise<Served> {
  return await untilServed(launch(['serve', '--data', data, '--port', '0']));
}

export interface Served {
  readonly url: string;
  /** SIGTERM to the process that was started; answers its exit code. */
  stop(): Promise<number | null>;
}

/** Waits for the line that says where a server answers. */
export async function untilServed(child: ChildProcess): Promise<Served> {
  const stop = () => {
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    return ended;
  };
  let errors = '';
  child.stderr?.on('data', (part) => (errors += part));
  if (child.stdout !== null)
    for await (const line of createInterface({ input: child.stdout })) {
      const url = /^Selfsame answers at (\S+)/.exec(line)?.[1];
      if (url !== undefined) return { url, stop };
    }
  throw new Error(`the server ended while starting: ${errors}`);
}
