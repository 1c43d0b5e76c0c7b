import { join } from 'node:path';
import type { Position, ProjectId } from '@selfsame/identity';
import { type Decided, StoreError } from '@selfsame/store';
import { readTruth } from '../disk/schema.ts';
import { LARGE_PAGE, pageReader } from './log-pages.ts';
import { decode, markOf } from './log-record.ts';
import { TRUTH } from './truth.ts';

/** Records of one short read: the server's own write-ahead log waits no longer than that takes. */
const PAGE = 2_000;

/**
 * One project's entries up to a position, oldest first, read from another process beside the server that writes them.
 * `onRead` is told how far that is. Records of other projects are not parsed.
 * @throws StoreError when a record is missing or damaged. SqliteError when the file cannot be read.
 */
export function* readBeside(
  directory: string,
  project: ProjectId,
  through: Position,
  onRead: (position: Position) => void,
  after: Position = 0,
): Generator<Decided> {
  const db = readTruth(join(directory, TRUTH));
  try {
    const page = pageReader(db, LARGE_PAGE);
    const mine = markOf(project);
    for (let last = after; last < through; ) {
      const records = page(last, Math.min(PAGE, through - last));
      if (records.length === 0 || records.at(-1)?.position !== last + records.length)
        throw new StoreError('store/corrupt', `a log record after ${last} is missing: restore a backup`);
      for (const record of records) {
        if (!record.body.includes(mine)) continue;
        const decided = decode(record);
        if (decided.entry.project === project) yield decided;
      }
      last += records.length;
      onRead(last);
    }
  } finally {
    db.close();
  }
}
