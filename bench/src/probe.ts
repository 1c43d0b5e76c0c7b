import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** Somebody who asks the server something small again and again. */
export interface Probe {
  /** How long the answers since the last call took, ms. */
  take(): Promise<readonly number[]>;
  end(): void;
}

/** Asks `/livez` every 25 ms; with a key, that an event of another visitor be stored. */
export async function startProbe(url: string, key?: string): Promise<Probe> {
  const child: ChildProcess = fork(
    join(import.meta.dirname, 'probe-process.ts'),
    key === undefined ? [url] : [url, key],
  );
  await new Promise((resolve) => child.once('spawn', resolve));
  return {
    take: () =>
      new Promise((resolve) => {
        child.once('message', (latencies) => resolve(latencies as number[]));
        child.send('take');
      }),
    end: () => child.kill(),
  };
}
