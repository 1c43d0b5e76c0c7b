import { StoreError } from '@selfsame/store';
import Database from 'better-sqlite3';

/** What went wrong underneath, in the store's words. Anything unknown counts as a failure of the storage. */
export function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const code = error instanceof Database.SqliteError ? error.code : '';
  if (code === 'SQLITE_FULL') return new StoreError('store/full', 'the disk is full', { cause: error });
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB')
    return new StoreError(
      'store/corrupt',
      'a file of the store is damaged: run `selfsame doctor` to see which, and what mends it',
      { cause: error },
    );
  return new StoreError('store/unavailable', `the database failed${code === '' ? '' : ` (${code})`}`, { cause: error });
}
