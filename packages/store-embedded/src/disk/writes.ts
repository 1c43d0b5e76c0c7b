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
