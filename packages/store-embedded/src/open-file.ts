import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { type Position, type ProjectId, type Rules, step } from '@selfsame/identity';
import { type Decided, Overlay, StoreError, unprocessable } from '@selfsame/store';
import Database, { type Statement } from 'better-sqlite3';
import { Checkpoint } from './checkpoint.ts';
import { CountTable } from './count-table.ts';
import { EvidenceTable } from './evidence-table.ts';
import { storeError } from './failure.ts';
import { decodeRun, type LogRecord } from './log-record.ts';
import { Meta } from './meta.ts';
import { NodeCache } from './node-cache.ts';
import { prepare } from './schema.ts';
import { Seen } from './seen.ts';
import { syncDirectory } from './synced-directory.ts';

/** A checkpoint is due when this many entries, or this many nodes, are ahead of the tables: it bounds a restart and a stall. */
const CHECKPOINT_ENTRIES = 200_000;
const CHECKPOINT_NODES = 50_000;

export interface OpenOptions {
  readonly rules: (project: ProjectId) => Rules;
  /** Told while the graph is folded again from the log (a restart's few entries, or all after a policy change). */
  readonly onReplay?: (done: Position, total: Position) => void;
  /** Fold the whole log again, whatever the tables hold. */
  readonly rebuild?: boolean;
  /** Runs every look into the graph's tables: the place to notice that the storage failed. */
  readonly reading: <T>(read: () => T) => T;
}

/** A connection, and everything in memory that is derived from the file. After a failure all of it is thrown away at once (G2). */
export class OpenFile {
  readonly db: Database.Database;
  readonly cache: NodeCache;
  readonly seen: Seen;
  readonly counts: CountTable;
  readonly meta: Meta;
  /** The last position of the log; the graph in memory reaches as far. */
  through: Position;
  /** How far the graph's tables reach. */
  checkpointed: Position;
  /** The last number given to a node. */
  numbers: number;
  readonly #rules: (project: ProjectId) => Rules;
  readonly #checkpoint: Checkpoint;
  readonly #begin: Statement;
  readonly #end: Statement;
  readonly #records: Statement<[number, number], LogRecord>;
  readonly #append: Statement<[number, number, string]>;
  #settled = false;
  /** When the last entry arrived, ms. */
  #latest = 0;

