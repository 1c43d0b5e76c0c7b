import type { Value, Writes } from '../disk/writes.ts';

/**
 * Rows that belong anywhere in a table. They are gathered beside it and put in all together in its order, a page after the
 * other: as they come each would have a page of its own read and, once the cache is full of such pages, written, and read
 * and written again for the next row that belongs there.
 */
export class RowsInOrder {
  readonly #make: string;
  readonly #add: string;
  readonly #put: string;
  readonly #clear: string;

  /** `columns`: all of the table, which is a `WITHOUT ROWID` one in this order. */
  constructor(table: string, columns: readonly string[]) {
    const [aside, names] = [`temp.new_${table}`, columns.join(', ')];
    this.#make = `CREATE TEMP TABLE IF NOT EXISTS new_${table} (${names})`;
    this.#add = `INSERT INTO ${aside} VALUES (${columns.map(() => '?').join(', ')})`;
    this.#put = `INSERT OR IGNORE INTO main.${table} SELECT ${names} FROM ${aside} ORDER BY ${names}`;
    this.#clear = `DELETE FROM ${aside}`;
  }

  /** Before the first row of a transaction. */
  begin(writes: Writes): void {
    writes.add(this.#make);
  }

  add(writes: Writes, ...row: readonly Value[]): void {
    writes.add(this.#add, ...row);
  }

  /** After the last one. */
  end(writes: Writes): void {
    writes.add(this.#put);
    writes.add(this.#clear);
  }
}
