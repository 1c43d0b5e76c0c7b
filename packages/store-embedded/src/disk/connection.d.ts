import type { Database } from 'better-sqlite3';
import type { Batch } from './writes.ts';

/** Whether the other thread is changing the file: 32 bits that both see. */
export const Phase: { readonly open: 0; readonly changing: 1; readonly abandoned: 2 };

/** Changes the file, on a thread that may be given up; false when it was, and then nothing is done. */
export function unlessAbandoned(phase: Int32Array<SharedArrayBuffer>, change: () => void): boolean;

/** On such a thread: brings so many pages and more of the write-ahead log home, between commits instead of within them. */
export function homeBringer(db: Database, phase: Int32Array<SharedArrayBuffer>, pages: number): () => void;

/** Write-ahead log, and a sync at every commit. */
export function configure(db: Database): void;

/** As `configure`, for the log. */
export function configureTruth(db: Database): void;

/** As `isSettled`, on a thread that may wait. @throws Error when a reader stays in the way. */
export function settleSoon(db: Database): void;

/** Brings the write-ahead log home before the first write (G2); false when another connection is in the way. */
export function isSettled(db: Database): boolean;

/** Runs batches on a connection, in whatever transaction it is in. @throws SqliteError */
export function runnerOf(db: Database): (batch: Batch) => void;
