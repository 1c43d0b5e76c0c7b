import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  foldedUnder,
  foldWithout,
  Overlay,
  type Position,
  type ProjectId,
  putFolded,
  type Rules,
  replay,
  type Undo,
  undoIn,
} from '@selfsame/identity';
import { type Decided, StoreError, touchedIn } from '@selfsame/store';
import type { Database } from 'better-sqlite3';
import { runnerOf } from './disk/connection.js';
import { storeError } from './disk/failure.ts';
import { openGraph, settle } from './disk/schema.ts';
import { syncDirectory } from './disk/synced-directory.ts';
import { type Batch, Writes } from './disk/writes.ts';
import { Checkpoint } from './graph/checkpoint.ts';
import { EvidenceTable } from './graph/evidence-table.ts';
import { GraphWriter } from './graph/graph-writer.ts';
import { Meta } from './graph/meta.ts';
import { MovedTable } from './graph/moved-table.ts';
import { NodeCache } from './graph/node-cache.ts';
import { KEYS_PER_GENERATION, Seen } from './seen/seen.ts';
import { decode, decodeRun, type LogRecord } from './truth/log-record.ts';
import { Truth } from './truth/truth.ts';

/** The graph's file, in the directory of the truth. */
export const GRAPH = 'graph.db';
/** A graph that is folded under other rules beside it, and the one whose place such a graph has taken. */
export const NEXT = 'graph-next.db';
export const FORMER = 'graph-former.db';

/** How far the graph's tables may follow behind the log, and how they catch up. */
export interface Pace {
  /** A checkpoint is due when this many entries are ahead of the tables: it bounds a restart. */
  readonly entries: number;
  /** Or when what it will take along fills so many bytes of memory, or up to half as many more (`MOST_LATER`). */
  readonly bytes: number;
  /** So few nodes are written at once; more would keep requests waiting, and go to the other thread. */
  readonly atOnce: number;
  /** What nodes that the tables hold as they are may take in memory, bytes. */
  readonly held: number;
  /** Insert ids of one generation (`seen.ts`). */
  readonly keys: number;
}

const usualPace: Pace = {
  entries: 400_000,
  bytes: 26_000_000,
  atOnce: 1_000,
  held: 8_000_000,
  keys: KEYS_PER_GENERATION,
};

export interface OpenOptions {
  readonly rules: (project: ProjectId) => Rules;
  /** Told while the graph is folded again from the log (a restart's few entries, or all after a policy change). */
  readonly onReplay?: (done: Position, total: Position) => void;
  /** The graph's file; default `graph.db`. */
  readonly graph?: string;
  /** One that is open already: what the graph's tables do not hold of it is left to `foldOn`. */
  readonly truth?: Truth;
  /** Whose graph's file is this one's now, and closed: what it had in memory goes on here. */
  readonly before?: OpenFiles;
  /** Fold the whole log again, whatever the tables hold. */
  readonly rebuild?: boolean;
  readonly pace?: Partial<Pace>;
  /** Runs every look into the graph's tables: the place to notice that the storage failed. */
  readonly reading: <T>(read: () => T) => T;
}

/** The truth, the graph, and everything in memory that is derived from the files. After a failure all of it is thrown away at once (G2). */
export class OpenFiles {
  readonly truth: Truth;
  readonly graph: Database;
  readonly cache: NodeCache;
  readonly seen: Seen;
  readonly meta: Meta;
  readonly moved: MovedTable;
  /** The last position of the log; the graph in memory reaches as far. */
  through: Position;
  /** How far the graph's tables reach. */
  checkpointed: Position;
  /** The last number given to a node. */
  numbers: number;
  readonly #rules: (project: ProjectId) => Rules;
  readonly #pace: Pace;
  readonly #checkpoint: Checkpoint;
  readonly #writer: GraphWriter;
  readonly #run: (batch: Batch) => void;
  #isSettled = false;
  #writing: Promise<void> | undefined;
  /** When the last entry arrived, ms. */
  #latest = 0;

