import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '@selfsame/identity';
import { type Counts, type Decided, repeatKey, StoreError, searchTexts } from '@selfsame/store';
import Database from 'better-sqlite3';
import { storeError } from './disk/failure.ts';
import { isOfOlderGraph } from './disk/schema.ts';
import { findLostCommits } from './disk/wal.ts';
import { decodeEvidence, type EvidenceRow } from './graph/evidence-table.ts';
import { Meta } from './graph/meta.ts';
import { isWhole, type MovedRow } from './graph/moved-table.ts';
import { hashesOf } from './graph/name-table.ts';
import { decodeNode, type NodeRow } from './graph/node-row.ts';
import { GRAPH } from './open-files.ts';
import { Seen } from './seen/seen.ts';
import { CountTable } from './truth/count-table.ts';
import { LARGE_PAGE, pageReader } from './truth/log-pages.ts';
import { decode, recordReader } from './truth/log-record.ts';
import { TRUTH } from './truth/truth.ts';

/** Something in the store that is not as it was written. */
export interface Damage {
  /** `log`, `counts` and `file` are the truth; `graph` and `dedupe` can be made from the log again. */
  readonly part: 'file' | 'log' | 'graph' | 'dedupe' | 'counts';
  /** One sentence that names the position, row or page; holds no content (S40). */
  readonly what: string;
  readonly mend: 'restore a backup' | 'rebuild the graph from the log';
}

export interface CheckReport {
  /** Log records that were read and match their checksums. */
  readonly records: number;
  readonly nodes: number;
  /** How many items met which fate, by project and wire. */
  readonly counts: readonly Counts[];
  /** At most a hundred of a part are listed. */
  readonly damages: readonly Damage[];
}

/** More of one part would say the same a thousand times. */
const LISTED = 100;

/**
 * Reads a whole store and compares everything in it with its checksums, and its parts with each other (G3). Changes
 * nothing; a server may be at work meanwhile, for it reads one moment's state.
 * `onProgress` is called with log records read and to read.
 * @throws StoreError when there is no store in this directory.
 */
export async function checkStore(
  directory: string,
  onProgress?: (done: number, total: number) => void,
): Promise<CheckReport> {
  const file = join(directory, TRUTH);
  if (!existsSync(file)) throw new StoreError('store/unavailable', `there is no ${TRUTH} in ${directory}`);
  const found = new Findings();
  for (const what of findLostCommits(`${file}-wal`)) found.add('file', what);
  // The graph's moment is the earlier one, so that the log it was made from is there.
  // One of an older version is folded again at the next start.
  const isOlder = isOfOlderGraph(join(directory, GRAPH));
  const graph = isOlder ? undefined : found.try('graph', () => openAtOneMoment(join(directory, GRAPH), 'meta'));
  for (const what of findLostCommits(join(directory, `${GRAPH}-wal`))) found.add('graph', what);
  const db = found.try('file', () => openAtOneMoment(file, 'log'));
  try {
    if (db !== undefined) await checkTables(db, graph, found, onProgress ?? (() => {}));
  } catch (error) {
    found.add('file', storeError(error).message);
  } finally {
    graph?.close();
    db?.close();
  }
  return { records: found.records, nodes: found.nodes, counts: found.counts, damages: found.damages };
}

/** Reads what a file holds now, whatever is written to it meanwhile. */
function openAtOneMoment(file: string, table: string): Database.Database {
  const db = new Database(file, { readonly: true });
  db.exec(`BEGIN; SELECT 1 FROM ${table} LIMIT 1`);
  return db;
}

const derived: ReadonlySet<Damage['part']> = new Set(['graph', 'dedupe']);

class Findings {
  readonly damages: Damage[] = [];
  records = 0;
  nodes = 0;
  counts: readonly Counts[] = [];

  add(part: Damage['part'], what: string): void {
    if (this.damages.filter((one) => one.part === part).length >= LISTED) return;
    this.damages.push({ part, what, mend: derived.has(part) ? 'rebuild the graph from the log' : 'restore a backup' });
  }

  /** Runs one check; what it throws is a finding. */
  try<T>(part: Damage['part'], check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      this.add(part, storeError(error).message);
      return undefined;
    }
  }
}

