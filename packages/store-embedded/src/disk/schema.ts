import { existsSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { StoreError } from '@selfsame/store';
import Database from 'better-sqlite3';
import { configure, configureTruth, isSettled } from './connection.js';

/**
 * The tables of a file. The version is raised when they change: a truth of another is refused with words instead of
 * guessed at, a graph of an older one is folded again.
 */
interface Tables {
  readonly version: number;
  readonly sql: string;
}

/** `selfsame.db`: what we were told, and what cannot be had from it again. */
const truth: Tables = {
  version: 2,
  sql: `
  CREATE TABLE log (position INTEGER PRIMARY KEY, crc INTEGER NOT NULL, body TEXT NOT NULL);
  CREATE TABLE counts (project TEXT, wire TEXT, applied INTEGER, duplicate INTEGER, rejected INTEGER, quarantined INTEGER, suppressed INTEGER, crc INTEGER NOT NULL, PRIMARY KEY (project, wire)) WITHOUT ROWID;
`,
};

/** `graph.db`: the fold of the log, in a file of its own so that it is written while commits go on. */
const graph: Tables = {
  // No flipped bit makes an older one of it.
  version: 9,
  sql: `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE nodes (number INTEGER PRIMARY KEY, project TEXT NOT NULL, key TEXT NOT NULL, person TEXT NOT NULL, body TEXT NOT NULL, crc INTEGER NOT NULL);
  CREATE TABLE names (hash INTEGER, number INTEGER, PRIMARY KEY (hash, number)) WITHOUT ROWID;
  CREATE TABLE evidence (number INTEGER, sort TEXT, through INTEGER, part INTEGER, first TEXT NOT NULL, body TEXT NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (number, sort, through, part));
  CREATE TABLE moved (project TEXT NOT NULL, change INTEGER NOT NULL, number INTEGER NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (project, change)) WITHOUT ROWID;
  CREATE TABLE search (project TEXT, text TEXT, number INTEGER, PRIMARY KEY (project, text, number)) WITHOUT ROWID;
  CREATE TABLE generations (generation INTEGER PRIMARY KEY, started INTEGER NOT NULL, keys INTEGER NOT NULL);
  CREATE TABLE filters (generation INTEGER, part INTEGER, bits BLOB NOT NULL, crc INTEGER NOT NULL, PRIMARY KEY (generation, part));
`,
};

/** @throws StoreError or SqliteError as `openTables`. */
export function openTruth(file: string): Database.Database {
  const db = openTables(file, truth);
  configureTruth(db);
  return db;
}

/** One whose tables are of an older version is empty again. @throws StoreError or SqliteError as `openTables`. */
export function openGraph(file: string): Database.Database {
  try {
    return openTables(file, graph);
  } catch (error) {
    // Not looked at before: each who opens a file writes the index of its log.
    if (!isOfOlderGraph(file)) throw error;
    removeFile(file);
    return openTables(file, graph);
  }
}

/** Was a graph's file, if there is one, made by an older version of this program? It is folded again when it is opened. */
export function isOfOlderGraph(file: string): boolean {
  if (!existsSync(file)) return false;
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const version = db.pragma('user_version', { simple: true }) as number;
    return version > 0 && version < graph.version;
  } catch {
    // What else is wrong with it is told by whoever opens it.
    return false;
  } finally {
    db.close();
  }
}

/** Removes a file of SQLite's with its companions. */
export function removeFile(file: string): void {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

/**
 * A connection, ready: write-ahead log, and a sync at every commit.
 * The driver falls back to `synchronous=NORMAL` when it reopens such a file, so FULL is set and then asserted (G1).
 * @throws StoreError when the file is of another version or the settings do not hold.
 */
function openTables(file: string, tables: Tables): Database.Database {
  const db = new Database(file);
  try {
    prepare(db, tables);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function prepare(db: Database.Database, tables: Tables): void {
  configure(db);
  if (db.pragma('synchronous', { simple: true }) !== 2 || db.pragma('journal_mode', { simple: true }) !== 'wal')
    throw new StoreError(
      'store/unavailable',
      'SQLite does not sync every commit on this file system: move the data directory to a local disk',
    );
  if (versionOf(db, tables) === tables.version) {
    assertTables(db, tables);
    return;
  }
  db.transaction(() => {
    db.exec(tables.sql);
    db.pragma(`user_version = ${tables.version}`);
  })();
}

/**
 * The log and the counts, to be read beside a server that writes them.
 * @throws StoreError when there is no such file, or it is not a store of this version as it was made.
 */
export function readTruth(file: string): Database.Database {
  if (!existsSync(file))
    throw new StoreError(
      'store/unavailable',
      `There is no ${basename(file)} in ${dirname(file)} yet: start the server on it first.`,
    );
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    if (versionOf(db, truth) === 0) throw new StoreError('store/corrupt', `${basename(file)} is not a store`);
    assertTables(db, truth);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** 0 for a new file. @throws StoreError when it is another version than ours. */
function versionOf(db: Database.Database, tables: Tables): number {
  const version = db.pragma('user_version', { simple: true }) as number;
  if (version !== 0 && version !== tables.version)
    throw new StoreError(
      'store/unavailable',
      `the store is of version ${version}, this program reads version ${tables.version}`,
    );
  return version;
}

/** The insert ids of one generation (`seen.ts`). */
export const seenTable = (generation: number): string =>
  `CREATE TABLE seen_${generation} (hash INTEGER, position INTEGER, PRIMARY KEY (hash, position)) WITHOUT ROWID`;

/**
 * A flipped bit in the text of a table's definition changes what it means and breaks no page (G3).
 * @throws StoreError when a table or an index is not as it was made.
 */
function assertTables(db: Database.Database, tables: Tables): void {
  const rows = db
    .prepare<[], { name: string; sql: string }>('SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL')
    .all();
  const wanted = new Set(tables.sql.split(';').map((one) => one.trim()));
  wanted.delete('');
  for (const { name, sql } of rows)
    if (!wanted.delete(sql) && seenTable(Number(/^seen_(\d+)$/.exec(name)?.[1])) !== sql) wanted.add(name);
  if (wanted.size > 0)
    throw new StoreError('store/corrupt', `the tables of ${basename(db.name)} are not as they were made`);
}

/** As `isSettled`. @throws StoreError when another connection reads meanwhile. */
export function settle(db: Database.Database): void {
  if (!isSettled(db))
    throw new StoreError('store/unavailable', `another program reads ${db.name}: let it finish or close it`);
}
