import { renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectId, Rules } from '@selfsame/identity';
import { Line, StoreError, Turn } from '@selfsame/store';
import { syncDirectoryBeside } from './disk/synced-directory.ts';
import { type FilesInUse, openedAnew } from './files-in-use.ts';
import { FORMER, GRAPH, NEXT, OpenFiles, type OpenOptions } from './open-files.ts';

export interface AdoptionParts {
  readonly files: FilesInUse;
  readonly directory: string;
  readonly options: Pick<OpenOptions, 'rules' | 'onReplay' | 'pace'>;
  /** The store is about to close. */
  readonly isClosing: () => boolean;
}

/** One graph takes the place of another: what the other lacks of the log is folded beside intake first. */
export class Adoption {
  readonly #files: FilesInUse;
  readonly #directory: string;
  readonly #options: AdoptionParts['options'] & Pick<OpenOptions, 'rebuild'>;
  readonly #isClosing: () => boolean;

  constructor({ files, directory, options, isClosing }: AdoptionParts) {
    this.#files = files;
    this.#directory = directory;
    // The store may have been told to fold all anew when it was opened.
    this.#options = { ...options, rebuild: false };
    this.#isClosing = isClosing;
  }

  /** `EmbeddedStore.adopt`, once the present graph is up to date. */
  async adopt(coming: (project: ProjectId) => Rules, take: () => void): Promise<number | undefined> {
    const before = this.#files.guarded((now) => now);
    const { truth } = before;
    const next = new OpenFiles(this.#directory, {
      ...this.#options,
      rules: coming,
      graph: NEXT,
      truth,
      reading: (look) => look(),
    });
    try {
      await Promise.all([next.cache.filled, next.seen.filled]);
      await this.#comeNear(next, before);
      let waited = 0;
      const prepare = async () => {
        // A large file takes a while to go.
        for (const suffix of ['', '-wal', '-shm']) await rm(join(this.#directory, FORMER + suffix), { force: true });
        await this.#comeNear(next, before);
      };
      await this.#files.alone(async () => {
        waited = before.through - next.through;
        await this.#follow(next, before);
        this.#expectInUse(before);
        this.#files.reading(() => this.#exchange(before, next, take));
        // Before anything is written to them: a crash may not give the names back to the others.
        await syncDirectoryBeside(this.#directory).catch((error) => {
          this.#files.distrust(this.#files.now);
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
  #exchange(before: OpenFiles, next: OpenFiles, take: () => void): void {
    const { truth } = before;
    take();
    try {
      // Neither has a log of its own left when its name changes.
      before.closeGraph();
      next.closeGraph();
      renameSync(join(this.#directory, GRAPH), join(this.#directory, FORMER));
      renameSync(join(this.#directory, NEXT), join(this.#directory, GRAPH));
      const { reading } = this.#files;
      this.#files.use(new OpenFiles(this.#directory, { ...this.#options, reading, truth, before: next }));
    } catch (error) {
      // Whatever is there: where it is no graph of these rules, the log is folded.
      truth.close();
      this.#files.use(this.#files.opened());
      throw error;
    }
  }

  /** Folds on until little is left, or as much as before, where as much arrives as can be followed. */
  async #comeNear(next: OpenFiles, before: OpenFiles): Promise<void> {
    const left = () => before.through - next.through;
    for (let last = Number.POSITIVE_INFINITY; left() > NEAR && left() < last; ) {
      last = left();
      await this.#follow(next, before);
    }
  }

  /** Folds what these files have of the log by now, in turns of the event loop. */
  async #follow(next: OpenFiles, before: OpenFiles): Promise<void> {
    // Of its own line: where it cannot follow, it never comes near.
    const turn = new Turn(new Line(), FOLLOWING);
    for (const to = before.through; next.through < to; ) {
      this.#expectInUse(before);
      // The others are not on stable storage yet.
      if (next.foldOn(PORTION, leave).length === 0) await before.truth.settled().catch(() => {});
      if (turn.isOver) await turn.next();
    }
  }

  /** @throws StoreError when these files are no longer the ones in use, or will not be for long. */
  #expectInUse(before: OpenFiles): void {
    if (this.#isClosing()) throw new StoreError('store/closed', 'the store is closed');
    if (this.#files.isBroken || this.#files.now !== before) throw openedAnew();
  }
}

/** What comes next in the log takes something back. */
class UndoAhead extends Error {}

const leave = (): never => {
  throw new UndoAhead();
};

/** Entries that commits may wait for when one graph takes the place of another. */
const NEAR = 50;
/** Entries that are folded between two looks at the clock while it follows, and what that may take of a turn, ms. */
const PORTION = 20;
const FOLLOWING = 4;