  /** @throws StoreError or SqliteError when the file cannot be opened, is of another version, or a replayed record is damaged. */
  constructor(file: string, { rules, onReplay, rebuild, reading }: OpenOptions) {
    this.db = new Database(file);
    try {
      prepare(this.db);
      // The write-ahead log may have been made by this very opening.
      syncDirectory(dirname(file));
      this.#rules = rules;
      this.meta = new Meta(this.db);
      const evidence = new EvidenceTable(this.db);
      this.cache = new NodeCache(this.db, evidence, reading);
      this.seen = new Seen(this.db);
      this.counts = new CountTable(this.db);
      this.#checkpoint = new Checkpoint(this.db, this.cache, evidence, this.meta, rules);
      this.#begin = this.db.prepare('BEGIN IMMEDIATE');
      this.#end = this.db.prepare('COMMIT');
      this.#records = this.db.prepare(
        'SELECT position, crc, body FROM log WHERE position > ? ORDER BY position LIMIT ?',
      );
      this.#append = this.db.prepare('INSERT INTO log VALUES (?, ?, ?)');
      const last = this.#last('position', 'log');
      if (rebuild === true || this.#foldedOtherwise()) this.#forgetGraph();
      this.numbers = this.#last('number', 'nodes');
      this.through = this.checkpointed = Number(this.meta.get('graph-through') ?? 0);
      if (this.checkpointed > last)
        throw new StoreError('store/corrupt', `log record ${last + 1} is missing: restore a backup`);
      if (this.meta.get('epoch') === undefined) this.meta.set('epoch', randomUUID());
      this.#replay(last, onReplay);
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** At most `limit` records after a position. */
  records(after: Position, limit: number): readonly LogRecord[] {
    return this.#records.all(after, limit);
  }

  /** Part of `commit`'s work. */
  append({ position, crc, body }: LogRecord): void {
    this.#append.run(position, crc, body);
  }

  /** One transaction, synced when this returns; `work` answers what to do in memory once it has committed. */
  commit(work: () => () => void): void {
    this.#settle();
    this.#begin.run();
    let after: () => void;
    try {
      after = work();
      this.#end.run();
    } catch (error) {
      if (this.db.inTransaction) this.db.exec('ROLLBACK');
      throw error;
    }
    after();
  }

  /** Takes committed overlays into the graph in memory. */
  take(overlays: ReadonlyMap<ProjectId, Overlay>, decided: readonly Decided[], lastNumber: number): void {
    for (const [project, overlay] of overlays) {
      const nodes = this.cache.project(project);
      for (const [key, claims] of overlay.kept) nodes.keep(key, claims);
      for (const [key, node] of overlay.changed) nodes.take(node, overlay.isNew(key));
    }
    this.through += decided.length;
    this.numbers = lastNumber;
    this.#latest = decided.at(-1)?.entry.at ?? this.#latest;
  }

  get checkpointIsDue(): boolean {
    return this.through - this.checkpointed >= CHECKPOINT_ENTRIES || this.#checkpoint.size >= CHECKPOINT_NODES;
  }

  /** Brings the graph's tables up to the log. */
  checkpoint(): void {
    if (this.through === this.checkpointed) return;
    const { through } = this;
    this.commit(() => {
      this.#checkpoint.write(through);
      this.seen.write(this.#latest);
      return () => {
        this.#checkpoint.done();
        this.seen.done();
        this.checkpointed = through;
      };
    });
  }

  /**
   * Before the first write all that the write-ahead log holds goes into the database and is synced there. A sync that
   * failed once may have lost pages that later syncs of the same file do not write again, so a later commit must not
   * build on them (G2).
   */
  #settle(): void {
    if (this.#settled) return;
    const [row] = this.db.pragma('wal_checkpoint(TRUNCATE)') as readonly { readonly busy: number }[];
    if (row?.busy !== 0)
      throw new StoreError('store/unavailable', 'another program reads selfsame.db: let it finish or close it');
    this.#settled = true;
  }

  #last(column: string, table: string): number {
    return this.db.prepare<[], { last: number | null }>(`SELECT max(${column}) AS last FROM ${table}`).get()?.last ?? 0;
  }

  /** Was the graph in the tables folded under another policy? */
  #foldedOtherwise(): boolean {
    return [...this.meta.withPrefix('policy:')].some(
      ([project, policy]) => policy !== JSON.stringify(this.#rules(project).policy),
    );
  }

  /** The links that another policy drew are read again from the log; a new epoch tells the columns to do the same. */
  #forgetGraph(): void {
    this.db.exec(`BEGIN; DELETE FROM nodes; DELETE FROM evidence; DELETE FROM search; DELETE FROM moved;
      DELETE FROM meta WHERE name LIKE 'policy:%' OR name IN ('graph-through', 'epoch'); COMMIT`);
  }

  /** Folds what the graph's tables do not hold yet: the entries past the last checkpoint, or all of them. */
  #replay(last: Position, onReplay: OpenOptions['onReplay']): void {
    while (this.through < last) {
      const overlays = new Map<ProjectId, Overlay>();
      let next = this.numbers;
      const page = decodeRun(this.records(this.through, 5000), this.through);
      for (const { entry, verdict } of page) {
        let overlay = overlays.get(entry.project);
        if (overlay === undefined)
          overlays.set(entry.project, (overlay = new Overlay(this.cache.project(entry.project), () => ++next)));
        if (verdict.rule !== unprocessable.rule) step(overlay, this.#rules(entry.project), entry);
        this.seen.noteAgain({ entry, verdict });
      }
      this.take(overlays, page, next);
      if (this.checkpointIsDue) this.#checkpointIfPossible();
      onReplay?.(this.through, last);
    }
  }

  /** The tables may stay behind while they cannot be written: reading goes on (G28). */
  #checkpointIfPossible(): void {
    try {
      this.checkpoint();
    } catch (error) {
      if (storeError(error).code === 'store/corrupt') throw error;
    }
  }
}
