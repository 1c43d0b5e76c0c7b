/**
 * A thread that commits to the log, each commit synced, so that nobody who is answered waits for the disk.
 * Plain JavaScript that imports no TypeScript, as graph-thread.js is and for its reason.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { configureTruth, homeBringer, settleSoon, unlessAbandoned } from '../disk/connection.js';

/** Pages that are brought home together: the next commit waits for it. */
const MOST = 250;

/** @type {import('../disk/abandonable-thread.ts').ThreadData} */
const { file, phase } = workerData;

/** @type {ReturnType<typeof open> | undefined} */
let log;
/** What comes after a commit that failed was decided on top of it. */
let failed = false;

parentPort?.on('message', (/** @type {import('./log-writer.ts').LogOrder} */ order) => {
  if (order === 'leave') {
    log?.db.close();
    parentPort?.close();
  } else {
    const outcome = outcomeOf(order);
    parentPort?.postMessage(outcome);
    if (outcome === 'committed') log?.bringHome();
  }
});

/**
 * @param {import('./log-writer.ts').LogCommit} commit
 * @returns {import('./log-writer.ts').LogOutcome}
 */
function outcomeOf(commit) {
  try {
    const isDone =
      !failed &&
      unlessAbandoned(phase, () => {
        log ??= open();
        log.run(commit);
      });
    return isDone ? 'committed' : 'given-up';
  } catch (error) {
    failed = true;
    const { code = '', message } = /** @type {{ code?: string, message: string }} */ (error);
    return { code, message };
  }
}

function open() {
  const db = new Database(file);
  configureTruth(db);
  if (db.pragma('synchronous', { simple: true }) !== 2) throw new Error('SQLite does not sync every commit');
  settleSoon(db);
  const append = db.prepare('INSERT INTO log VALUES (?, ?, ?)');
  const count = db.prepare('INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  return {
    db,
    bringHome: homeBringer(db, phase, MOST),
    /** @param {import('./log-writer.ts').LogCommit} commit */
    run({ records, counts }) {
      db.exec('BEGIN IMMEDIATE');
      try {
        for (const { position, crc, body } of records) append.run(position, crc, body);
        for (const row of counts) count.run(...row);
        db.exec('COMMIT');
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        throw error;
      }
    },
  };
}
