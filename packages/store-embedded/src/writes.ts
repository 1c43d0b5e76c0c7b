import type { Database, Statement } from 'better-sqlite3';

export type Value = string | number | Uint8Array | null;

/** Statements and the rows they run with: what changes in the graph's tables, as a message to whoever writes them. */
export type Batch = readonly (readonly [sql: string, rows: readonly (readonly Value[])[]])[];

/** Gathers writes; statements run in the order in which they were first named. */
export class Writes {
  #rows = new Map<string, (readonly Value[])[]>();
  add(sql: string, ...row: readonly Value[]): void {
    const rows = this.#rows.get(sql);
    if (rows === undefined) this.#rows.set(sql, [row]);
    else rows.push(row);
  }

  take(): Batch {
    const batch = [...this.#rows];
    this.#rows = new Map();
    return batch;
  }
}

/** Runs batches on a connection, in whatever transaction it is in. @throws SqliteError */
export function runnerOf(db: Database): (batch: Batch) => void {
  const statements = new Map<string, Statement<Value[]>>();
  return (batch) => {
    for (const [sql, rows] of batch) {
      let statement = statements.get(sql);
      if (statement === undefined) statements.set(sql, (statement = db.prepare<Value[]>(sql)));
      for (const row of rows) statement.run(...row);
    }
  };
}
