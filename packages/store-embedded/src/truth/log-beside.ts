import { join } from 'node:path';
import { type Position, type ProjectId, undoIn } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import { readTruth } from '../disk/schema.ts';
import { lastBetween } from './last-positions.ts';
import { pageReader, SMALL_PAGE } from './log-pages.ts';
import { checkedRun, decode, isOf, type LogRecord, recordReader } from './log-record.ts';
import { TRUTH } from './truth.ts';

/** Records of one short read: the server's own write-ahead log waits no longer than that takes. */
const PAGE = 100;

/**
 * The log of a data directory, followed from another process beside the server that writes it. What the server has
 * acknowledged is there. Every method throws StoreError 'store/corrupt' at a record that is missing or damaged.
 */
export interface LogBeside {
  /** The last position of the log, of whichever project. */
  grown(): Position;
  /** The last position of a project; 0 where there is none. The first time costs a read of the log. */
  head(project: ProjectId): Position;
  /**
   * A project's entries after a position, oldest first, a little further than `through` at most: what was the project's
   * last when it began, unless the caller knows how far the log is.
   */
  read(project: ProjectId, after: Position, through?: Position): AsyncIterable<Decided>;
  at(project: ProjectId, position: Position): Decided | undefined;
  /** The entries of a project that took something back or put it back, oldest first. */
  undos(project: ProjectId): readonly Decided[];
  close(): void;
}

/** Opens it to be read alone. @throws StoreError or SqliteError when there is no store, or one of another version. */
export function openLogBeside(directory: string): LogBeside {
  const db = readTruth(join(directory, TRUTH));
  const last = db.prepare<[], { last: number | null }>('SELECT max(position) AS last FROM log');
  const page = pageReader(db, SMALL_PAGE);
  const undos = db.prepare<[], LogRecord>(
    `SELECT position, crc, body FROM log
     WHERE instr(body, '"type":"Retract"') OR instr(body, '"type":"Restore"') ORDER BY position`,
  );
  const record = recordReader(db);
  const find = lastBetween(db);
  const heads = new Map<ProjectId, { readonly last: Position; readonly through: Position }>();
  const grown = () => last.get()?.last ?? 0;

  function head(project: ProjectId): Position {
    const known = heads.get(project) ?? { last: 0, through: 0 };
    const through = grown();
    if (through === known.through) return known.last;
    const now = find(project, known.through, through) ?? known.last;
    heads.set(project, { last: now, through });
    return now;
  }

  return {
    grown,
    head,
    async *read(project, after, through = head(project)) {
      const mine = isOf(project);
      for (let from = after; from < through; ) {
        const records = checkedRun(page(from, PAGE), from);
        for (const one of records) {
          const decided = mine(one);
          if (decided !== undefined) yield decided;
        }
        if (records.length === 0) return;
        from += records.length;
      }
    },
    at(project, position) {
      const decided = position < 1 ? undefined : record(position);
      return decided?.entry.project === project ? decided : undefined;
    },
    undos: (project) =>
      undos
        .all()
        .map(decode)
        .filter((one) => one.entry.project === project && undoIn(one) !== undefined),
    close: () => void db.close(),
  };
}
