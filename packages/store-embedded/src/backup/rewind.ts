import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError, Tally } from '@selfsame/store';
import { openTruth } from '../disk/schema.ts';
import { rewindBooks } from '../outputs/books.ts';
import { addCountsTo } from '../truth/count-table.ts';
import { LARGE_PAGE, pageReader } from '../truth/log-pages.ts';
import { decodeRun } from '../truth/log-record.ts';
import { TRUTH } from '../truth/truth.ts';

/** Log records read at once. */
const PAGE = 2_000;

/**
 * Takes a closed store back to a position: what came after it is gone, and the outputs' books know nothing of it. Items
 * that left no record (duplicates, most refusals) are counted no more, for nothing says when they came.
 * @throws StoreError when the log ends before it, or a record is damaged.
 */
export function rewind(directory: string, through: number): void {
  const db = openTruth(join(directory, TRUTH));
  try {
    const tally = new Tally();
    const page = pageReader(db, LARGE_PAGE);
    for (let last = 0; last < through; ) {
      const records = decodeRun(page(last, Math.min(PAGE, through - last)), last);
      if (records.length === 0)
        throw new StoreError('store/unavailable', `the backup ends at position ${last}: give one up to there`);
      for (const { entry, verdict } of records) tally.add(entry.project, entry.wire, verdict.status);
      last += records.length;
    }
    db.transaction(() => {
      db.prepare('DELETE FROM log WHERE position > ?').run(through);
      db.exec('DELETE FROM counts');
      addCountsTo(db, tally.list());
    })();
  } finally {
    db.close();
  }
  const books = join(directory, 'outputs.db');
  if (existsSync(books)) rewindBooks(books, through);
}
