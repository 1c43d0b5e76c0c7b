import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a browser may take to end, ms: on a machine that does ten things at once it takes seconds. */
const patience = 20_000;

/** Ends a browser's process: asks it, and kills it when that is not enough. Nothing here tries how a browser ends. */
export async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  if (await isDoneIn(patience, ended)) return;
  console.warn(`${child.spawnfile} did not end within ${patience / 1000} s and is killed`);
  child.kill('SIGKILL');
  await ended;
}

/**
 * Waits for a browser of Playwright's to close, but not for ever. Playwright kills one that does not end within 30 s,
 * and then waits without a limit until nobody holds its streams any more: Chromium's reporter of crashes has a session
 * of its own, so it is not killed with the others, and has them too.
 */
export async function closing(closed: Promise<void>): Promise<void> {
  if (!(await isDoneIn(30_000 + patience, closed)))
    console.warn('a browser was killed, and something of it is still there');
}

/** Whether work is done within `ms`; throws what it throws. */
async function isDoneIn(ms: number, work: Promise<void>): Promise<boolean> {
  const rest = new AbortController();
  try {
    return await Promise.race([work.then(() => true), sleep(ms, false, { signal: rest.signal })]);
  } finally {
    rest.abort();
  }
}
