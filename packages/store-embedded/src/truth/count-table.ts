import { addCounts, type Counts, StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from '../disk/checksum.ts';

type Cells = [string, string, number, number, number, number, number];

/** How many items met which fate, by project and wire: in memory, and written whole with each commit that changes it. */
export class CountTable {
  readonly #put: Statement<[...Cells, number]>;
  readonly #counts = new Map<string, Counts>();

  /** @throws StoreError 'store/corrupt' when a row does not match its checksum. */
  constructor(db: Database) {
    this.#put = db.prepare('INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    for (const { crc, ...row } of db
      .prepare<[], Counts & { project: string; crc: number }>('SELECT * FROM counts')
      .all()) {
      const counts = { ...row, project: row.project === '' ? null : row.project };
      if (checksum(...cellsOf(counts)) !== crc)
        throw new StoreError('store/corrupt', 'a row of counts does not match its checksum: restore a backup');
      this.#counts.set(nameOf(counts), counts);
    }
  }

  list(): readonly Counts[] {
    return [...this.#counts.values()];
  }

  /** Part of the caller's transaction. Answers what to do in memory once it has committed. */
  add(more: readonly Counts[]): () => void {
    const sums = more.map((one) => addCounts(this.#counts.get(nameOf(one)), one));
    for (const sum of sums) this.#put.run(...cellsOf(sum), checksum(...cellsOf(sum)));
    return () => {
      for (const sum of sums) this.#counts.set(nameOf(sum), sum);
    };
  }
}

const nameOf = ({ project, wire }: Counts): string => `${project ?? ''}\n${wire}`;

const cellsOf = (c: Counts): Cells => [
  c.project ?? '',
  c.wire,
  c.applied,
  c.duplicate,
  c.rejected,
  c.quarantined,
  c.suppressed,
];
