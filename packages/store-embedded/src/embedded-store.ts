import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { type IdentifierKey, type Position, type ProjectId, type Rules, step } from '@selfsame/identity';
import {
  type Change,
  type ColumnFeed,
  type Counts,
  type Decided,
  eventRow,
  type Loaded,
  Overlay,
  ownershipChange,
  type Store,
  StoreError,
  unprocessable,
} from '@selfsame/store';
import Database from 'better-sqlite3';
import { Checkpoint } from './checkpoint.ts';
import { decode, encode, type LogRecord } from './log-record.ts';
import { NodeCache } from './node-cache.ts';
import { prepare } from './schema.ts';
import { Seen } from './seen.ts';

/** A checkpoint is due when this many entries, or this many nodes, are ahead of the tables: it bounds a restart and a stall. */
const CHECKPOINT_ENTRIES = 50_000;
const CHECKPOINT_NODES = 10_000;

export interface EmbeddedStoreOptions {
  /** Holds `selfsame.db` and its companions; made if missing. */
  readonly directory: string;
  readonly rules: (project: ProjectId) => Rules;
  /** Told while the graph is folded again from the log (a restart's few entries, or all after a policy change). */
  readonly onReplay?: (done: Position, total: Position) => void;
}

/**
 * The truth on one disk: the log, the insert ids and the counts in each commit, the graph at checkpoints.
 * @throws StoreError when the file cannot be opened, is of another version, or a replayed record is damaged.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<Store> {
  const { directory, rules } = options;
  mkdirSync(directory, { recursive: true });
  const file = join(directory, 'selfsame.db');
  let open = openFile(file, options);
  syncDirectory(directory);
  let broken = false;
  let closed = false;

  interface EmbeddedLoaded extends Loaded {
    readonly overlays: ReadonlyMap<ProjectId, Overlay>;
    readonly through: Position;
    readonly numbers: () => number;
  }

  /** After a failed write nothing in memory or on the connection is trusted: everything is read again from the file (G2). */
  function healthy(): OpenFile {
    if (closed) throw new StoreError('store/closed', 'the store is closed');
    if (!broken) return open;
    try {
      open.db.close();
    } catch {
      // A connection that cannot even close is left to the garbage collector.
    }
    open = openFile(file, options);
    broken = false;
    return open;
  }

  function guarded<T>(work: (open: OpenFile) => T): T {
    try {
      return work(healthy());
    } catch (error) {
      if (error instanceof StoreError && error.code === 'store/closed') throw error;
      broken = true;
      if (error instanceof StoreError) throw error;
      const full = error instanceof Database.SqliteError && error.code === 'SQLITE_FULL';
      throw new StoreError(
        full ? 'store/full' : 'store/unavailable',
        full ? 'the disk is full' : 'the database failed',
        { cause: error },
      );
    }
  }

  const flush = () =>
    guarded((now) => {
      if (now.checkpoint.size > 0) now.commit(() => undefined, true);
    });

  const feed: ColumnFeed = {
    async head() {
      flush();
      return guarded(({ db, through }) => ({
        epoch: String(db.prepare<[], { value: string }>("SELECT value FROM meta WHERE name = 'epoch'").get()?.value),
        position: through(),
        change: db.prepare<[], { change: number | null }>('SELECT max(change) AS change FROM moved').get()?.change ?? 0,
      }));
    },
    async events(after, limit) {
      return guarded(({ db, cache }) => {
        const records = db
          .prepare<[number, number], LogRecord>(
            'SELECT position, crc, body FROM log WHERE position > ? ORDER BY position LIMIT ?',
          )
          .all(after, limit);
        const rows = records
          .map((record) => eventRow(decode(record), (project, key) => cache.project(project).node(key)?.number))
          .filter((row) => row !== undefined);
        return { rows, through: records.at(-1)?.position ?? after };
      });
    },
    async ownership(after, limit) {
      return guarded(({ db, cache }) =>
        db
          .prepare<[number, number], { change: number; number: number }>(
            'SELECT change, number FROM moved WHERE change > ? ORDER BY change LIMIT ?',
          )
          .all(after, limit)
          .flatMap(({ change, number }) => {
            const found = cache.byNumber(number);
            return found === undefined
              ? []
              : [
                  ownershipChange(
                    cache.project(found.project),
                    rules(found.project).policy,
                    found.project,
                    found.node,
                    change,
                  ),
                ];
          }),
      );
    },
  };

  return {
    feed,
    async load(reach): Promise<EmbeddedLoaded> {
      return guarded(({ cache, seen, through, numbers }) => {
        const overlays = new Map<ProjectId, Overlay>();
        let next = numbers();
        const number = () => ++next;
        const repeats = new Map<string, Position>();
        for (const key of reach.repeats) {
          const position = seen.find(key);
          if (position !== undefined) repeats.set(key, position);
        }
        return {
          overlays,
          repeats,
          through: through(),
          next: through() + 1,
          numbers: () => next,
          draft(project) {
            let overlay = overlays.get(project);
            if (overlay === undefined) overlays.set(project, (overlay = new Overlay(cache.project(project), number)));
            return overlay;
          },
        };
      });
    },
    async commit(change: Change) {
      const loaded = change.loaded as EmbeddedLoaded;
      return guarded((now) => {
        if (loaded.through !== now.through()) return 'stale';
        now.commit(() => {
          for (const one of change.decided) {
            const { position, crc, body } = encode(one);
            now.append.run(position, crc, body);
          }
          now.seen.add(change.repeats, change.decided.at(-1)?.entry.at ?? 0);
          for (const c of change.counts)
            now.count.run(c.project ?? '', c.wire, c.applied, c.duplicate, c.rejected, c.quarantined, c.suppressed);
          return () => now.take(loaded.overlays, change.decided.length, loaded.numbers());
        });
        return 'committed';
      });
    },
    async *read(after = 0) {
      // By pages, so that no read transaction stays open while the reader is slow.
      for (let from = after; ; ) {
        const page: readonly Decided[] = guarded(({ db }) =>
          db
            .prepare<[number], LogRecord>(
              'SELECT position, crc, body FROM log WHERE position > ? ORDER BY position LIMIT 1000',
            )
            .all(from)
            .map(decode),
        );
        yield* page;
        const last = page.at(-1);
        if (last === undefined) return;
        from = last.entry.position;
      }
    },
    graph: (project) => guarded(({ cache }) => cache.project(project)),
    async search(project, text, limit) {
      flush();
      return guarded(({ db }) => {
        const wanted = text.toLowerCase();
        return db
          .prepare<[string, string, string, number], { key: IdentifierKey }>(
            'SELECT DISTINCT nodes.key FROM search JOIN nodes ON nodes.number = search.number WHERE search.project = ? AND search.text >= ? AND search.text < ? LIMIT ?',
          )
          .all(project, wanted, `${wanted}\u{10ffff}`, limit)
          .map((row) => row.key);
      });
    },
    async counts() {
      return guarded(({ db }) =>
        db
          .prepare<[], Counts>('SELECT * FROM counts')
          .all()
          .map((row) => ({ ...row, project: row.project === '' ? null : row.project })),
      );
    },
    async close() {
      if (closed) return;
      flush();
      closed = true;
      open.db.close();
    },
  };
}

