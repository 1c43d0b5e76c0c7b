import { crc32 } from 'node:zlib';
import type { Instant, Position } from '@selfsame/identity';
import { type Decided, type RepeatKey, repeatKey, StoreError, Turn } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { seenTable } from '../disk/schema.ts';
import type { Writes } from '../disk/writes.ts';
import { hashOf, KeyFilter } from './key-filter.ts';
import { KeyTable } from './key-table.ts';

/**
 * A generation is dropped when its youngest key is older than this, ms: seven days, one for a clock that was behind when it
 * was used, and one for a clock that is ahead now (G4, G25).
 */
const KEPT_FOR = 9 * 24 * 3600 * 1000;

/** Keys of one generation. A unique index over random keys sinks as it grows, so a new one is begun in time. */
export const KEYS_PER_GENERATION = 1_000_000;
/** Of a generation that has not this part of its keys, the table is read as quickly as a filter that was kept. */
const FEW = 1 / 20;

/** Parts in which a filter is kept: each is little to read. */
const PARTS = 16;
/** Keys of the least filter that has so many parts. */
const FEWEST = 2 * PARTS;
/** What reading them may take of a turn of the event loop, ms. */
const SHARE = 2;

interface Generation {
  readonly number: number;
  readonly started: number;
  keys: number;
  readonly filter: KeyFilter;
  /** So many of the parts that were kept are in the filter; until all are, it does not say what is not there. */
  read: number;
  /** The tables have this filter: it must not stay there when more keys come. */
  isKept: boolean;
  /** Made at its first use, for the table of a generation comes with the checkpoint that begins it. */
  find: Statement<[number], { position: number }> | undefined;
}

/**
 * Remembers insert ids for at least seven days, over restarts, in a rotating row of tables (G4).
 *
 * The log holds every id, so the tables follow it at checkpoints: a commit that wrote random ids into them would write
 * a page for each. What they do not hold yet is in memory, and noted again from the log after a crash.
 */
export class Seen {
  /** When the filters that were kept have been read; until then the tables are asked for every key. */
  readonly filled: Promise<void>;
  #recent = new KeyTable();
  /** Keys that a checkpoint is writing, and the generation it begins. */
  #leaving = new KeyTable();
  #beginning: Generation | undefined;
  /** Generations that the checkpoint drops. */
  #ending: Generation[] = [];
  readonly #db: Database;
  readonly #record: (position: Position) => Decided | undefined;
  #generations: Generation[] = [];
  readonly #keysPerGeneration: number;
  readonly #part: Statement<[generation: number, part: number], { readonly bits: Buffer; readonly crc: number }>;

