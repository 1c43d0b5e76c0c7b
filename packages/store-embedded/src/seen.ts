import type { Position } from '@selfsame/identity';
import { type Decided, type RepeatKey, repeatKey, StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { decode, type LogRecord } from './log-record.ts';
import { SeenFilter } from './seen-filter.ts';

/** Keys of one generation. A unique index over random keys sinks as it grows, so we start a new one in time. */
const KEYS_PER_GENERATION = 1_000_000;
/** A generation is dropped when its youngest key is older than this, ms: seven days, and one for clocks that jump (G4, G25). */
const KEPT_FOR = 8 * 24 * 3600 * 1000;

interface Generation {
  readonly number: number;
  readonly started: number;
  keys: number;
  filter: SeenFilter;
  readonly find: Statement<[number], { position: number }>;
  readonly insert: Statement<[number, number]>;
}

/**
 * Remembers insert ids for at least seven days, over restarts, in a rotating row of tables (G4).
 *
 * The log holds every id, so the tables follow it at checkpoints: a commit that wrote random ids into them would write
 * a page for each. What they do not hold yet is in memory, and noted again from the log after a crash.
 */
export class Seen {
  /** The last position whose key the tables hold; what came after it is in memory. */
  through: Position = 0;
  readonly #recent = new Map<RepeatKey, Position>();
  readonly #db: Database;
  readonly #record: Statement<[number], LogRecord>;
  #generations: Generation[] = [];

  constructor(db: Database) {
    this.#db = db;
    this.#record = db.prepare('SELECT position, crc, body FROM log WHERE position = ?');
    const rows = db
      .prepare<[], { generation: number; started: number; keys: number; filter: Buffer | null }>(
        'SELECT * FROM generations ORDER BY generation',
      )
      .all();
    this.#generations = rows.map((row) => {
      const generation = this.#open(row.generation, row.started, row.keys, row.filter);
      if (row.filter === null) this.#rebuild(generation);
      return generation;
    });
  }

  /** The position at which this key was last used. A hash that matches is compared with the record itself. */
  find(key: RepeatKey): Position | undefined {
    const recent = this.#recent.get(key);
    if (recent !== undefined) return recent;
    const hash = hashOf(key);
    for (let i = this.#generations.length - 1; i >= 0; i--) {
      const generation = this.#generations[i] as Generation;
      if (!generation.filter.mayHold(hash)) continue;
      for (const { position } of generation.find.all(hash)) {
        const record = this.#record.get(position);
        if (record !== undefined && repeatKey(decode(record).entry) === key) return position;
      }
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
    for (const [key, position] of repeats) this.#recent.set(key, position);
  }

  /** After a crash: an entry that was read again from the log. */
  noteAgain({ entry }: Decided): void {
    const key = entry.position > this.through ? repeatKey(entry) : undefined;
    if (key !== undefined) this.#recent.set(key, entry.position);
  }

  /** Part of a checkpoint's transaction; call `done` after it. `now` in ms. */
  write(now: number): void {
    // In the order of the tables, so that a page is written once.
    const hashed = [...this.#recent].map(([key, position]) => [hashOf(key), position] as const);
    hashed.sort(([a], [b]) => a - b);
    let current = this.#generations.at(-1);
    if (hashed.length > 0 && (current === undefined || current.keys >= KEYS_PER_GENERATION))
      current = this.#rotate(now);
    for (const [hash, position] of hashed) {
      current?.insert.run(hash, position);
      current?.filter.add(hash);
    }
    if (current !== undefined) current.keys += hashed.length;
  }

  done(): void {
    for (const position of this.#recent.values()) this.through = Math.max(this.through, position);
    this.#recent.clear();
  }

  #rotate(now: number): Generation {
    const last = this.#generations.at(-1);
    if (last !== undefined) {
      this.#db
        .prepare('UPDATE generations SET keys = ?, filter = ? WHERE generation = ?')
        .run(last.keys, Buffer.from(last.filter.bits.buffer), last.number);
    }
    // A generation is as young as the start of the one after it.
    while (this.#generations.length > 1 && (this.#generations[1] as Generation).started < now - KEPT_FOR) {
      const old = this.#generations.shift() as Generation;
      this.#db.exec(`DROP TABLE seen_${old.number}; DELETE FROM generations WHERE generation = ${old.number}`);
    }
    const number = (last?.number ?? 0) + 1;
    this.#db.exec(
      `CREATE TABLE seen_${number} (hash INTEGER, position INTEGER, PRIMARY KEY (hash, position)) WITHOUT ROWID`,
    );
    this.#db.prepare('INSERT INTO generations (generation, started, keys) VALUES (?, ?, 0)').run(number, now);
    const generation = this.#open(number, now, 0, null);
    this.#generations.push(generation);
    return generation;
  }

  #open(number: number, started: number, keys: number, filter: Buffer | null): Generation {
    return {
      number,
      started,
      keys,
      filter: new SeenFilter(
        filter === null
          ? KEYS_PER_GENERATION
          : new Uint32Array(filter.buffer.slice(filter.byteOffset, filter.byteOffset + filter.byteLength)),
      ),
      find: this.#db.prepare(`SELECT position FROM seen_${number} WHERE hash = ? ORDER BY position DESC`),
      insert: this.#db.prepare(`INSERT OR IGNORE INTO seen_${number} VALUES (?, ?)`),
    };
  }

  /** The filter of the generation that was being written lives in memory only, and so does how far it reaches. */
  #rebuild(generation: Generation): void {
    generation.keys = 0;
    for (const { hash, position } of this.#db
      .prepare<[], { hash: number; position: Position }>(`SELECT hash, position FROM seen_${generation.number}`)
      .iterate()) {
      generation.filter.add(hash);
      generation.keys += 1;
      this.through = Math.max(this.through, position);
    }
  }
}

/** 53 bits of a key: two multiplicative lanes over its characters. Equal hashes are told apart by the record. */
export function hashOf(key: string): number {
  let a = 0x811c9dc5;
  let b = 0x41c6ce57;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x9e3779b1);
  }
  a = Math.imul(a ^ (a >>> 15), 0x85ebca6b) ^ (b >>> 13);
  b = Math.imul(b ^ (b >>> 16), 0xc2b2ae35) ^ (a >>> 11);
  return (b >>> 0) + ((a >>> 11) & 0x1fffff) * 0x100000000;
}
