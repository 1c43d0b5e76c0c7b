import { chmodSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instant, Position } from '@selfsame/identity';
import { type FileFormat, type Folder, type Place, tableNames, viewsSql } from '@selfsame/outputs';
import { makeDirectory, type Restore, syncDirectory } from '@selfsame/store-embedded';
import { closedIn, Journal, openIn, type Placed, placedIn, readJournal } from './journal.ts';
import { type Mark, readMark, writeMark } from './mark.ts';
import { spanIn, spanName, writeTables } from './write-tables.ts';

/** How long after the end of its time a file is ended, ms: what arrived before may still be on its way here. */
const GRACE = 2_000;
const DIRECTORY_MODE = 0o750;

export interface FolderSettings {
  readonly directory: string;
  /** `project/output`: the directory is its alone. */
  readonly output: string;
  readonly format: FileFormat;
  /** Every event of a correction has a row. */
  readonly expand?: boolean;
  /** A file ends when its rows are so large, bytes as JSON … */
  readonly rotateBytes: number;
  /** … and when so much time has passed since the clock last showed a multiple of it, ms. */
  readonly rotateMs: number;
  /** Tells our log from that of another installation. */
  readonly log: string;
  readonly restores: readonly Restore[];
}

/**
 * A directory of files. Rows gather in a journal; which of them make a file follows from the log alone, so a crash
 * changes nothing about what files there are in the end. File names and journal say what is there already.
 */
export class FileFolder implements Folder {
  readonly #settings: FolderSettings;
  readonly #journal: Journal;
  /** Everything up to here is there. */
  #last: Place = { position: 0, part: 0 };
  #isSound = false;
  #work: Promise<unknown> = Promise.resolve();

  constructor(settings: FolderSettings) {
    this.#settings = settings;
    this.#journal = new Journal(settings.directory);
  }

