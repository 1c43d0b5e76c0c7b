import { StoreError } from '@selfsame/store';
import { storeError } from './disk/failure.ts';
import type { OpenFiles, OpenOptions } from './open-files.ts';

/** The files as they are open now: opened anew after a failure (G2), and still while somebody wants them so. */
export class FilesInUse {
  readonly #openAnew: (rebuild: boolean, reading: OpenOptions['reading']) => OpenFiles;
  #now: OpenFiles;
  #broken = false;
  #closed = false;
  /** Work that wants the log still: while there is any, no commit begins. */
  #wantStill = 0;
  #goOn = Promise.withResolvers<void>();
  /** While one graph takes the place of another, or the log is written over: no checkpoint begins. */
  #alone: Promise<void> | undefined;

  /** @throws StoreError or SqliteError when the files cannot be opened. */
  constructor(openAnew: (rebuild: boolean, reading: OpenOptions['reading']) => OpenFiles) {
    this.#openAnew = openAnew;
    this.#now = this.opened();
  }

  /** Whatever was opened last, be it broken. */
  get now(): OpenFiles {
    return this.#now;
  }

  get isBroken(): boolean {
    return this.#broken;
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  /** Somebody has the files alone. */
  get isHeld(): boolean {
    return this.#alone !== undefined;
  }

  /** Opens them once more; nobody uses these before `use`. */
  opened(rebuild = false): OpenFiles {
    return this.#openAnew(rebuild, this.reading);
  }

  /** From now on these. */
  use(files: OpenFiles): void {
    this.#now = files;
  }

  /** Runs a look into them: what fails here has them opened anew. @throws StoreError */
  readonly reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      this.#broken = true;
      throw storeError(error);
    }
  };

  /** The same with files that are known to be sound. @throws StoreError */
  readonly guarded = <T>(work: (now: OpenFiles) => T): T => {
    const now = this.reading(() => this.#healthy());
    return this.reading(() => work(now));
  };

  /** Something failed that was asked of these. */
  distrust(files: OpenFiles): void {
    if (files === this.#now) this.#broken = true;
  }

  /** After a failure nothing in memory or on the connection is trusted: everything is read again from the file (G2). */
  #healthy(): OpenFiles {
    if (this.#closed) throw new StoreError('store/closed', 'the store is closed');
    if (!this.#broken) return this.#now;
    // The new connection comes before the old one goes: the last to leave would take the write-ahead log's files along,
    // and a full disk has no room for new ones (G28).
    const before = this.#now;
    before.abandon();
    this.#now = this.opened();
    this.#broken = false;
    try {
      before.close();
    } catch {
      // A connection that cannot even close is left to the garbage collector.
    }
    return this.#now;
  }

  /** Folds the graph again from the whole log, in one go: nobody sees it half folded. */
  refold(): void {
    this.guarded((before) => {
      before.abandon();
      this.#now = this.opened(true);
      before.close();
    });
  }

  /** Does something while nothing of the log is under way. It waits for at most two commits, and the next waits for it. */
  readonly whileStill = async <T>(work: () => T | Promise<T>): Promise<T> => {
    this.#wantStill += 1;
    try {
      // Whoever sent what fails here is told; this asks for what is kept.
      await this.guarded((now) => now.truth.settled()).catch(() => {});
      return await work();
    } finally {
      this.#wantStill -= 1;
      if (this.#wantStill === 0) {
        this.#goOn.resolve();
        this.#goOn = Promise.withResolvers<void>();
      }
    }
  };

  /** What a commit waits for before it begins. */
  async whenFree(): Promise<void> {
    while (this.#wantStill > 0) await this.#goOn.promise;
  }

  /** What a checkpoint waits for before it begins. */
  async whenReleased(): Promise<void> {
    await this.#alone;
  }

  /**
   * Does something with the files while nothing is written: no commit, no checkpoint. `prepare` comes before, while commits
   * go on.
   */
  async alone(
    work: (before: OpenFiles) => void | Promise<void>,
    prepare: () => Promise<void> = async () => {},
  ): Promise<void> {
    // One at a time: each takes the files from under the other.
    while (this.#alone !== undefined) await this.#alone;
    const before = this.guarded((now) => now);
    const done = Promise.withResolvers<void>();
    this.#alone = done.promise;
    try {
      while (before.writing !== undefined) await before.writing;
      // The thread's connection goes first: the last to leave a file would take along the log of the file's next bearer.
      await before.stopWriter();
      await prepare();
      await this.whileStill(() =>
        this.guarded((now) => {
          if (now !== before) throw openedAnew();
          return work(now);
        }),
      );
    } finally {
      this.#alone = undefined;
      done.resolve();
    }
  }

  /** No more. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#now.stop();
  }
}

export function openedAnew(): StoreError {
  return new StoreError('store/unavailable', 'the store was opened anew meanwhile: try again');
}
