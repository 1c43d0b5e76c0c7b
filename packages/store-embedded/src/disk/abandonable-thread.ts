import { Worker } from 'node:worker_threads';
import { Phase } from './connection.js';

/** What the thread is started with; it changes the file by `unlessAbandoned` alone, and ends when it is told `leave`. */
export interface ThreadData {
  readonly file: string;
  /** Holds a `Phase`. */
  readonly phase: Int32Array<SharedArrayBuffer>;
}

/** What is heard of a thread: its words, and that it failed or has ended. */
export interface Heard<Word> {
  readonly word: (word: Word, thread: Worker) => void;
  readonly failed: (error: Error) => void;
}

/** A thread that commits to one file, and may be given up at any moment: the file then does not change by it any more. */
export class AbandonableThread<Word> {
  readonly #code: URL;
  readonly #file: string;
  readonly #heard: Heard<Word>;
  #running: { readonly thread: Worker; readonly phase: ThreadData['phase'] } | undefined;

  /** `code` runs in it, on a connection of its own to `file`. */
  constructor(code: URL, file: string, heard: Heard<Word>) {
    this.#code = code;
    this.#file = file;
    this.#heard = heard;
  }

  /** The thread, started where it does not run. The process does not end before it while it is `ref`. */
  get(): Worker {
    this.#running ??= this.#start();
    return this.#running.thread;
  }

  /** Gives up what it has not begun to commit, and lets it go. */
  abandon(): void {
    if (this.#running === undefined) return;
    const { thread, phase } = this.#running;
    this.#running = undefined;
    // A change that has begun is waited for: it is short, and afterwards the file is what it will be.
    while (Atomics.compareExchange(phase, 0, Phase.open, Phase.abandoned) === Phase.changing)
      Atomics.wait(phase, 0, Phase.changing, 1000);
    thread.postMessage('leave');
  }

  /** As `abandon`, and waits until it has ended, when it holds nothing of the file any more. */
  async giveUp(): Promise<void> {
    if (this.#running === undefined) return;
    const { thread } = this.#running;
    const gone = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    thread.ref();
    this.abandon();
    await gone;
  }

  /** Has it do what it was told so far, then lets it go, and waits until it has ended. */
  async stop(): Promise<void> {
    if (this.#running === undefined) return;
    const { thread } = this.#running;
    this.#running = undefined;
    const gone = new Promise<void>((resolve) => thread.once('exit', () => resolve()));
    thread.ref();
    thread.postMessage('leave');
    await gone;
  }

  #start() {
    const phase = new Int32Array(new SharedArrayBuffer(4));
    const workerData: ThreadData = { file: this.#file, phase };
    const thread = new Worker(this.#code, { workerData, execArgv: [] });
    thread.on('message', (word: Word) => this.#heard.word(word, thread));
    thread.on('error', (error) => this.#heard.failed(error as Error));
    thread.on('exit', () => {
      this.#heard.failed(new Error(`the thread that writes ${this.#file} has ended`));
      if (this.#running?.thread === thread) this.#running = undefined;
    });
    return { thread, phase };
  }
}
