import { join } from 'node:path';
import type { Position, ProjectId } from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { openTruth } from '../disk/schema.ts';
import { CountTable } from './count-table.ts';
import { LastPositions } from './last-positions.ts';
import { LARGE_PAGE, pageReader, SMALL_PAGE } from './log-pages.ts';
import { decode, type LogRecord, recordReader } from './log-record.ts';
import { type LogCommit, LogWriter } from './log-writer.ts';

/** The file of the log and the counts, in its directory. */
export const TRUTH = 'selfsame.db';

/** The log and the counts: a connection that reads, the thread that commits, and what of that is not on stable storage yet. */
export class Truth {
  readonly db: Database;
  readonly counts: CountTable;
  readonly #page: ReturnType<typeof pageReader>;
  readonly #largePage: ReturnType<typeof pageReader>;
  readonly #find: (position: Position) => Decided | undefined;
  readonly #last: Statement<[], { last: number | null }>;
  readonly #lasts: LastPositions;
  readonly #log: LogWriter;
  /** What is not on stable storage yet, the oldest first. A list anew for each: see decision 41. */
  #underWay: readonly LogCommit[] = [];

  /** @throws StoreError or SqliteError when the file cannot be opened, is of another version, or its counts are damaged. */
  constructor(directory: string) {
    const file = join(directory, TRUTH);
    this.db = openTruth(file);
    this.#log = new LogWriter(file);
    try {
      this.#page = pageReader(this.db, SMALL_PAGE);
      this.#largePage = pageReader(this.db, LARGE_PAGE);
      this.#find = recordReader(this.db);
      this.#last = this.db.prepare('SELECT max(position) AS last FROM log');
      this.#lasts = new LastPositions(this.db);
      this.counts = new CountTable(this.db);
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** The last position on stable storage, of all projects; 0 where there is none. */
  get last(): Position {
    return this.#last.get()?.last ?? 0;
  }

  /** Some records after a position, at most `limit`, of those on stable storage; none where the log ends. */
  records(after: Position, limit: number): readonly LogRecord[] {
    return this.#page(after, limit);
  }

  /** The same for a reader that holds the event loop and is alone: more at a time. */
  manyRecords(after: Position, limit: number): readonly LogRecord[] {
    return this.#largePage(after, limit);
  }

  /** One entry of the log; undefined where there is none. @throws StoreError 'store/corrupt' when it is damaged. */
  record(position: Position): Decided | undefined {
    const underWay = this.#recordUnderWay(position);
    return underWay === undefined ? this.#find(position) : decode(underWay);
  }

  /** The last position of a project up to `through`, those under way included; 0 where there is none. */
  async lastOf(project: ProjectId, through: Position): Promise<Position> {
    return this.#lasts.of(project, through);
  }

  /** The same, where it is known without looking into the log. */
  knownLastOf(project: ProjectId): Position | undefined {
    return this.#lasts.known(project);
  }

  /** These are the last ones so far. */
  note(decided: readonly Decided[]): void {
    this.#lasts.note(decided);
  }

  /** Is something committed that is not on stable storage yet? */
  get isUnderWay(): boolean {
    return this.#underWay.length > 0;
  }

  /**
   * One transaction of the log, on stable storage when the promise resolves. What follows may be decided before: it is
   * given up where this fails. @throws SqliteError or StoreError, and then the file is to be opened anew (G2).
   */
  async commit(commit: LogCommit): Promise<void> {
    this.#underWay = [...this.#underWay, commit];
    await this.#log.commit(commit);
    this.#underWay = this.#underWay.filter((one) => one !== commit);
  }

  #recordUnderWay(position: Position): LogRecord | undefined {
    for (const { records } of this.#underWay) {
      // They follow one another.
      const record = records[position - (records[0]?.position ?? position)];
      if (record !== undefined) return record;
    }
    return undefined;
  }

  /** Resolves when all that was committed so far is on stable storage. @throws as `commit`. */
  settled(): Promise<void> {
    return this.#log.settled();
  }

  /** From now on no other thread changes the file; what is not committed there is given up. */
  abandon(): void {
    this.#log.abandon();
  }

  /** Lets the thread go once it has done what is under way. */
  async stopWriter(): Promise<void> {
    await this.#log.stop();
  }

  /** Lets go of the file at once. */
  close(): void {
    this.abandon();
    this.db.close();
  }
}
