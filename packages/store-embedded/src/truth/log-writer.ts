import { StoreError } from '@selfsame/store';
import Database from 'better-sqlite3';
import { AbandonableThread } from '../disk/abandonable-thread.ts';
import type { Value } from '../disk/writes.ts';
import type { LogRecord } from './log-record.ts';

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
  readonly #thread: AbandonableThread<LogOutcome>;
  /** Commits under way, oldest first. */
  #underWay: PromiseWithResolvers<void>[] = [];

  constructor(file: string) {
    this.#thread = new AbandonableThread(new URL('./log-thread.js', import.meta.url), file, {
      word: (outcome, thread) => {
        const done = this.#underWay.shift();
        if (this.#underWay.length === 0) thread.unref();
        if (outcome === 'committed') done?.resolve();
        else done?.reject(outcome === 'given-up' ? givenUp() : new Database.SqliteError(outcome.message, outcome.code));
      },
      failed: (error) => {
        for (const done of this.#underWay.splice(0)) done.reject(error);
      },
    });
  }

  /** @throws SqliteError when it failed and nothing of it is kept · StoreError when it was given up before it began. */
  commit(commit: LogCommit): Promise<void> {
    const thread = this.#thread.get();
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
    this.#thread.abandon();
  }

  /** Lets the thread go once it has done what is under way, and waits until it has. */
  async stop(): Promise<void> {
    await this.#thread.stop();
  }
}

const givenUp = () => new StoreError('store/unavailable', 'a commit before this one failed, and took this one along');
