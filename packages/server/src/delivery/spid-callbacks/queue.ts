import type { Instant, Position, ProjectId } from '@selfsame/identity';
import Database from 'better-sqlite3';
import type { Notice } from './notices.ts';

/** Most notices of one callback. */
const MOST = 10_000;

/** A callback that is on its way: made up, and not yet taken by the client. */
export interface Delivery {
  readonly notices: readonly Omit<Notice, 'project'>[];
  /** Attempts that failed. */
  readonly failed: number;
  /** When to try, ms. */
  readonly due: Instant;
}

/** What is to be told, in a file of its own that outlives a crash. It names users and holds nothing else about them. */
export class CallbackQueue {
  readonly #db: Database.Database;

  constructor(file: string) {
    this.#db = new Database(file);
    this.#db.pragma('journal_mode = WAL');
    this.#db.pragma('synchronous = FULL');
    this.#db.exec(`
      CREATE TABLE IF NOT EXISTS reached (one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS notices (
        number INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, user TEXT NOT NULL, field TEXT NOT NULL,
        time INTEGER NOT NULL, UNIQUE (project, user, field));
      CREATE TABLE IF NOT EXISTS deliveries (
        project TEXT PRIMARY KEY, notices TEXT NOT NULL, failed INTEGER NOT NULL, due INTEGER NOT NULL);
      CREATE TABLE IF NOT EXISTS begun (project TEXT PRIMARY KEY, at INTEGER NOT NULL);
    `);
  }

  /** How far the log has been read. */
  get reached(): Position | undefined {
    const row = this.#db.prepare('SELECT position FROM reached').get() as { position: number } | undefined;
    return row?.position;
  }

  /** Goes on from a position of the log, if it has been read further. */
  rewind(through: Position): void {
    this.#db.prepare('UPDATE reached SET position = min(position, ?)').run(through);
  }

  /** Keeps notices together with how far the log was read for them. Several of one kind about one user are one. */
  add(notices: readonly Notice[], through: Position): void {
    const add = this.#db.prepare(
      `INSERT INTO notices (project, user, field, time) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET time = max(time, excluded.time)`,
    );
    const reach = this.#db.prepare('INSERT OR REPLACE INTO reached VALUES (1, ?)');
    this.#db.transaction(() => {
      for (const { project, user, field, time } of notices) add.run(project, user, field, time);
      reach.run(through);
    })();
  }

  delivery(project: ProjectId): Delivery | undefined {
    const row = this.#db.prepare('SELECT notices, failed, due FROM deliveries WHERE project = ?').get(project) as
      | { notices: string; failed: number; due: number }
      | undefined;
    return row && { ...row, notices: JSON.parse(row.notices) as Delivery['notices'] };
  }

  /** When the last delivery of a project was begun, ms. */
  begunAt(project: ProjectId): Instant | undefined {
    const row = this.#db.prepare('SELECT at FROM begun WHERE project = ?').get(project) as { at: number } | undefined;
    return row?.at;
  }

  waiting(project: ProjectId): number {
    const row = this.#db.prepare('SELECT count(*) AS n FROM notices WHERE project = ?').get(project) as { n: number };
    return row.n;
  }

  /** Makes what waits a delivery that is due now. What is told meanwhile waits for the next one. */
  begin(project: ProjectId, now: Instant): void {
    this.#db.transaction(() => {
      const rows = this.#db
        .prepare('SELECT number, user, field, time FROM notices WHERE project = ? ORDER BY number LIMIT ?')
        .all(project, MOST) as (Omit<Notice, 'project'> & { number: number })[];
      const notices = rows.map(({ user, field, time }) => ({ user, field, time }));
      const remove = this.#db.prepare('DELETE FROM notices WHERE number = ?');
      for (const { number } of rows) remove.run(number);
      this.#db.prepare('INSERT INTO deliveries VALUES (?, ?, 0, ?)').run(project, JSON.stringify(notices), now);
      this.#db.prepare('INSERT OR REPLACE INTO begun VALUES (?, ?)').run(project, now);
    })();
  }

  retry(project: ProjectId, failed: number, due: Instant): void {
    this.#db.prepare('UPDATE deliveries SET failed = ?, due = ? WHERE project = ?').run(failed, due, project);
  }

  /** The delivery was taken, or given up. */
  end(project: ProjectId): void {
    this.#db.prepare('DELETE FROM deliveries WHERE project = ?').run(project);
  }

  close(): void {
    this.#db.close();
  }
}
