import type { IdentifierKey, PersonId, ProjectId } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import type { Database, Statement } from 'better-sqlite3';
import { hashOf } from '../seen/key-filter.ts';
import type { NodeRow } from './node-row.ts';

/** What a node of a project is found by: its key, and its person. */
export const nameOf = (project: ProjectId, name: string): string => `${project}\n${name}`;

/** The hash under which it is found. */
export const hashOfName = (project: ProjectId, name: string): number => hashOf(nameOf(project, name));

type Found = [number: number, other: string, body: string, crc: number];

/** Finds nodes by what names them. A name that is in the table twice is two whose hashes are the same; the node says which. */
export class NameTable {
  readonly #find: Record<'key' | 'person', Statement<[number, string, string], Found>>;
  readonly #all: Statement<[number], NodeRow>;
  readonly #many: Statement<[string], NodeRow>;
  readonly #page: Statement<[number, number], number>;

  constructor(db: Database) {
    const from = 'FROM names CROSS JOIN nodes ON nodes.number = names.number WHERE names.hash = ?';
    // What is known of it is not read: a look is most of what an event costs that names somebody who is not in memory.
    const find = (by: string, other: string) =>
      db
        .prepare<[number, string, string], Found>(
          `SELECT nodes.number, ${other}, body, crc ${from} AND ${by} = ? AND project = ?`,
        )
        .raw();
    this.#find = { key: find('key', 'person'), person: find('person', 'key') };
    this.#all = db.prepare(`SELECT nodes.* ${from}`);
    // One statement: to begin a look takes as long as the look.
    this.#many = db.prepare(
      'SELECT nodes.* FROM json_each(?) AS wanted CROSS JOIN names ON names.hash = wanted.value CROSS JOIN nodes ON nodes.number = names.number',
    );
    this.#page = db
      .prepare<[number, number], number>('SELECT hash FROM names WHERE hash > ? ORDER BY hash LIMIT ?')
      .pluck();
  }

  /** @throws StoreError 'store/corrupt' when the table leads to a node that is not named so. */
  find(project: ProjectId, name: string, by: 'key' | 'person', hash = hashOfName(project, name)): NodeRow | undefined {
    const found = this.#find[by].get(hash, name, project);
    if (found === undefined) return this.#noneBut(hash);
    const [number, other, body, crc] = found;
    const [key, person] = by === 'key' ? [name, other] : [other, name];
    return { number, project, key: key as IdentifierKey, person: person as PersonId, body, crc };
  }

  /** Those that some hashes lead to, in the order of the table; the first alone where they are so many bytes. */
  all(hashes: Iterable<number>, most: number): readonly NodeRow[] {
    const rows: NodeRow[] = [];
    let bytes = 0;
    for (const row of this.#many.iterate(JSON.stringify([...hashes].sort((a, b) => a - b)))) {
      rows.push(row);
      bytes += row.body.length;
      if (bytes > most) break;
    }
    return rows;
  }

  /** Is there none because those of this hash are named otherwise? */
  #noneBut(hash: number): undefined {
    for (const row of this.#all.all(hash))
      if (!hashesOf(row).includes(hash))
        throw new StoreError('store/corrupt', `node ${row.number} is misnamed: rebuild the graph from the log`);
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
