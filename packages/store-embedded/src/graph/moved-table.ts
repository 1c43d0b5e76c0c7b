import type { ProjectId } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { checksum } from '../disk/checksum.ts';
import type { Writes } from '../disk/writes.ts';

/** A row of `moved`: an identifier of a project may belong to somebody else since. */
export interface MovedRow {
  readonly project: ProjectId;
  /** The project's changes are numbered from 1, without a gap. */
  readonly change: number;
  /** The identifier's. */
  readonly number: number;
  readonly crc: number;
}

/** Which identifiers changed owner, in the order in which the columns are told, of each project by itself. */
export class MovedTable {
  readonly #last: Statement<[string], { readonly last: number | null }>;
  readonly #after: Statement<[string, number, number], MovedRow>;
  /** The last of each project that is being written. */
  readonly #written = new Map<ProjectId, number>();

  constructor(db: Database) {
    this.#last = db.prepare('SELECT max(change) AS last FROM moved WHERE project = ?');
    this.#after = db.prepare('SELECT * FROM moved WHERE project = ? AND change > ? ORDER BY change LIMIT ?');
  }

  /** The last change of a project that the table holds; 0 where there is none. */
  last(project: ProjectId): number {
    return this.#last.get(project)?.last ?? 0;
  }

  /** At most `limit` changes of a project. @throws StoreError 'store/corrupt' where one is missing or damaged. */
  after(project: ProjectId, change: number, limit: number): readonly MovedRow[] {
    const rows = this.#after.all(project, change, limit);
    for (const [i, row] of rows.entries())
      if (row.change !== change + i + 1 || !isWhole(row))
        throw new StoreError('store/corrupt', `change ${change + i + 1} is damaged: rebuild the graph from the log`);
    return rows;
  }

  /** What was written before is in the table, or has failed. */
  begin(): void {
    this.#written.clear();
  }

  add(project: ProjectId, number: number, writes: Writes): void {
    const change = (this.#written.get(project) ?? this.last(project)) + 1;
    this.#written.set(project, change);
    writes.add('INSERT INTO moved VALUES (?, ?, ?, ?)', project, change, number, checksum(project, change, number));
  }
}

/** Does a row match its checksum? */
export const isWhole = ({ project, change, number, crc }: MovedRow): boolean =>
  checksum(project, change, number) === crc;
