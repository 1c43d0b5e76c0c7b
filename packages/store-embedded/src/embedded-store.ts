import { join } from 'node:path';
import { type IdentifierKey, Overlay, type Position, type ProjectId, type Rules, undoIn } from '@selfsame/identity';
import {
  type Change,
  type Decided,
  forgetIndex,
  intake,
  type Kept,
  LiveMemory,
  type Loaded,
  RulesOfLoad,
  type StoreAtHand,
  StoreError,
  searchTexts,
  Turn,
} from '@selfsame/store';
import { Adoption } from './adoption.ts';
import { discardFile } from './columns/discard-file.ts';
import { storeError } from './disk/failure.ts';
import { lockDirectory } from './disk/lock.ts';
import { makeDirectory, syncDirectory } from './disk/synced-directory.ts';
import { findLostCommits } from './disk/wal.ts';
import { FilesInUse } from './files-in-use.ts';
import { createFeed } from './graph/feed.ts';
import { removeGraphFile } from './graph/fold-beside.ts';
import { FORMER, GRAPH, NEXT, OpenFiles, type Pace } from './open-files.ts';
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
  let files: FilesInUse;
  try {
    if (options.rebuild === true) removeGraphFile(directory, GRAPH);
    refuseLostCommits(directory);
    files = new FilesInUse((rebuild, reading) => new OpenFiles(directory, { ...options, rebuild, reading }));
  } catch (error) {
    unlock();
    throw storeError(error);
  }
  const { guarded, whileStill } = files;

  interface EmbeddedLoaded extends Loaded {
    readonly overlays: ReadonlyMap<ProjectId, Overlay>;
    readonly through: Position;
    readonly ruling: RulesOfLoad;
    readonly numbers: () => number;
    /** What it was loaded from; after a refold or a reopening it is another. */
    readonly from: OpenFiles;
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
    await files.whenReleased();
    const now = guarded((file) => file);
    try {
      await write(now);
    } catch (error) {
      files.distrust(now);
      throw storeError(error);
    }
  }

  /** The change of graphs that is under way: the files are not let go of before it has ended. */
  let adoption: Promise<number | undefined> | undefined;
  let closing = false;
  const adoptions = new Adoption({ files, directory, options, isClosing: () => closing });

  /**
   * Writes scars into the log. What is folded from it goes first: whenever this ends early, it is folded again from what
   * the log then says, and of files that are gone nothing is left to be found.
   */
  async function scar(scars: readonly Decided[]): Promise<void> {
    await files.whenReleased();
    const { through } = guarded((now) => now);
    if (scars.some(({ entry }) => entry.position < 1 || entry.position > through))
      throw new RangeError('no such entry');
    await files.alone((now) => {
      now.close();
      for (const name of [GRAPH, FORMER, NEXT]) removeGraphFile(directory, name);
      discardFile(directory);
      // Or a crash could bring back a graph that says what the log does not.
      syncDirectory(directory);
      try {
        overwrite(join(directory, TRUTH), scars);
      } finally {
        files.use(files.opened());
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
        await (files.now.writing ?? checkpoint());
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
    await files.whenFree();
    const taken = guarded((now) => {
      if (loaded.from !== now || loaded.through !== now.through) return undefined;
      if (changes.some(({ project }) => project !== null && loaded.ruling.haveChanged(project))) return undefined;
      const counts = now.truth.counts.add(changes.flatMap((one) => one.counts));
      const synced = now.truth.commit({ records, counts });
      synced.catch(() => files.distrust(now));
      for (const { repeats } of changes) now.seen.note(repeats);
      const kept = changes.map(({ project, first }) => ({
        first,
        after: project === null ? undefined : now.truth.knownLastOf(project),
      }));
      now.cache.expect(undefined);
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
    const due = files.now.checkpointIsDue || decided.some((one) => undoIn(one) !== undefined);
    if (due && files.now.writing === undefined && !files.isHeld) flush().catch(() => {});
    return taken.kept;
  }

  const live = new LiveMemory((project, position) => store.at(project, position));

  const store: EmbeddedStore = {
    feed,
    live,
    checkpoint,
    adopt(coming, take) {
      adoption = checkpoint()
        .then(() => adoptions.adopt(coming, take))
        .catch((error) => {
          throw storeError(error);
        });
      return adoption;
    },
    last: () => guarded(({ through }) => through),
    async load(reach): Promise<EmbeddedLoaded> {
      if (!files.isClosed) await catchUp();
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
        cache.expect(reach.names?.());
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
      await whileStill(() => files.refold());
    },
    async close() {
      if (files.isClosed) return;
      closing = true;
      await adoption?.catch(() => {});
      await flush(lastCheckpoint);
      await files.whenReleased();
      try {
        await files.close();
      } finally {
        unlock();
      }
    },
  };
  // What a crash left to be folded is written now that requests can be answered.
  if (files.now.checkpointIsDue) flush().catch(() => {});
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
