/**
 * Forks a process and passes on what it says. In a thread of its own: a fork copies the tables of all memory we have,
 * which takes tens of milliseconds that nobody should wait for. Plain JavaScript, as threads that compile TypeScript
 * may crash when they end (nodejs/node#64500).
 */
import { fork } from 'node:child_process';
import { parentPort, workerData } from 'node:worker_threads';

/** @type {import('./start-beside.ts').ForkData} */
const { module, execArgv, task } = workerData;
const child = fork(module, { serialization: 'advanced', execArgv, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
let isOver = false;

child.on('message', (word) => parentPort?.postMessage({ word }));
child.on('error', end);
child.on('exit', end);
parentPort?.on('message', () => child.kill('SIGKILL'));
child.send(task, () => {});

function end() {
  if (isOver) return;
  isOver = true;
  parentPort?.postMessage('ended');
  parentPort?.close();
}
