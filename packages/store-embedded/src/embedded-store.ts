import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type IdentifierKey, Overlay, type Position, type ProjectId, type Rules, undoIn } from '@selfsame/identity';
import {
  type Change,
  type Decided,
  forgetIndex,
  intake,
  type Kept,
  Line,
  LiveMemory,
  type Loaded,
  RulesOfLoad,
  type StoreAtHand,
  StoreError,
  searchTexts,
  Turn,
} from '@selfsame/store';
import { discardFile } from './columns/columns-file.ts';
import { storeError } from './disk/failure.ts';
import { lockDirectory } from './disk/lock.ts';
import { makeDirectory, syncDirectory, syncDirectoryBeside } from './disk/synced-directory.ts';
import { findLostCommits } from './disk/wal.ts';
import { createFeed } from './graph/feed.ts';
import { removeGraphFile } from './graph/fold-beside.ts';
import { FORMER, GRAPH, NEXT, OpenFiles, type OpenOptions, type Pace } from './open-files.ts';
import { checkedRun, decodeRun, encode, isOf, type LogRecord } from './truth/log-record.ts';
import { overwrite } from './truth/overwrite.ts';
import { TRUTH } from './truth/truth.ts';

export interface EmbeddedStoreOptions {
  /** Holds `selfsame.db` and its companions; made if missing. */
  readonly directory: string;
  readonly rules: (project: ProjectId) => Rules;
  /** Told while the graph is folded again from the log (a restart's few entries, or all after a policy change). */
  readonly onReplay?: (done: Position, total: Position) => void;
  /** Throw the graph's tables away and fold them from the log: what `checkStore` says a rebuild would mend. */
  readonly rebuild?: boolean;
  /** For tests: checkpoints after a few nodes. */
  readonly pace?: Partial<Pace>;
}

export interface EmbeddedStore extends StoreAtHand {
  /** Brings `graph.db` up to the log, as happens by itself now and then. @throws StoreError */
  checkpoint(): Promise<void>;
  /**
   * Takes the graph that `foldBeside` has left in place of the present one, which is kept as `graph-former.db`. What it
   * lacks of the log is folded in turns of the event loop, first beside intake, and the last of it while commits wait.
   * @param coming the rules that it was folded under. @param take puts them in force, in the moment of the change.
   * @returns how many entries commits waited for; undefined: something was taken back meanwhile, which may have the whole
   * log read: all is as it was, and `foldBeside` is to go on. @throws StoreError when the present graph cannot be brought
   * up to date or the other not be read: all is then as it was; or when the files cannot change names.
   */
  adopt(coming: (project: ProjectId) => Rules, take: () => void): Promise<number | undefined>;
  /** The last position of the log of all projects. @throws StoreError */
  last(): Position;
}

/**
 * The truth on one disk: the log, the insert ids and the counts in each commit, the graph at checkpoints.
 * @throws StoreError when another process has the directory, the file cannot be opened or is of another version, or a
 * replayed record is damaged.
 */
