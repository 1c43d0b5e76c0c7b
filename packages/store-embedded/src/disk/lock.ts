import { join } from 'node:path';
import { StoreError } from '@selfsame/store';
import Database from 'better-sqlite3';

/**
 * Takes a data directory for this process; answers how to let go of it. Two writers would each fold their own graph.
 * @throws StoreError when another process, or this one, has the directory already.
 */
export const lockDirectory = (directory: string): (() => void) =>
  take(join(directory, 'selfsame.lock'), `another selfsame serves this directory: ${directory}`);

/**
 * Takes the outputs of a data directory for this process: two would send everything twice.
 * @throws StoreError when another process, or this one, runs them already.
 */
export const lockOutputs = (directory: string): (() => void) =>
  take(
    join(directory, 'outputs.lock'),
    `another process runs the outputs of this directory: ${directory}. A server runs them itself unless its settings say "outputs": { "in": "process" }`,
  );

/**
 * The lock is SQLite's own on a file beside the data: the kernel lets go of it when the process ends, however it ends,
 * and readers of the data are not in its way.
 */
function take(file: string, taken: string): () => void {
  const lock = new Database(file, { timeout: 0 });
  try {
    // Nothing is ever written, so the file stays empty; without this a killed process would leave an empty journal.
    lock.pragma('journal_mode = MEMORY');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY'))
      throw new StoreError('store/unavailable', taken);
    throw error;
  }
  return () => lock.close();
}
