import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from '../disk/checksum.ts';
import type { Writes } from '../disk/writes.ts';

interface MetaRow {
  readonly name: string;
  readonly value: string;
  readonly crc: number;
}

/** Named values beside the tables: how far the graph reaches, under which policies, in which epoch. */
export class Meta {
  readonly #get: Statement<[string], MetaRow>;
  readonly #all: Statement<[], MetaRow>;

  constructor(db: Database) {
    this.#get = db.prepare('SELECT * FROM meta WHERE name = ?');
    this.#all = db.prepare('SELECT * FROM meta');
  }

  /** @throws StoreError 'store/corrupt' when the value does not match its checksum. */
  get(name: string): string | undefined {
    const row = this.#get.get(name);
    return row && checked(row).value;
  }

  set(name: string, value: string, writes: Writes): void {
    writes.add('INSERT OR REPLACE INTO meta VALUES (?, ?, ?)', name, value, checksum(name, value));
  }

  /** Every value whose name begins so, by the rest of its name. @throws StoreError as `get`. */
  withPrefix(prefix: string): ReadonlyMap<string, string> {
    const rows = this.#all.all().map(checked);
    return new Map(
      rows.filter((row) => row.name.startsWith(prefix)).map((row) => [row.name.slice(prefix.length), row.value]),
    );
  }
}

function checked(row: MetaRow): MetaRow {
  if (checksum(row.name, row.value) !== row.crc)
    throw new StoreError('store/corrupt', `the setting ${row.name} of the store does not match its checksum`);
  return row;
}
