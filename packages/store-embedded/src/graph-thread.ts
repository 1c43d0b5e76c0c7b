import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { type GraphOrder, type GraphThreadData, Phase } from './graph-writer.ts';
import { openGraph, settle } from './schema.ts';
import { runnerOf } from './writes.ts';

/** A thread that writes one checkpoint after the other, each as one transaction whose batches come by and by. */
const { file, phase } = workerData as GraphThreadData;
giveWay();
const db = openGraph(file);
settle(db);
const run = runnerOf(db);
const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) => db.prepare(sql));

parentPort?.on('message', (order: GraphOrder) => {
  if (order === 'leave') {
    if (db.inTransaction) rollback?.run();
    db.close();
    parentPort?.close();
    return;
  }
  if (!db.inTransaction) begin?.run();
  run(order.batch);
  if (!order.last) return;
  // Whoever has given this checkpoint up must not see it happen later.
  if (Atomics.compareExchange(phase, 0, Phase.open, Phase.committing) !== Phase.open) return;
  try {
    commit?.run();
  } finally {
    Atomics.store(phase, 0, Phase.open);
    Atomics.notify(phase, 0);
  }
  parentPort?.postMessage('committed');
});

/** Those who answer requests get the processor first. Only Linux gives a thread a priority of its own. */
function giveWay(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_LOW);
  } catch {
    // Then all have the same.
  }
}
