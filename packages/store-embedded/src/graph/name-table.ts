import type { ProjectId } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { hashOf } from '../seen/key-filter.ts';
import type { NodeRow } from './node-row.ts';

/** The hash under which a node of a project is found by its key, and by its person. */
export const hashOfName = (project: ProjectId, name: string): number => hashOf(`${project}\n${name}`);

/** Finds nodes by what names them. A name that is in the table twice is two whose hashes are the same; the node says which. */
export class NameTable {
  readonly #find: Statement<[number], NodeRow>;
  readonly #page: Statement<[number, number], number>;

  constructor(db: Database) {
    this.#find = db.prepare(
      'SELECT nodes.* FROM names CROSS JOIN nodes ON nodes.number = names.number WHERE names.hash = ?',
    );
    this.#page = db
      .prepare<[number, number], number>('SELECT hash FROM names WHERE hash > ? ORDER BY hash LIMIT ?')
      .pluck();
  }

  /** @throws StoreError 'store/corrupt' when the table leads to a node that is not named so. */
  find(project: ProjectId, name: string, by: 'key' | 'person'): NodeRow | undefined {
    const hash = hashOfName(project, name);
    const rows = this.#find.all(hash);
    const found = rows.find((row) => row[by] === name && row.project === project);
    if (found !== undefined) return found;
    for (const row of rows)
      if (!hashesOf(row).includes(hash))
        throw new StoreError('store/corrupt', `node ${row.number} is misnamed: rebuild the graph from the log`);
    return undefined;
  }

  /** Some hashes after one, in order; none where there are no more. */
  hashes(after: number, limit: number): readonly number[] {
    return this.#page.all(after, limit);
  }
}

/** Of a node: by its key, and by its person. */
export const hashesOf = ({ project, key, person }: NodeRow): readonly [number, number] => [
  hashOfName(project, key),
  hashOfName(project, person),
];
