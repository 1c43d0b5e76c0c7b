import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { type Counts, StoreError } from '@selfsame/store';
import type { Database } from 'better-sqlite3';
import { openTruth, readTruth } from '../disk/schema.ts';
import { findLostCommits } from '../disk/wal.ts';
import { addCountsTo, CountTable } from '../truth/count-table.ts';
import { LARGE_PAGE, pageReader } from '../truth/log-pages.ts';
import { decodeRun, type LogRecord } from '../truth/log-record.ts';

/** Log records of one short read: a server's checkpoints wait no longer than that takes. */
const PAGE = 2_000;

/**
 * Copies the log and the counts of a store, which may be at work, into a new file. What was in the log when this was
 * called is in the copy, and each record was compared with its checksum on the way (G3).
 *
 * The log only grows, so it is read in short pieces: one long read would keep the server from emptying its write-ahead
 * log. What has come meanwhile, and the counts, are then read at one moment, so that they agree.
 * @returns the last position of the copy.
 * @throws StoreError when the log is damaged. SqliteError when a file cannot be read or written.
 */
export async function copyTruth(
  from: string,
  to: string,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  await refuseLostCommits(`${from}-wal`);
  const source = readTruth(from);
  const copy = openTruth(to);
  try {
    // Nobody is promised anything of this file before it is synced as a whole.
    copy.pragma('synchronous = OFF');
    const log = new LogCopy(source, copy);
    const head = log.head();
    while (log.last < head) {
      log.next();
      onProgress(log.last, head);
      await nextTurn();
    }
    source.transaction(() => {
      while (log.next());
      const counts = new CountTable(source).list();
      copy.transaction((all: readonly Counts[]) => addCountsTo(copy, all))(counts);
    })();
    copy.pragma('wal_checkpoint(TRUNCATE)');
    return log.last;
  } finally {
    copy.close();
    source.close();
  }
}

class LogCopy {
  /** The last position that was copied. */
  last = 0;
  readonly #source: Database;
  readonly #page: ReturnType<typeof pageReader>;
  readonly #take: (page: readonly LogRecord[]) => void;

  constructor(source: Database, copy: Database) {
    this.#source = source;
    this.#page = pageReader(source, LARGE_PAGE);
    const append = copy.prepare<[number, number, string]>('INSERT INTO log VALUES (?, ?, ?)');
    this.#take = copy.transaction((page: readonly LogRecord[]) => {
      for (const { position, crc, body } of page) append.run(position, crc, body);
    });
  }

  head(): number {
    return this.#source.prepare<[], { last: number | null }>('SELECT max(position) AS last FROM log').get()?.last ?? 0;
  }

  /** Copies the next page; false when there is none. @throws StoreError when a record is missing or damaged. */
  next(): boolean {
    const page = this.#page(this.last, PAGE);
    this.last += decodeRun(page, this.last).length;
    this.#take(page);
    return page.length > 0;
  }
}

/** SQLite would leave them out of the copy without a word. Read anew, for a server may have been writing the file. */
async function refuseLostCommits(wal: string): Promise<void> {
  let lost: string | undefined;
  for (let look = 0; look < 3; look++) {
    [lost] = findLostCommits(wal);
    if (lost === undefined) return;
    await sleep(50);
  }
  throw new StoreError('store/corrupt', `${lost}; run \`selfsame doctor\` on this directory`);
}
