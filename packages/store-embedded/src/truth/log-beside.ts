import { join } from 'node:path';
import { type Position, type ProjectId, undoIn } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import { readTruth } from '../disk/schema.ts';
import { TRUTH } from '../open-files.ts';
import { decode, decodeRun, type LogRecord, recordReader } from './log-record.ts';

/** Records of one short read: the server's own write-ahead log waits no longer than that takes. */
const PAGE = 100;

/**
 * The log of a data directory, followed from another process beside the server that writes it. What the server has
 * acknowledged is there. Every method throws StoreError 'store/corrupt' at a record that is missing or damaged.
 */
export interface LogBeside {
  /** The last position. */
  head(): Position;
  /** Everything after a position, oldest first. */
  read(after: Position): AsyncIterable<Decided>;
  at(position: Position): Decided | undefined;
  /** The entries of a project that took something back or put it back, oldest first. */
  undos(project: ProjectId): readonly Decided[];
  close(): void;
}

/** Opens it to be read alone. @throws StoreError or SqliteError when there is no store, or one of another version. */
export function openLogBeside(directory: string): LogBeside {
  const db = readTruth(join(directory, TRUTH));
  const last = db.prepare<[], { last: number | null }>('SELECT max(position) AS last FROM log');
  const page = db.prepare<[number, number], LogRecord>(
    'SELECT position, crc, body FROM log WHERE position > ? ORDER BY position LIMIT ?',
  );
  const undos = db.prepare<[], LogRecord>(
    `SELECT position, crc, body FROM log
     WHERE instr(body, '"type":"Retract"') OR instr(body, '"type":"Restore"') ORDER BY position`,
  );
  const record = recordReader(db);
  return {
    head: () => last.get()?.last ?? 0,
    async *read(after) {
      for (let from = after; ; ) {
        const records = decodeRun(page.all(from, PAGE), from);
        yield* records;
        if (records.length === 0) return;
        from += records.length;
      }
    },
    at: (position) => (position < 1 ? undefined : record(position)),
    undos: (project) =>
      undos
        .all()
        .map(decode)
        .filter((one) => one.entry.project === project && undoIn(one) !== undefined),
    close: () => void db.close(),
  };
}
