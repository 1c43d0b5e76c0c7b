/** What both threads do with a connection, and know of each other; plain JavaScript for the sake of the other threads. */

/** Whether the other thread is changing the file: 32 bits that both see. */
export const Phase = /** @type {const} */ ({ open: 0, changing: 1, abandoned: 2 });

/**
 * Commits, or brings home what was, on a thread that may be given up: whoever has given it up must not see the file change
 * later.
 * @param {Int32Array<SharedArrayBuffer>} phase
 * @param {() => void} change
 * @returns {boolean} false when it was given up before; nothing is then done
 */
export function unlessAbandoned(phase, change) {
  if (Atomics.compareExchange(phase, 0, Phase.open, Phase.changing) !== Phase.open) return false;
  try {
    change();
    return true;
  } finally {
    Atomics.store(phase, 0, Phase.open);
    Atomics.notify(phase, 0);
  }
}

/**
 * On such a thread: has it been given up? What it is still told to write is then for nothing.
 * @param {Int32Array<SharedArrayBuffer>} phase
 */
export const isAbandoned = (phase) => Atomics.load(phase, 0) === Phase.abandoned;

/**
 * Write-ahead log, and a sync at every commit. What moves or goes within a page is overwritten there, from the first write
 * on: a page that is split keeps a copy otherwise. Pages that fall free are not, which would be writing of its own.
 * @param {import('better-sqlite3').Database} db
 */
export function configure(db) {
  db.pragma('secure_delete = FAST');
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.pragma('temp_store = MEMORY');
  // The system keeps pages of the file as well: more of them here cost memory and saved no time (docs/decisions/0012).
  db.pragma('cache_size = -2048');
  // A large commit leaves a large write-ahead log behind, which the next start would read.
  db.pragma('journal_size_limit = 16777216');
}

/**
 * As `configure`, for the log, which is written at its end and read a record here and there. Pages that fall free are
 * overwritten too.
 * @param {import('better-sqlite3').Database} db
 */
export function configureTruth(db) {
  configure(db);
  db.pragma('secure_delete = ON');
}

/**
 * Brings all that the write-ahead log holds into the database and syncs it there. To be done before the first write: a
 * sync that failed once may have lost pages that later syncs of the same file do not write again, so a later commit must
 * not build on them (G2).
 * @param {import('better-sqlite3').Database} db
 * @returns {boolean} false when another connection reads what is still to be brought home
 */
export function isSettled(db) {
  const [row] = /** @type {{ log: number, checkpointed: number }[]} */ (db.pragma('wal_checkpoint(PASSIVE)'));
  return row?.log === row?.checkpointed;
}

/**
 * On such a thread, what brings the write-ahead log home once it holds so many pages that are not; to be called when whoever
 * waits for a commit has been told of it. SQLite would do it within a commit. As there, what fails, or is in a reader's way,
 * is tried again after the next.
 * @param {import('better-sqlite3').Database} db
 * @param {Int32Array<SharedArrayBuffer>} phase
 * @param {number} pages
 * @returns {() => void}
 */
export function homeBringer(db, phase, pages) {
  db.pragma('wal_autocheckpoint = 0');
  const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  return () => {
    try {
      const { log, checkpointed } = /** @type {{ log: number, checkpointed: number }} */ (look.get());
      if (log - checkpointed >= pages) unlessAbandoned(phase, () => isSettled(db));
    } catch {
      // Whoever writes next hears what is wrong.
    }
  };
}

/** How often the write-ahead log is tried to be brought home, and how long to wait in between, ms. */
const TRIES = 100;
const PAUSE = 10;

/**
 * As `isSettled`, on a thread that may wait: others read a page of the log now and then.
 * @param {import('better-sqlite3').Database} db
 */
export function settleSoon(db) {
  for (let i = 0; !isSettled(db); i++) {
    if (i === TRIES) throw new Error(`another program reads ${db.name}: let it finish or close it`);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}

/**
 * Runs batches on a connection, in whatever transaction it is in.
 * @param {import('better-sqlite3').Database} db
 * @returns {(batch: import('./writes.ts').Batch) => void} throws SqliteError
 */
export function runnerOf(db) {
  /** @type {Map<string, import('better-sqlite3').Statement<import('./writes.ts').Value[]>>} */
  const statements = new Map();
  return (batch) => {
    for (const [sql, rows] of batch) {
      let statement = statements.get(sql);
      if (statement === undefined) {
        statement = /** @type {import('better-sqlite3').Statement<import('./writes.ts').Value[]>} */ (db.prepare(sql));
        statements.set(sql, statement);
      }
      for (const row of rows) statement.run(...row);
    }
  };
}