  /** @throws StoreError or SqliteError when a file cannot be opened, is of another version, or a replayed record is damaged. */
  constructor(directory: string, options: OpenOptions) {
    const { rules, onReplay, rebuild, reading, graph = GRAPH, before } = options;
    const pace = { ...usualPace, ...options.pace };
    this.#pace = pace;
    this.#rules = rules;
    this.truth = options.truth ?? new Truth(directory);
    const letGo = () => {
      if (options.truth === undefined) this.truth.close();
    };
    try {
      this.graph = openGraph(join(directory, graph));
    } catch (error) {
      letGo();
      throw error;
    }
    this.#writer = new GraphWriter(join(directory, graph));
    try {
      // The write-ahead logs may have been made by this very opening.
      if (options.truth === undefined) syncDirectory(directory);
      this.#run = runnerOf(this.graph);
      this.meta = new Meta(this.graph);
      if (before === undefined && (rebuild === true || this.#foldedOtherwise())) this.#forgetGraph();
      const evidence = new EvidenceTable(this.graph);
      this.numbers = before?.numbers ?? lastNumber(this.graph);
      this.checkpointed = Number(this.meta.get('graph-through') ?? 0);
      const { last } = this.truth;
      const looksForMany = options.truth === undefined && NAMES_AN_ENTRY * (last - this.checkpointed) > this.numbers;
      this.cache = new NodeCache({ db: this.graph, evidence, held: pace.held, reading, looksForMany }, before?.cache);
      this.seen = new Seen(this.graph, (position) => this.truth.record(position), pace.keys, before?.seen);
      this.moved = new MovedTable(this.graph);
      const { cache, seen, meta, moved } = this;
      this.#checkpoint = new Checkpoint({ cache, evidence, meta, seen, moved, rules });
      if (meta.get('epoch') === undefined) this.#writeEpoch();
      this.through = before?.through ?? this.checkpointed;
      if (before !== undefined) {
        this.#latest = before.#latest;
        return;
      }
      if (this.checkpointed > last)
        throw new StoreError('store/corrupt', `log record ${last + 1} is missing: restore a backup`);
      this.#readUndos();
      if (options.truth === undefined) this.#replay(last, onReplay);
    } catch (error) {
      this.graph.close();
      letGo();
      throw error;
    }
  }

  /** Folds what has been committed to the log meanwhile, by whoever writes it. @throws StoreError as the constructor. */
  follow(onReplay: OpenOptions['onReplay']): void {
    this.#replay(this.truth.last, onReplay);
  }

  /** Takes committed overlays into the graph in memory. */
  take(overlays: ReadonlyMap<ProjectId, Overlay>, decided: readonly Decided[], lastNumber: number): void {
    const again = decided.some((one) => undoIn(one) !== undefined);
    const lasts = new Map(decided.map(({ entry }) => [entry.project, entry.position]));
    for (const [project, overlay] of overlays) {
      const nodes = this.cache.project(project);
      const at = lasts.get(project) ?? this.through + decided.length;
      for (const [key, claims] of overlay.kept) nodes.keep(key, claims);
      for (const [key, node] of overlay.changed) nodes.take(node, at, overlay.isNew(key), again);
    }
    for (const one of decided) this.#noteUndo(one);
    this.through += decided.length;
    this.numbers = lastNumber;
    this.#latest = decided.at(-1)?.entry.at ?? this.#latest;
  }

  get checkpointIsDue(): boolean {
    return this.#isAheadBy(1);
  }

  /** Is as much ahead of the tables as two checkpoints, so that intake must wait for one? */
  get isFarAhead(): boolean {
    return this.#isAheadBy(2);
  }

  #isAheadBy(checkpoints: number): boolean {
    const { entries, bytes } = this.#pace;
    if (this.through - this.checkpointed >= checkpoints * entries) return true;
    return this.cache.ahead >= checkpoints * bytes * (1 + Math.min(this.cache.recurrence, MOST_LATER));
  }

  /** The checkpoint that is being written, if one is. */
  get writing(): Promise<void> | undefined {
    return this.#writing;
  }

  /**
   * Brings the graph's tables up to where the log is now, from another thread where that takes long and is not given up.
   * @throws the failure of the storage; the tables then are as they were.
   */
  async checkpoint(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.through === this.checkpointed) return;
    if (this.isSmall && !this.truth.isUnderWay) return this.checkpointNow();
    this.#writing = this.#writeBeside().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /**
   * Gives up the checkpoint that is being written, where it is not in the tables by now, and any that another thread would
   * write: `checkpointNow` takes along what they would have written.
   */
  async giveUpWriting(): Promise<void> {
    await this.#writer.giveUp();
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Is so little to be written that it is written at once? */
  get isSmall(): boolean {
    return this.cache.changed <= this.#pace.atOnce;
  }

  /** The same at once. None may be being written, and nothing of the log may be under way. */
  checkpointNow(): void {
    if (this.through === this.checkpointed) return;
    const through = this.#beginCheckpoint();
    this.#write(this.#checkpoint.batches(through));
    for (const _ of this.#checkpoint.done());
    this.checkpointed = through;
  }

  /** The last checkpoint, before another process opens the tables: what it would have to count is written down. */
  seal(): void {
    this.checkpointNow();
    const writes = new Writes();
    this.seen.seal(writes);
    const batch = writes.take();
    if (batch.length > 0) this.#write([batch]);
  }

  /** From now on no other thread changes the files; what is not committed there is given up. */
  abandon(): void {
    this.#writer.abandon();
    this.truth.abandon();
  }

  /** Lets the thread that writes the graph go, and waits until it has. */
  async stopWriter(): Promise<void> {
    await this.#writer.stop();
  }

  /** Lets go of both files, and of the threads that write. */
  async stop(): Promise<void> {
    await this.truth.stopWriter();
    await this.stopWriter();
    this.close();
  }

  /** Lets go of both files at once. */
  close(): void {
    try {
      this.closeGraph();
    } finally {
      this.truth.close();
    }
  }

  /** Lets go of the graph's file at once. */
  closeGraph(): void {
    this.#writer.abandon();
    this.graph.close();
  }

  #beginCheckpoint(): Position {
    this.#checkpoint.begin(this.#latest);
    return this.through;
  }

  async #writeBeside(): Promise<void> {
    const through = this.#beginCheckpoint();
    // The tables never know more than the log.
    await this.truth.settled();
    if (!(await this.#writer.write(this.#checkpoint.batches(through), () => this.#isAheadBy(LATE)))) return;
    // It did that before it wrote, and may be bringing home what it wrote.
    this.#isSettled = true;
    for (const _ of this.#checkpoint.done()) await nextTurn();
    this.checkpointed = through;
  }

  /** One transaction on the graph's tables. */
  #write(batches: Iterable<Batch>): void {
    this.#settle();
    this.graph.exec('BEGIN IMMEDIATE');
    try {
      for (const batch of batches) this.#run(batch);
      this.graph.exec('COMMIT');
    } catch (error) {
      if (this.graph.inTransaction) this.graph.exec('ROLLBACK');
      throw error;
    }
  }

  /** Names this fold of the log: the columns start anew when it changes. */
  #writeEpoch(): void {
    const writes = new Writes();
    this.meta.set('epoch', randomUUID(), writes);
    this.#write([writes.take()]);
  }

  #settle(): void {
    if (!this.#isSettled) settle(this.graph);
    this.#isSettled = true;
  }

  /** Was the graph in the tables folded under a policy that gives another one? */
  #foldedOtherwise(): boolean {
    return [...this.meta.withPrefix('policy:')].some(
      ([project, text]) => text !== foldedUnder(this.#rules(project).policy),
    );
  }

  /** The links that another policy drew are read again from the log; a new epoch tells the columns to do the same. */
  #forgetGraph(): void {
    this.#settle();
    this.graph.exec(`BEGIN; DELETE FROM nodes; DELETE FROM names; DELETE FROM evidence; DELETE FROM search; DELETE FROM moved;
      DELETE FROM meta; COMMIT`);
  }

  /** [U2] What is retracted is known before the log is folded: as of the tables, or of the whole log where all is folded. */
  #readUndos(): void {
    if (this.checkpointed > 0) {
      for (const [project, positions] of this.meta.withPrefix('undos:'))
        for (const position of JSON.parse(positions) as readonly Position[])
          this.#noteUndo(this.truth.record(position) as Decided, project);
      return;
    }
    const records = this.truth.db.prepare<[], LogRecord>(
      `SELECT position, crc, body FROM log
       WHERE instr(body, '"type":"Retract"') OR instr(body, '"type":"Restore"') ORDER BY position`,
    );
    for (const record of records.iterate()) this.#noteUndo(decode(record));
  }

