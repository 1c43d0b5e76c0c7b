import { Worker } from 'node:worker_threads';
import { StoreError } from '@selfsame/store';
import Database from 'better-sqlite3';
import { Phase } from '../disk/connection.js';
import type { Value } from '../disk/writes.ts';
import type { LogRecord } from './log-record.ts';

export interface LogThreadData {
  readonly file: string;
  /** Holds a `Phase`. */
  readonly phase: Int32Array<SharedArrayBuffer>;
}

/** Records that follow one another, and the rows of counts that change with them. */
export interface LogCommit {
  readonly records: readonly LogRecord[];
  readonly counts: readonly (readonly Value[])[];
}

export type LogOrder = LogCommit | 'leave';

/** `given-up`: nothing was done, since a commit before it failed or the files were abandoned. */
export type LogOutcome = 'committed' | 'given-up' | { readonly code: string; readonly message: string };

/** Commits to the log from a thread of its own, one after the other, each on stable storage when it is answered (G1). */
export class LogWriter {
  readonly #file: string;
  readonly #phase = new Int32Array(new SharedArrayBuffer(4));
  #thread: Worker | undefined;
  /** Commits under way, oldest first. */
  #underWay: PromiseWithResolvers<void>[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws SqliteError when it failed and nothing of it is kept · StoreError when it was given up before it began. */
  commit(commit: LogCommit): Promise<void> {
    const thread = (this.#thread ??= this.#start());
    const done = Promise.withResolvers<void>();
    this.#underWay.push(done);
    thread.ref();
    thread.postMessage(commit satisfies LogOrder);
    return done.promise;
  }

  /** Resolves when none of the commits under way now is any more. @throws as `commit`, where the last of them failed. */
  async settled(): Promise<void> {
    await this.#underWay.at(-1)?.promise;
  }

  /** Gives up what has not begun. After this the log does not change by this thread any more. */
  abandon(): void {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    // A commit that has begun is waited for: afterwards the log is what it will be.
    while (Atomics.compareExchange(this.#phase, 0, Phase.open, Phase.abandoned) === Phase.committing)
      Atomics.wait(this.#phase, 0, Phase.committing, 1000);
    thread.postMessage('leave' satisfies LogOrder);
  }

  /** Lets the thread go once it has done what is under way, and waits until it has. */
  async stop(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#thread = undefined;
    const gone = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    thread.ref();
    thread.postMessage('leave' satisfies LogOrder);
    await gone;
  }

  #start(): Worker {
    const workerData: LogThreadData = { file: this.#file, phase: this.#phase };
    const thread = new Worker(new URL('./log-thread.js', import.meta.url), { workerData, execArgv: [] });
    thread.on('message', (outcome: LogOutcome) => {
      const done = this.#underWay.shift();
      if (this.#underWay.length === 0) thread.unref();
      if (outcome === 'committed') done?.resolve();
      else done?.reject(outcome === 'given-up' ? givenUp() : new Database.SqliteError(outcome.message, outcome.code));
    });
    const failAll = (error: Error) => {
      for (const done of this.#underWay.splice(0)) done.reject(error);
    };
    thread.on('error', failAll);
    thread.on('exit', () => failAll(new Error('the thread that commits to the log has ended')));
    return thread;
  }
}

const givenUp = () => new StoreError('store/unavailable', 'a commit before this one failed, and took this one along');