async function checkTables(
  db: Database.Database,
  graph: Database.Database | undefined,
  found: Findings,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  checkFile(db, 'file', found);
  found.counts = found.try('counts', () => new CountTable(db).list()) ?? [];
  const meta = graph && found.try('graph', () => new Meta(graph));
  const through = Number(found.try('graph', () => meta?.get('graph-through')) ?? 0);
  const seen = graph && found.try('dedupe', () => new Seen(graph, recordReader(db)));
  const last = await checkLog(db, found, seen && { seen, through }, onProgress);
  if (graph === undefined) return;
  found.try('graph', () => checkFile(graph, 'graph', found));
  found.try('graph', () => meta?.withPrefix(''));
  if (through > last) found.add('log', `log record ${last + 1} is missing`);
  found.try('graph', () => checkGraph(graph, found));
}

function checkFile(db: Database.Database, part: Damage['part'], found: Findings): void {
  for (const row of db.pragma('integrity_check(100)') as readonly { readonly integrity_check: string }[])
    if (row.integrity_check !== 'ok') found.add(part, `SQLite: ${row.integrity_check}`);
}

/** Every record matches its sum, none is missing, and every insert id that is still remembered leads to its record. */
async function checkLog(
  db: Database.Database,
  found: Findings,
  remembering: { readonly seen: Seen; readonly through: Position } | undefined,
  onProgress: (done: number, total: number) => void,
): Promise<number> {
  const total = db.prepare<[], { last: number | null }>('SELECT max(position) AS last FROM log').get()?.last ?? 0;
  const page = pageReader(db, LARGE_PAGE);
  const remembered = found.try('dedupe', () => remembering?.seen.from) ?? Number.POSITIVE_INFINITY;
  let last = 0;
  for (;;) {
    const records = page(last, 1_000);
    if (records.length === 0) return last;
    for (const record of records) {
      if (record.position !== last + 1)
        found.add('log', `log records ${last + 1} to ${record.position - 1} are missing`);
      last = record.position;
      const decided = found.try('log', () => decode(record));
      if (decided === undefined) continue;
      found.records += 1;
      if (remembering !== undefined && record.position >= remembered && record.position <= remembering.through)
        found.try('dedupe', () => checkRepeat(decided, remembering.seen));
    }
    onProgress(last, total);
    // Others in this process get their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function checkRepeat({ entry }: Decided, seen: Seen): void {
  const key = repeatKey(entry);
  if (key === undefined || (entry.repeats !== undefined && entry.repeat?.keep !== 'latest')) return;
  if ((seen.find(key) ?? 0) < entry.position)
    throw new StoreError('store/corrupt', `the insert id of log record ${entry.position} is not remembered`);
}

/** Every node and every claim kept for one matches its sum, is found by a search, and was told to the columns. */
function checkGraph(db: Database.Database, found: Findings): void {
  const searched = db.prepare<[string, string, number], object>(
    'SELECT 1 FROM search WHERE project = ? AND text = ? AND number = ?',
  );
  const named = db.prepare<[number, number], object>('SELECT 1 FROM names WHERE hash = ? AND number = ?');
  const told = db.prepare<[], MovedRow>('SELECT * FROM moved');
  const moved = new Set<number>();
  for (const row of told.iterate()) {
    if (isWhole(row)) moved.add(row.number);
    else found.add('graph', `change ${row.change} does not match its checksum`);
  }
  for (const row of db.prepare<[], NodeRow>('SELECT * FROM nodes').iterate()) {
    const node = found.try('graph', () => decodeNode(row));
    if (node === undefined) continue;
    found.nodes += 1;
    if (!hashesOf(row).every((hash) => named.get(hash, row.number) !== undefined))
      found.add('graph', `node ${node.number} is not found by its name`);
    if (!moved.has(node.number)) found.add('graph', `node ${node.number} was never told to the columns`);
    if (!searchTexts(node).every((text) => searched.get(row.project, text, node.number) !== undefined))
      found.add('graph', `node ${node.number} is not found by a search`);
  }
  for (const row of db.prepare<[], EvidenceRow>('SELECT * FROM evidence').iterate())
    found.try('graph', () => decodeEvidence(row));
}