export async function openEmbeddedStore(options: EmbeddedStoreOptions): Promise<EmbeddedStore> {
  const { directory, rules } = options;
  makeDirectory(directory);
  const unlock = lockDirectory(directory);
  let broken = false;
  let closed = false;
  const reopen = (rebuild = false) => new OpenFiles(directory, { ...options, rebuild, reading });
  let open: OpenFiles;
  try {
    if (options.rebuild === true) removeGraphFile(directory, GRAPH);
    refuseLostCommits(directory);
    open = reopen();
  } catch (error) {
    unlock();
    throw storeError(error);
  }

  interface EmbeddedLoaded extends Loaded {
    readonly overlays: ReadonlyMap<ProjectId, Overlay>;
    readonly through: Position;
    readonly ruling: RulesOfLoad;
    readonly numbers: () => number;
    /** What it was loaded from; after a refold or a reopening it is another. */
    readonly from: OpenFiles;
  }

  function reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      broken = true;
      throw storeError(error);
    }
  }

  /** After a failure nothing in memory or on the connection is trusted: everything is read again from the file (G2). */
  function healthy(): OpenFiles {
    if (closed) throw new StoreError('store/closed', 'the store is closed');
    if (!broken) return open;
    // The new connection comes before the old one goes: the last to leave would take the write-ahead log's files along,
    // and a full disk has no room for new ones (G28).
    const before = open;
    before.abandon();
    open = reopen();
    broken = false;
    try {
      before.close();
    } catch {
      // A connection that cannot even close is left to the garbage collector.
    }
    return open;
  }

  const guarded = <T>(work: (now: OpenFiles) => T): T => {
    const now = reading(healthy);
    return reading(() => work(now));
  };

  /** Work that wants the log still: while there is any, no commit begins. */
  let wantStill = 0;
  let goOn = Promise.withResolvers<void>();

  /** Does something while nothing of the log is under way. It waits for at most two commits, and the next waits for it. */
  async function whileStill<T>(work: () => T | Promise<T>): Promise<T> {
    wantStill += 1;
    try {
      // Whoever sent what fails here is told; this asks for what is kept.
      await guarded((now) => now.truth.settled()).catch(() => {});
      return await work();
    } finally {
      wantStill -= 1;
      if (wantStill === 0) {
        goOn.resolve();
        goOn = Promise.withResolvers<void>();
      }
    }
  }

  /** Brings the graph's tables up to the log. @throws StoreError when they cannot be written; they are then as they were. */
  const checkpoint = (): Promise<void> =>
    writing(async (now) => {
      await (now.isSmall ? whileStill(() => now.checkpoint()) : now.checkpoint());
    });

  /**
   * The last one, before the files are closed: by this thread, which nobody waits for any more. The one that writes the
   * others gives way to all else on the machine, and where much else runs, as while all of it restarts, it never ends: what
   * it is writing is given up and written anew.
   */
  const lastCheckpoint = (): Promise<void> =>
    writing(async (now) => {
      await now.giveUpWriting();
      await whileStill(() => now.seal());
    });

  /** `write` brings the tables up to the log. */
  async function writing(write: (now: OpenFiles) => Promise<void>): Promise<void> {
    await adopting;
    const now = guarded((file) => file);
    try {
      await write(now);
    } catch (error) {
      if (now === open) broken = true;
      throw storeError(error);
    }
  }

  /** While one graph takes the place of another: no checkpoint begins. */
  let adopting: Promise<void> | undefined;

  /** The change of graphs that is under way: the files are not let go of before it has ended. */
  let adoption: Promise<number | undefined> | undefined;
  let closing = false;

  async function adopt(coming: (project: ProjectId) => Rules, take: () => void): Promise<number | undefined> {
    await checkpoint();
    const before = guarded((now) => now);
    const { truth } = before;
    const read: OpenOptions['reading'] = (look) => look();
    const next = new OpenFiles(directory, {
      ...options,
      rebuild: false,
      rules: coming,
      graph: NEXT,
      truth,
      reading: read,
    });
    try {
      await Promise.all([next.cache.filled, next.seen.filled]);
      await comeNear(next, before);
      let waited = 0;
      const prepare = async () => {
        // A large file takes a while to go.
        for (const suffix of ['', '-wal', '-shm']) await rm(join(directory, FORMER + suffix), { force: true });
        await comeNear(next, before);
      };
      await alone(async () => {
        waited = before.through - next.through;
        await follow(next, before);
        expectOpen(before);
        reading(() => exchange(before, next, take));
        // Before anything is written to them: a crash may not give the names back to the others.
        await syncDirectoryBeside(directory).catch((error) => {
          broken = true;
          throw error;
        });
      }, prepare);
      return waited;
    } catch (error) {
      next.closeGraph();
      if (error instanceof UndoAhead) return undefined;
      throw error;
    }
  }

  /** In one turn of the event loop: no request sees the rules of one graph and the nodes of the other. */
  function exchange(before: OpenFiles, next: OpenFiles, take: () => void): void {
    take();
    try {
      // Neither has a log of its own left when its name changes.
      before.closeGraph();
      next.closeGraph();
      renameSync(join(directory, GRAPH), join(directory, FORMER));
      renameSync(join(directory, NEXT), join(directory, GRAPH));
      open = new OpenFiles(directory, { ...options, rebuild: false, reading, truth: before.truth, before: next });
    } catch (error) {
      // Whatever is there: where it is no graph of these rules, the log is folded.
      before.truth.close();
      open = reopen();
      throw error;
    }
  }

  /** Folds on until little is left, or as much as before, where as much arrives as can be followed. */
  async function comeNear(next: OpenFiles, before: OpenFiles): Promise<void> {
    const left = () => before.through - next.through;
    for (let last = Number.POSITIVE_INFINITY; left() > NEAR && left() < last; ) {
      last = left();
      await follow(next, before);
    }
  }

  /** Folds what these files have of the log by now, in turns of the event loop. */
  async function follow(next: OpenFiles, before: OpenFiles): Promise<void> {
    // Of its own line: where it cannot follow, it never comes near.
    const turn = new Turn(new Line(), FOLLOWING);
    for (const to = before.through; next.through < to; ) {
      expectOpen(before);
      // The others are not on stable storage yet.
      if (next.foldOn(PORTION, leave).length === 0) await before.truth.settled().catch(() => {});
      if (turn.isOver) await turn.next();
    }
  }

  const leave = (): never => {
    throw new UndoAhead();
  };

  /** @throws StoreError when these files are no longer the ones in use, or will not be for long. */
  function expectOpen(before: OpenFiles): void {
    if (closing) throw new StoreError('store/closed', 'the store is closed');
    if (broken || open !== before)
      throw new StoreError('store/unavailable', 'the store was opened anew meanwhile: try again');
  }

  /**
   * Does something with the files while nothing is written: no commit, no checkpoint. `prepare` comes before, while commits
   * go on.
   */
  async function alone(
    work: (before: OpenFiles) => void | Promise<void>,
    prepare: () => Promise<void> = async () => {},
  ): Promise<void> {
    // One at a time: each takes the files from under the other.
    while (adopting !== undefined) await adopting;
    const before = guarded((now) => now);
    const done = Promise.withResolvers<void>();
    adopting = done.promise;
    try {
      while (before.writing !== undefined) await before.writing;
      // The thread's connection goes first: the last to leave a file would take along the log of the file's next bearer.
      await before.stopWriter();
      await prepare();
      await whileStill(() =>
        guarded((now) => {
          if (now !== before)
            throw new StoreError('store/unavailable', 'the store was opened anew meanwhile: try again');
          return work(now);
        }),
      );
    } finally {
      adopting = undefined;
      done.resolve();
    }
  }

  /**
   * Writes scars into the log. What is folded from it goes first: whenever this ends early, it is folded again from what
   * the log then says, and of files that are gone nothing is left to be found.
   */
  async function scar(scars: readonly Decided[]): Promise<void> {
    await adopting;
    const { through } = guarded((now) => now);
    if (scars.some(({ entry }) => entry.position < 1 || entry.position > through))
      throw new RangeError('no such entry');
    await alone((now) => {
      now.close();
      for (const name of [GRAPH, FORMER, NEXT]) removeGraphFile(directory, name);
      discardFile(directory);
      // Or a crash could bring back a graph that says what the log does not.
      syncDirectory(directory);
      try {
        overwrite(join(directory, TRUTH), scars);
      } finally {
        open = reopen();
      }
    });
  }

  /** Where the tables cannot be written they stay behind, and reading goes on (G28). */
  async function flush(write = checkpoint): Promise<void> {
    try {
      await write();
    } catch (error) {
      if (storeError(error).code === 'store/closed') throw error;
    }
  }

  /**
   * Waits until the graph's tables are near enough to take more. Memory holds what they lack and a restart folds it
   * again, so where they cannot be written intake ends, whatever the log could still take.
   * @throws StoreError
   */
  async function catchUp(): Promise<void> {
    while (guarded((now) => now.isFarAhead)) {
      try {
        await (open.writing ?? checkpoint());
      } catch (error) {
        throw storeError(error);
      }
    }
  }

  const feed = createFeed({ rules, guarded, whileStill });

  /** All of them in one transaction: one writer, so they are stale together, and one disk, so they fail together. */
  async function keep(
    loaded: EmbeddedLoaded,
    changes: readonly Change[],
    onTaken?: () => void,
  ): Promise<readonly Kept[] | 'stale'> {
    const decided = changes.flatMap((one) => one.decided);
    const records = await encodeAll(decided);
    while (wantStill > 0) await goOn.promise;
    const taken = guarded((now) => {
      if (loaded.from !== now || loaded.through !== now.through) return undefined;
      if (changes.some(({ project }) => project !== null && loaded.ruling.haveChanged(project))) return undefined;
      const counts = now.truth.counts.add(changes.flatMap((one) => one.counts));
      const synced = now.truth.commit({ records, counts });
      synced.catch(() => {
        if (now === open) broken = true;
      });
      for (const { repeats } of changes) now.seen.note(repeats);
      const kept = changes.map(({ project, first }) => ({
        first,
        after: project === null ? undefined : now.truth.knownLastOf(project),
      }));
      now.take(loaded.overlays, decided, loaded.numbers());
      now.truth.note(decided);
      return { kept, synced };
    });
    if (taken === undefined) return 'stale';
    onTaken?.();
    try {
      await taken.synced;
    } catch (error) {
      throw storeError(error);
    }
    for (const one of changes) live.take(one.decided, one.outcomes);
    // The log has it, so the answer stands, whatever becomes of the checkpoint.
    // What an undo folded again is not folded again by a restart.
    const due = open.checkpointIsDue || decided.some((one) => undoIn(one) !== undefined);
    if (due && open.writing === undefined && adopting === undefined) flush().catch(() => {});
    return taken.kept;
  }

  const live = new LiveMemory((project, position) => store.at(project, position));

  const store: EmbeddedStore = {
    feed,
    live,
    checkpoint,
    adopt(coming, take) {
      adoption = adopt(coming, take).catch((error) => {
        throw storeError(error);
      });
      return adoption;
    },
    last: () => guarded(({ through }) => through),
    async load(reach): Promise<EmbeddedLoaded> {
      if (!closed) await catchUp();
      return guarded((from) => {
        const { cache, seen, through, numbers } = from;
        const overlays = new Map<ProjectId, Overlay>();
        let next = numbers;
        const number = () => ++next;
        const repeats = new Map<string, Position>();
        for (const key of reach.repeats) {
          const position = seen.find(key);
          if (position !== undefined) repeats.set(key, position);
        }
        const ruling = new RulesOfLoad(rules);
        return {
          overlays,
          repeats,
          ruling,
          rules: ruling.of,
          through,
          from,
          next: (_, before) => through + 1 + before,
          numbers: () => next,
          draft(project) {
            let overlay = overlays.get(project);
            if (overlay === undefined) overlays.set(project, (overlay = new Overlay(cache.project(project), number)));
            return overlay;
          },
        };
      });
    },
    commit(loaded, changes, onTaken) {
      const kept = keep(loaded as EmbeddedLoaded, changes, onTaken);
      return changes.map(async (_, i) => {
        const answers = await kept;
        return answers === 'stale' ? answers : (answers[i] as Kept);
      });
    },
    async *read(project, after = 0) {
      const turn = new Turn();
      const mine = isOf(project);
      const last = await guarded((now) => now.truth.lastOf(project, now.through));
      // By pages, so that no read transaction stays open while the reader is slow.
      for (let from = after; from < last; ) {
        const page = guarded((now) => checkedRun(now.truth.records(from, PAGE), from));
        for (const record of page) {
          const decided = mine(record);
          if (decided !== undefined) yield decided;
        }
        if (page.length === 0) return;
        from += page.length;
        if (turn.isOver) await turn.next();
      }
    },
    async at(project, position) {
      if (position < 1) return undefined;
      const decided = guarded((now) => now.truth.record(position));
      return decided?.entry.project === project ? decided : undefined;
    },
    async head(project) {
      // The first time may take a while, and no commit waits for that.
      await guarded((now) => now.truth.lastOf(project, now.through));
      return whileStill(() => guarded((now) => now.truth.lastOf(project, now.through)));
    },
    async *readAll() {
      for (let from = 0; ; ) {
        const page = guarded((now) => decodeRun(now.truth.records(from, PAGE), from));
        yield* page;
        if (page.length === 0) return;
        from += page.length;
      }
    },
    graph: (project) => guarded(({ cache }) => cache.project(project)),
    // What it looks up is guarded where it is read: a question that fails is not a storage that does.
    ask: async (project, question) => question(guarded(({ cache }) => cache.project(project))),
    undone: async (project) => guarded(({ cache }) => cache.project(project).undone),
    undos: async (project) =>
      guarded((now) => now.cache.project(project).undos.flatMap((position) => now.truth.record(position) ?? [])),
    async search(project, text, limit) {
      const wanted = text.toLowerCase();
      const [stored, changed] = guarded(({ graph, cache }) => [
        graph
          .prepare<[string, string, string, number], { key: IdentifierKey }>(
            'SELECT DISTINCT nodes.key FROM search JOIN nodes ON nodes.number = search.number WHERE search.project = ? AND search.text >= ? AND search.text < ? LIMIT ?',
          )
          .all(project, wanted, `${wanted}\u{10ffff}`, limit)
          .map((row) => row.key),
        // What the tables do not have as it is: a name may be new, or said no more.
        new Map([...cache.project(project).changedSince(0)].map(({ now }) => [now.key, now])),
      ]);
      const found = stored.filter((key) => !changed.has(key));
      const turn = new Turn();
      for (const node of changed.values()) {
        if (found.length >= limit) break;
        if (node.gone !== true && searchTexts(node).some((one) => one.startsWith(wanted))) found.push(node.key);
        if (turn.isOver) await turn.next();
      }
      return found;
    },
    counts: async () => guarded(({ truth }) => truth.counts.list()),
    async scar(scars) {
      // Also what is found meanwhile.
      forgetIndex(store);
      try {
        await scar(scars);
      } finally {
        forgetIndex(store);
      }
    },
    async refold() {
      // In one go, so that nobody sees a graph half folded: whoever asks meanwhile waits.
      await whileStill(() =>
        guarded((before) => {
          before.abandon();
          open = reopen(true);
          before.close();
        }),
      );
    },
    async close() {
      if (closed) return;
      closing = true;
      await adoption?.catch(() => {});
      await flush(lastCheckpoint);
      await adopting;
      closed = true;
      try {
        await open.stop();
      } finally {
        unlock();
      }
    },
  };
  // What a crash left to be folded is written now that requests can be answered.
  if (open.checkpointIsDue) flush().catch(() => {});
  return store;
}

/** As they are written; others are answered in between. */
async function encodeAll(decided: readonly Decided[]): Promise<readonly LogRecord[]> {
  const turn = new Turn(intake);
  const records: LogRecord[] = [];
  for (const one of decided) {
    records.push(encode(one));
    if (turn.isOver) await turn.next();
  }
  return records;
}

/** What comes next in the log takes something back. */
class UndoAhead extends Error {}

/** Entries that commits may wait for when one graph takes the place of another. */
const NEAR = 50;
/** Entries that are folded between two looks at the clock while it follows, and what that may take of a turn, ms. */
const PORTION = 20;
const FOLLOWING = 4;

/** Entries of the log that a reader holds decoded at a time; many may read slowly. */
const PAGE = 100;

/** What SQLite would silently leave out is said instead. @throws StoreError */
function refuseLostCommits(directory: string): void {
  for (const [file, mend] of [
    [TRUTH, 'restore a backup, or open the file once with sqlite3 to go on without them'],
    [GRAPH, 'rebuild the graph from the log'],
  ] as const) {
    const [lost] = findLostCommits(join(directory, `${file}-wal`));
    if (lost !== undefined) throw new StoreError('store/corrupt', `${file}: ${lost}; ${mend}`);
  }
}