  /**
   * `record` reads one entry of the log, which `db` need not hold. `before`: what another had in memory beside the same
   * tables goes on here, and no more there; none may be being written.
   */
  constructor(
    db: Database,
    record: (position: Position) => Decided | undefined,
    keysPerGeneration = KEYS_PER_GENERATION,
    before?: Seen,
  ) {
    this.#keysPerGeneration = keysPerGeneration;
    this.#db = db;
    this.#record = record;
    this.#part = db.prepare('SELECT bits, crc FROM filters WHERE generation = ? AND part = ?');
    if (before !== undefined) {
      this.filled = before.filled;
      this.#recent = before.#recent;
      this.#generations = before.#generations.map((one) => ({ ...one, find: undefined }));
      return;
    }
    const rows = db
      .prepare<[], { generation: number; started: number; keys: number; isKept: number }>(
        `SELECT *, EXISTS (SELECT 1 FROM filters WHERE generation = generations.generation) AS isKept
         FROM generations ORDER BY generation`,
      )
      .all();
    this.#generations = rows.map((row) => {
      const generation = this.#generationOf(row.generation, row.started, row.keys, row.isKept === 1);
      if (!generation.isKept) this.#rebuild(generation);
      return generation;
    });
    this.filled = this.#fillInTurns();
  }

  /** The position at which this key was last used. A hash that matches is compared with the record itself. */
  find(key: RepeatKey): Position | undefined {
    const hash = hashOf(key);
    const isIt = (position: Position) => {
      const record = this.#record(position);
      return record !== undefined && repeatKey(record.entry) === key;
    };
    const recent = this.#recent.find(hash).find(isIt) ?? this.#leaving.find(hash).find(isIt);
    if (recent !== undefined) return recent;
    for (let i = this.#generations.length - 1; i >= 0; i--) {
      const generation = this.#generations[i] as Generation;
      if (generation.read === PARTS && !generation.filter.mayHold(hash)) continue;
      generation.find ??= this.#db.prepare(
        `SELECT position FROM seen_${generation.number} WHERE hash = ? ORDER BY position DESC`,
      );
      const found = generation.find.all(hash).find(({ position }) => isIt(position));
      if (found !== undefined) return found.position;
    }
    return undefined;
  }

  /** The first position whose key is remembered; infinity when none ever was. @throws StoreError when a generation is empty. */
  get from(): Position {
    const oldest = this.#generations[0];
    if (oldest === undefined) return Number.POSITIVE_INFINITY;
    const { first } = this.#db
      .prepare<[], { first: number | null }>(`SELECT min(position) AS first FROM seen_${oldest.number}`)
      .get() as { first: number | null };
    if (first === null) throw new StoreError('store/corrupt', `the insert ids of generation ${oldest.number} are gone`);
    return first;
  }

  /** After a commit: its entries used these keys. */
  note(repeats: Iterable<readonly [RepeatKey, Position]>): void {
    for (const [key, position] of repeats) this.#recent.add(hashOf(key), position);
  }

  /** After a crash: an entry past the last checkpoint, which was read again from the log. */
  noteAgain({ entry }: Decided): void {
    const key = repeatKey(entry);
    if (key !== undefined) this.#recent.add(hashOf(key), entry.position);
  }

  /** A checkpoint begins: it takes along the keys used so far, into a new generation if it is time. `now` in ms. */
  leave(now: Instant): void {
    // What a checkpoint that failed could not write goes along with this one.
    this.#recent.addAll(this.#leaving);
    this.#leaving = this.#recent;
    this.#recent = new KeyTable();
    const current = this.#generations.at(-1);
    const isDue = this.#leaving.size > 0 && (current === undefined || current.keys >= this.#keysPerGeneration);
    this.#beginning = isDue ? this.#generationOf((current?.number ?? 0) + 1, now, 0, false) : undefined;
  }

  /** Part of the checkpoint. Yields what its work costs, in bytes. */
  *write(writes: Writes): Generator<number> {
    const last = this.#generations.at(-1);
    const begun = this.#beginning;
    if (begun !== undefined) {
      if (last !== undefined) this.#keep(last, writes);
      // A generation is as young as the start of the one after it.
      while (this.#generations.length > 1 && (this.#generations[1] as Generation).started < begun.started - KEPT_FOR)
        this.#ending.push(this.#generations.shift() as Generation);
      // Those too that a checkpoint which failed or was given up would have dropped.
      for (const old of this.#ending) {
        writes.add(`DROP TABLE seen_${old.number}`);
        writes.add('DELETE FROM generations WHERE generation = ?', old.number);
        writes.add('DELETE FROM filters WHERE generation = ?', old.number);
      }
      writes.add(seenTable(begun.number));
      writes.add('INSERT INTO generations VALUES (?, ?, 0)', begun.number, begun.started);
    }
    const current = begun ?? last;
    if (begun === undefined && last?.isKept === true) {
      this.#fill(last);
      writes.add('DELETE FROM filters WHERE generation = ?', last.number);
    }
    const insert = `INSERT OR IGNORE INTO seen_${current?.number} VALUES (?, ?)`;
    // In the order of the index: a page after the other, not one here and one there.
    for (const [hash, position] of this.#leaving.inOrder()) {
      writes.add(insert, hash, position);
      // Too early does no harm: "in here" means look.
      current?.filter.add(hash);
      yield 100;
    }
  }

  /**
   * Keeps the filter of the last generation as well, if it has many keys and the tables do not have it as it is, so that
   * whoever opens them next need not read them all.
   */
  seal(writes: Writes): void {
    const last = this.#generations.at(-1);
    if (last === undefined || last.isKept || last.keys < this.#keysPerGeneration * FEW) return;
    this.#keep(last, writes);
    last.isKept = true;
  }

  #keep(generation: Generation, writes: Writes): void {
    const { number, keys, filter } = generation;
    this.#fill(generation);
    writes.add('UPDATE generations SET keys = ? WHERE generation = ?', keys, number);
    const words = filter.bits.length / PARTS;
    for (let part = 0; part < PARTS; part++) {
      const bits = new Uint8Array(filter.bits.slice(part * words, (part + 1) * words).buffer);
      writes.add('INSERT OR REPLACE INTO filters VALUES (?, ?, ?, ?)', number, part, bits, sumOf(bits, number, part));
    }
  }

  /** The checkpoint is in the tables. */
  left(): void {
    if (this.#beginning !== undefined) this.#generations.push(this.#beginning);
    const current = this.#generations.at(-1);
    if (current !== undefined) current.isKept = false;
    if (current !== undefined) current.keys += this.#leaving.size;
    this.#leaving = new KeyTable();
    this.#beginning = undefined;
    this.#ending = [];
  }

  /** Reads the filters that were kept, a little in each turn of the event loop. */
  async #fillInTurns(): Promise<void> {
    const turn = new Turn(undefined, SHARE);
    try {
      // Those that are asked first; whoever opens the tables has not waited for any.
      for (const generation of this.#generations.toReversed())
        while (generation.read < PARTS) {
          await turn.next();
          this.#fill(generation, generation.read + 1);
        }
    } catch {
      // Where they cannot be read, or are closed meanwhile, the tables go on being asked: whoever does hears what is wrong.
    }
  }

  /** Reads a filter that was kept, up to a part; where it is damaged, the table. @throws SqliteError when neither can be read. */
  #fill(generation: Generation, through = PARTS): void {
    const { number, filter } = generation;
    const words = filter.bits.length / PARTS;
    for (; generation.read < through; generation.read++) {
      const part = this.#part.get(number, generation.read);
      const isWhole = part?.bits.length === 4 * words && sumOf(part.bits, number, generation.read) === part.crc;
      // It might say of an insert id that was used that it never was.
      if (part === undefined || !isWhole) {
        this.#rebuild(generation);
        generation.read = PARTS;
        return;
      }
      // Copied: what was read begins at any byte.
      filter.addPart(generation.read * words, new Uint32Array(new Uint8Array(part.bits).buffer));
    }
  }

  #generationOf(number: number, started: Instant, keys: number, isKept: boolean): Generation {
    const filter = new KeyFilter(Math.max(this.#keysPerGeneration, FEWEST));
    return { ...{ number, started, keys, isKept, filter }, find: undefined, read: isKept ? 0 : PARTS };
  }

  /** The filter of the generation that was being written lives in memory only, and so does how many keys it has. */
  #rebuild(generation: Generation): void {
    const hashes = this.#db.prepare<[], number>(`SELECT hash FROM seen_${generation.number}`).pluck();
    generation.keys = 0;
    for (const hash of hashes.iterate()) {
      generation.filter.add(hash);
      generation.keys += 1;
    }
  }
}

/** Over a part of a filter, and which one it is (G3). */
const sumOf = (bits: Uint8Array, generation: number, part: number): number => crc32(bits, generation * PARTS + part);