  #noteUndo(decided: Decided, project = decided.entry.project): void {
    const undo = undoIn(decided);
    const { position } = decided.entry;
    const nodes = this.cache.project(project);
    if (undo !== undefined && !nodes.undos.includes(position)) nodes.takeUndo(undo);
  }

  /** [U3] What the tables do not hold yet of an undo: the part of the graph it touches, folded from the log up to it. */
  #undoAgain({ entry }: Decided, undo: Undo, next: () => number): Overlay {
    const nodes = this.cache.project(entry.project);
    const rules = this.#rules(entry.project);
    const overlay = new Overlay(nodes, next);
    const read = () => this.#upTo(entry.position);
    const at = (position: Position) => this.truth.record(position);
    const { keys, told } = touchedIn(nodes, rules.policy, entry.project, undo, at, read);
    putFolded(overlay, rules.policy, keys, foldWithout(rules, told, nodes.undone));
    return overlay;
  }

  *#upTo(last: Position): Generator<Decided> {
    for (let from = 0; from < last; ) {
      const page = decodeRun(this.truth.manyRecords(from, Math.min(PAGE, last - from)), from);
      yield* page;
      from += page.length;
      if (page.length === 0) return;
    }
  }

  /**
   * Folds what the graph's tables do not hold yet: the entries past the last checkpoint, or all of them. What a crash
   * leaves was in memory before, so it is there again, and written once requests are answered.
   */
  #replay(last: Position, onReplay: OpenOptions['onReplay']): void {
    const isLong = last - this.through > 2 * this.#pace.entries;
    while (this.through < last) {
      this.truth.note(this.#fold(this.truth.manyRecords(this.through, PAGE)));
      if (isLong ? this.checkpointIsDue : this.cache.ahead >= MOST_LEFT * this.#pace.bytes)
        this.#checkpointIfPossible();
      onReplay?.(this.through, last);
    }
  }

  /**
   * Folds the next entries of the log, at most `limit` of those on stable storage, and answers them; none where there
   * are none. `onUndo` is told before one that takes something back, which may have all of the log read; where it throws,
   * that one is not folded. @throws StoreError as the constructor.
   */
  foldOn(limit: number, onUndo: () => void): readonly Decided[] {
    return this.#fold(this.truth.records(this.through, limit), onUndo);
  }

  #fold(records: readonly LogRecord[], onUndo: () => void = () => {}): readonly Decided[] {
    const overlays = new Map<ProjectId, Overlay>();
    let next = this.numbers;
    const number = () => ++next;
    const page = this.#untilUndo(decodeRun(records, this.through));
    for (const decided of page) {
      const { entry } = decided;
      const nodes = this.cache.project(entry.project);
      const undo = undoIn(decided);
      if (undo !== undefined && !nodes.undos.includes(entry.position)) {
        onUndo();
        nodes.takeUndo(undo);
        overlays.set(entry.project, this.#undoAgain(decided, undo, number));
        continue;
      }
      let overlay = overlays.get(entry.project);
      if (overlay === undefined) overlays.set(entry.project, (overlay = new Overlay(nodes, number)));
      replay(overlay, this.#rules(entry.project), decided, nodes.undone);
      this.seen.noteAgain(decided);
    }
    this.take(overlays, page, next);
    return page;
  }

  /** An undo that the tables do not hold comes by itself: what is before it must be in the graph that it is read with. */
  #untilUndo(page: readonly Decided[]): readonly Decided[] {
    const at = page.findIndex(
      (one) => undoIn(one) !== undefined && !this.cache.project(one.entry.project).undos.includes(one.entry.position),
    );
    return at < 0 ? page : page.slice(0, Math.max(at, 1));
  }

  /** The tables may stay behind while they cannot be written: reading goes on (G28). */
  #checkpointIfPossible(): void {
    try {
      this.checkpointNow();
    } catch (error) {
      if (storeError(error).code === 'store/corrupt') throw error;
    }
  }
}

/** Entries that are folded at a time, where nobody waits. */
const PAGE = 5_000;
/** Folding an entry takes several looks for names that may not be there, which cost more than reading so many of all. */
const NAMES_AN_ENTRY = 50;
/** A crash leaves no more to be folded than so many checkpoints: intake waits at two, and a group comes on top. */
const MOST_LEFT = 3;
/** By so much more, at most, a checkpoint may be late where the same nodes change again and again: it writes each once. */
const MOST_LATER = 0.5;
/** So many checkpoints ahead of the tables the one that is being written makes haste, or intake will have to wait for it. */
const LATE = 1.5;

const lastNumber = (graph: Database): number =>
  graph.prepare<[], { last: number | null }>('SELECT max(number) AS last FROM nodes').get()?.last ?? 0;