  async open(cursor: Position): Promise<Position> {
    return await this.#alone(async () => {
      try {
        await this.#open();
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        throw code === undefined ? error : new Error(`the directory of files cannot be used: ${code}`);
      }
      return Math.min(cursor, this.#last.position);
    });
  }

  async append(lines: readonly string[]): Promise<void> {
    await this.#alone(async () => {
      if (!this.#isSound) await this.#open();
      this.#isSound = false;
      let waiting: { text: string[]; bytes: number; readonly first: Placed; last: Placed } | undefined;
      const write = async () => {
        if (waiting !== undefined) await this.#journal.write(waiting.text.join(''), waiting.first, waiting.last);
        waiting = undefined;
      };
      for (const line of lines) {
        const placed = placedIn(Buffer.from(line.slice(0, 120)));
        if (placed === undefined || !isAfter(placed, this.#last)) continue;
        const { held } = this.#journal;
        const since = held?.since ?? waiting?.first.at;
        const bytes = (held?.bytes ?? 0) + (waiting?.bytes ?? 0);
        if (since !== undefined && placed.position !== this.#last.position && this.#isFull(bytes, since, placed.at)) {
          await write();
          await this.#end();
        }
        waiting ??= { text: [], bytes: 0, first: placed, last: placed };
        waiting.text.push(line);
        waiting.bytes += Buffer.byteLength(line);
        waiting.last = placed;
        this.#last = { position: placed.position, part: placed.part };
      }
      await write();
      await this.#journal.sync();
      this.#isSound = true;
    });
  }

  closesAt(): Instant | undefined {
    const { held } = this.#journal;
    const { rotateMs } = this.#settings;
    return held === undefined ? undefined : (this.#windowOf(held.since) + 1) * rotateMs + GRACE;
  }

  async close(now: Instant, through: Position): Promise<void> {
    await this.#alone(async () => {
      const at = this.closesAt();
      if (at === undefined || now < at || through < this.#last.position) return;
      this.#isSound = false;
      await this.#end();
      this.#isSound = true;
    });
  }

  async probe(): Promise<void> {
    const { directory } = this.#settings;
    makeDirectory(directory);
    const file = join(directory, '_test');
    writeFileSync(file, 'Selfsame Test\n', { flush: true });
    await rm(file);
  }

  #windowOf(at: Instant): number {
    return Math.floor(at / this.#settings.rotateMs);
  }

  #isFull(bytes: number, since: Instant, at: Instant): boolean {
    return bytes >= this.#settings.rotateBytes || this.#windowOf(since) !== this.#windowOf(at);
  }

  /** Makes files of the journal. */
  async #end(): Promise<void> {
    await this.#journal.end();
    await this.#finish();
  }

  /** Makes files of a journal that has ended; again, where a crash came between. */
  async #finish(): Promise<void> {
    const { directory, format } = this.#settings;
    const closed = closedIn(directory);
    const held = await readJournal(closed);
    if (held !== undefined) await writeTables(directory, format, closed, spanName(held.first, held.last.position));
    await rm(closed);
    syncDirectory(directory);
  }

  async #open(): Promise<void> {
    const { directory, format, expand = false, output, log, restores } = this.#settings;
    this.#isSound = false;
    for (const one of [directory, ...tableNames.map((table) => join(directory, table))]) {
      makeDirectory(one);
      chmodSync(one, DIRECTORY_MODE);
    }
    const mark = readMark(directory);
    const last = restores.at(-1);
    const mine: Mark = {
      output,
      format,
      log,
      ...(expand ? { expand } : {}),
      ...(last === undefined ? {} : { restore: last }),
    };
    if (mark === undefined) {
      if (this.#files().some(({ last: to }) => to > 0))
        throw new Error('the directory holds files that are not this output’s: move them away');
    } else if (mark.output !== output || mark.format !== format || mark.log !== log)
      throw new Error(
        'the directory holds files of another output, format or installation: move it away, or take another id',
      );
    else if ((mark.expand ?? false) !== expand)
      throw new Error(
        `the directory was begun ${expand ? 'without' : 'with'} expand: move it away, then it is written anew`,
      );
    if (mark === undefined || !this.#isFurnished()) await this.#furnish();
    if (existsSync(closedIn(directory))) await this.#finish();
    await this.#journal.open();
    const lost = mark && lostAfter(mark, restores);
    if (lost !== undefined) await this.#setAside(lost, last?.id ?? 'other');
    if (JSON.stringify(mark) !== JSON.stringify(mine)) writeMark(directory, mine);
    const end = Math.max(0, ...this.#files().map((one) => one.last));
    this.#last = this.#journal.held?.last ?? { position: end, part: Number.POSITIVE_INFINITY };
    this.#isSound = true;
  }

  /** Are the views those of this version? */
  #isFurnished(): boolean {
    const { directory, format } = this.#settings;
    const views = join(directory, 'views.sql');
    return existsSync(views) && readFileSync(views, 'utf8') === viewsSql(format);
  }

  /** The views, and a first file without rows for each table, so that a reader always finds one. */
  async #furnish(): Promise<void> {
    const { directory, format } = this.#settings;
    const views = join(directory, 'views.sql');
    writeFileSync(views, viewsSql(format), { flush: true });
    chmodSync(views, 0o640);
    const none = join(directory, '_none.rows');
    writeFileSync(none, '');
    await writeTables(directory, format, none, spanName(0, 0), true);
    await rm(none);
    syncDirectory(directory);
  }

  #files() {
    const { directory } = this.#settings;
    return tableNames.flatMap((table) =>
      readdirSync(join(directory, table)).flatMap((name) => {
        const span = spanIn(name);
        return span === undefined ? [] : [{ table, name, ...span }];
      }),
    );
  }

  /** What a history that a restore has ended wrote after `through` goes to a folder of its own; the rest is told again. */
  async #setAside(through: Position, restore: string): Promise<void> {
    const { directory } = this.#settings;
    const aside = join(directory, '_before', restore);
    for (const { table, name, last } of this.#files()) {
      if (last <= through) continue;
      makeDirectory(join(aside, table));
      renameSync(join(directory, table, name), join(aside, table, name));
    }
    if ((this.#journal.held?.last.position ?? 0) > through) {
      makeDirectory(aside);
      renameSync(openIn(directory), join(aside, 'open.rows'));
      await this.#journal.open();
    }
    for (const one of [directory, ...tableNames.map((table) => join(directory, table))]) syncDirectory(one);
  }

  /** One thing at a time. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#work.then(work);
    this.#work = mine.catch(() => {});
    return mine;
  }
}

const isAfter = (one: Place, other: Place): boolean =>
  one.position > other.position || (one.position === other.position && one.part > other.part);

/** The last position that what is in a directory shares with our log; undefined when all of it does. */
function lostAfter({ restore }: Mark, restores: readonly Restore[]): Position | undefined {
  const known = restores.findIndex(({ id }) => id === restore?.id);
  const ended = restores.slice(known + 1).map(({ after }) => after);
  // The directory was written in a history that ours knows nothing of.
  if (restore !== undefined && known < 0) ended.push(restore.after);
  return ended.length === 0 ? undefined : Math.min(...ended);
}
