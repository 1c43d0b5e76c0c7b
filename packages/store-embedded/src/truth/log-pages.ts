import type { Database } from 'better-sqlite3';
import type { LogRecord } from './log-record.ts';

/** Of a page that is read on a thread on which others are answered, or held while its reader is slow, characters. */
export const SMALL_PAGE = 65_536;
/** Of a page of whoever goes through the whole log and keeps nobody waiting, characters. */
export const LARGE_PAGE = 4_000_000;

/**
 * Reads the log in pages, each of at most so many characters unless its first record has more. An entry may be a hundred
 * bytes or a megabyte, so a number of them bounds neither memory nor the time that a page takes.
 * @returns the records that follow one another after a position, `limit` at most; none where the log ends.
 */
export function pageReader(db: Database, characters: number): (after: number, limit: number) => readonly LogRecord[] {
  const following = db.prepare<[number, number], LogRecord>(
    'SELECT position, crc, body FROM log WHERE position > ? ORDER BY position LIMIT ?',
  );
  return (after, limit) => {
    const page: LogRecord[] = [];
    let size = 0;
    for (const record of following.iterate(after, limit)) {
      size += record.body.length;
      // One that is read in vain is read again: less than what a page of many would hold.
      if (page.length > 0 && size > characters) break;
      page.push(record);
    }
    return page;
  };
}
