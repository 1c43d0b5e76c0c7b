import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** Somebody who asks the server something small again and again. */
export interface Probe {
  /** How long the answers since the last call took, ms. */
  take(): Promise<readonly number[]>;
  end(): void;
}

/** What is asked: a GET, or with a body a POST. */
export interface Asked {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** `#` in it is the number of the question. */
  readonly body?: string;
}

/** Asks every 25 ms. */
export async function startProbe(asked: Asked): Promise<Probe> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'probe-process.ts'), [JSON.stringify(asked)]);
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
