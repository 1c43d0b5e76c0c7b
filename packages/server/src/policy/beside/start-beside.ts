import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

export interface ForkData {
  readonly module: string;
  readonly execArgv: readonly string[];
  readonly task: unknown;
}

/** A process that works on one task beside the server. */
export interface Beside {
  /** Ends it at once; `onEnd` is still called. */
  kill(): void;
}

/**
 * Starts one. `onWord` is told what it says, `onEnd` once it has gone, however that came.
 * @throws nothing: what cannot be started has ended.
 */
export function startBeside<Word>(
  module: URL,
  task: unknown,
  { execArgv = [], onWord, onEnd }: { execArgv?: readonly string[]; onWord: (word: Word) => void; onEnd: () => void },
): Beside {
  const workerData: ForkData = { module: fileURLToPath(module), execArgv, task };
  const thread = new Worker(new URL('./fork-thread.js', import.meta.url), { workerData, execArgv: [] });
  let isOver = false;
  const end = (): void => {
    if (isOver) return;
    isOver = true;
    onEnd();
  };
  thread.on('message', (said: 'ended' | { readonly word: Word }) => {
    if (said === 'ended') end();
    else onWord(said.word);
  });
  thread.on('error', end);
  thread.on('exit', end);
  return { kill: () => thread.postMessage('kill') };
}
