import { addCounts, type Counts, StoreError } from '@selfsame/store';
import type { Database } from 'better-sqlite3';
import { checksum } from '../disk/checksum.ts';

type Cells = [string, string, number, number, number, number, number];

/** How many items met which fate, by project and wire: in memory, and written whole with each commit that changes it. */
export class CountTable {
  readonly #counts = new Map<string, Counts>();

  /** @throws StoreError 'store/corrupt' when a row does not match its checksum. */
  constructor(db: Database) {
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

  /** Counts more, and answers the rows to be written: part of the commit that they come with. */
  add(more: readonly Counts[]): readonly (readonly [...Cells, number])[] {
    return more.map((one) => {
      const sum = addCounts(this.#counts.get(nameOf(one)), one);
      this.#counts.set(nameOf(sum), sum);
      return [...cellsOf(sum), checksum(...cellsOf(sum))] as const;
    });
  }
}

/** Adds counts to the tables of a copy. Part of the caller's transaction, if there is one. */
export function addCountsTo(db: Database, counts: readonly Counts[]): void {
  const put = db.prepare('INSERT OR REPLACE INTO counts VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  for (const row of new CountTable(db).add(counts)) put.run(...row);
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
