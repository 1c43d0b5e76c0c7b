/**
 * A thread that writes one checkpoint after the other, each as one transaction whose batches come by and by.
 * Plain JavaScript that imports no TypeScript: Node strips types with WebAssembly, and V8 may crash when a thread that
 * has compiled some ends (nodejs/node#64500).
 */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { configure, homeBringer, isAbandoned, isSettled, runnerOf, unlessAbandoned } from '../disk/connection.js';

giveWay();
/** @type {import('../disk/abandonable-thread.ts').ThreadData} */
const { file, phase } = workerData;
const db = new Database(file);
configure(db);
if (!isSettled(db)) throw new Error(`another program reads ${file}`);
const run = runnerOf(db);
// It takes as long as the commit, and intake may be waiting for that.
const bringHome = homeBringer(db, phase, 1);

parentPort?.on('message', (/** @type {import('./graph-writer.ts').GraphOrder} */ order) => {
  if (order === 'leave') {
    if (db.inTransaction) db.exec('ROLLBACK');
    db.close();
    parentPort?.close();
    return;
  }
  if (isAbandoned(phase)) return;
  if (!db.inTransaction) db.exec('BEGIN IMMEDIATE');
  run(order.batch);
  if (!order.last) {
    tell('ran');
    return;
  }
  if (!unlessAbandoned(phase, () => db.exec('COMMIT'))) return;
  tell('committed');
  bringHome();
});

/** @param {import('./graph-writer.ts').GraphWord} word */
function tell(word) {
  parentPort?.postMessage(word);
}

/**
 * Those who answer requests get the processor first, but some of it is left for this: where it never ran intake would wait
 * for it. Only Linux gives a thread a priority of its own.
 */
function giveWay() {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Then all have the same.
  }
}