type OpenFile = ReturnType<typeof openFile>;

/** A connection with everything that is derived from the file and held in memory. */
function openFile(file: string, { rules, onReplay }: EmbeddedStoreOptions) {
  const db = new Database(file);
  prepare(db);
  const cache = new NodeCache(db);
  const seen = new Seen(db);
  const checkpoint = new Checkpoint(db, cache, rules);
  let through = db.prepare<[], { last: number | null }>('SELECT max(position) AS last FROM log').get()?.last ?? 0;
  let numbers = db.prepare<[], { last: number | null }>('SELECT max(number) AS last FROM nodes').get()?.last ?? 0;
  let ahead = 0;

  const begin = db.prepare('BEGIN IMMEDIATE');
  const end = db.prepare('COMMIT');

  /** One transaction; `work` answers what to do in memory once it has committed. */
  function commit(work: () => (() => void) | undefined, withCheckpoint = false): void {
    begin.run();
    try {
      const after = work();
      end.run();
      after?.();
    } catch (error) {
      if (db.inTransaction) db.exec('ROLLBACK');
      throw error;
    }
    if (withCheckpoint || ahead >= CHECKPOINT_ENTRIES || checkpoint.size >= CHECKPOINT_NODES) {
      db.transaction(() => checkpoint.write(through)).immediate();
      checkpoint.done();
      ahead = 0;
    }
  }

  function take(overlays: ReadonlyMap<ProjectId, Overlay>, entries: number, lastNumber: number): void {
    for (const [project, overlay] of overlays) {
      const nodes = cache.project(project);
      for (const [key, claims] of overlay.kept) nodes.keep(key, claims);
      for (const [key, node] of overlay.changed) nodes.take(node, overlay.isNew(key));
    }
    through += entries;
    ahead += entries;
    numbers = lastNumber;
  }

  replay();

  /** Folds what the graph's tables do not hold yet: the entries past the last checkpoint, or all of them after a policy change. */
  function replay(): void {
    const meta = db.prepare<[string], { value: string | number }>('SELECT value FROM meta WHERE name = ?');
    const folded = db
      .prepare<[], { name: string; value: string }>("SELECT name, value FROM meta WHERE name LIKE 'policy:%'")
      .all();
    const same = folded.every((row) => row.value === JSON.stringify(rules(row.name.slice('policy:'.length)).policy));
    if (!same) {
      // The links that another policy drew are read again from the log; a new epoch tells the columns to do the same.
      db.exec(`BEGIN; DELETE FROM nodes; DELETE FROM evidence; DELETE FROM search; DELETE FROM moved;
        DELETE FROM meta WHERE name LIKE 'policy:%' OR name IN ('graph-through', 'epoch'); COMMIT`);
      numbers = 0;
    }
    db.prepare('INSERT OR IGNORE INTO meta VALUES (?, ?)').run('epoch', randomUUID());
    const last = through;
    through = same ? Number(meta.get('graph-through')?.value ?? 0) : 0;
    const records = db.prepare<[number], LogRecord>(
      'SELECT position, crc, body FROM log WHERE position > ? ORDER BY position LIMIT 5000',
    );
    while (through < last) {
      const overlays = new Map<ProjectId, Overlay>();
      let next = numbers;
      const page = records.all(through);
      for (const record of page) {
        const { entry, verdict } = decode(record);
        let overlay = overlays.get(entry.project);
        if (overlay === undefined)
          overlays.set(entry.project, (overlay = new Overlay(cache.project(entry.project), () => ++next)));
        if (verdict.rule !== unprocessable.rule) step(overlay, rules(entry.project), entry);
      }
      if (page.length === 0) break;
      commit(() => () => take(overlays, page.length, next));
      onReplay?.(through, last);
    }
  }

  return {
    db,
    cache,
    seen,
    checkpoint,
    commit,
    take,
    through: () => through,
    numbers: () => numbers,
    append: db.prepare('INSERT INTO log VALUES (?, ?, ?)'),
    count: db.prepare(
      `INSERT INTO counts VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project, wire) DO UPDATE SET applied = applied + excluded.applied,
       duplicate = duplicate + excluded.duplicate, rejected = rejected + excluded.rejected, quarantined = quarantined + excluded.quarantined, suppressed = suppressed + excluded.suppressed`,
    ),
  };
}

/** A file that was just made is only there for good once its directory is synced. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
