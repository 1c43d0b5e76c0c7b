import type { PersonId, Position } from '@selfsame/identity';
import type { Account, Books, DeadLetter, FlowState, Listed, Mark } from '@selfsame/outputs';
import Database from 'better-sqlite3';

/** Statements for one kind of row; SQLite prepares each once. */
const sql = {
  open: 'SELECT begun, cursor, state, reason, sent, next_at AS nextAt FROM outputs WHERE name = ?',
  keep: `INSERT INTO outputs VALUES (@name, @cursor, @cursor, @state, @reason, @sent, @nextAt)
    ON CONFLICT (name) DO UPDATE SET cursor = @cursor, state = @state, reason = @reason, next_at = @nextAt,
      sent = sent + @sent`,
  listed: 'SELECT position, part, failures, due, since, sequence FROM listed WHERE name = ? ORDER BY position, part',
  list: 'INSERT OR REPLACE INTO listed VALUES (@name, @position, @part, @failures, @due, @since, @sequence)',
  unlist: 'DELETE FROM listed WHERE name = ? AND position = ? AND part = ?',
  bury: 'INSERT OR REPLACE INTO dead VALUES (@name, @position, @part, @id, @kind, @sequence, @why, @status, @at)',
  unbury: 'DELETE FROM dead WHERE name = ? AND position = ? AND part = ?',
  dead: `SELECT position, part, id, kind, sequence, why, status, at FROM dead
    WHERE name = ? AND (position, part) > (?, ?) ORDER BY position, part LIMIT ?`,
  total: 'SELECT count(*) AS n FROM dead WHERE name = ?',
  mark: 'SELECT sequence, gap FROM marks WHERE name = ? AND person = ?',
  setMark: `INSERT INTO marks VALUES (@name, @person, @sequence, @gap)
    ON CONFLICT (name, person) DO UPDATE SET sequence = max(sequence, @sequence), gap = @gap`,
} as const;

/**
 * The books of every output, in a file of their own: what cannot be made again from the log. Each saving is one
 * transaction. One that only says how far an output is does not wait for the disk: every request of this thread would
 * wait with it, and all a power failure does is that those messages are sent once more (O8).
 */
export function openBooks(file: string): Books {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  // They cannot be made again, and name people.
  db.pragma('secure_delete = ON');
  db.exec(`
    CREATE TABLE IF NOT EXISTS outputs (name TEXT PRIMARY KEY, begun INTEGER NOT NULL, cursor INTEGER NOT NULL,
      state TEXT NOT NULL, reason TEXT, sent INTEGER NOT NULL, next_at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS listed (name TEXT, position INTEGER, part INTEGER, failures INTEGER NOT NULL,
      due INTEGER NOT NULL, since INTEGER, sequence INTEGER NOT NULL, PRIMARY KEY (name, position, part)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS dead (name TEXT, position INTEGER, part INTEGER, id TEXT NOT NULL, kind TEXT NOT NULL,
      sequence INTEGER NOT NULL, why TEXT NOT NULL, status INTEGER, at INTEGER NOT NULL,
      PRIMARY KEY (name, position, part)) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS marks (name TEXT, person TEXT, sequence INTEGER NOT NULL, gap INTEGER NOT NULL,
      PRIMARY KEY (name, person)) WITHOUT ROWID;
  `);
  // Books of before had no such column.
  const columns = db.pragma('table_info(outputs)') as readonly { readonly name: string }[];
  if (!columns.some(({ name }) => name === 'next_at'))
    db.exec('ALTER TABLE outputs ADD COLUMN next_at INTEGER NOT NULL DEFAULT 0');
  const prepared = Object.fromEntries(
    Object.entries(sql).map(([name, text]) => [name, db.prepare(text)]),
  ) as unknown as Record<keyof typeof sql, Database.Statement>;

  const states = new Map<string, FlowState>();
  const save = db.transaction((name: string, change: Parameters<Books['save']>[1]) => {
    const { cursor, state, reason, nextAt, sent, list, unlist, dead, marks } = change;
    prepared.keep.run({ name, cursor, state, reason, nextAt, sent });
    for (const { position, part } of unlist) prepared.unlist.run(name, position, part);
    for (const one of list) prepared.list.run({ name, ...one });
    for (const letter of dead) prepared.bury.run({ name, ...letter });
    for (const [person, mark] of marks) prepared.setMark.run({ name, person, ...mark });
  });

  return {
    open(output) {
      const row = prepared.open.get(output) as (Omit<Account, 'listed'> & { readonly state: FlowState }) | undefined;
      return row && { ...row, listed: prepared.listed.all(output) as Listed[] };
    },
    save(name, change) {
      const { state, list, unlist, dead } = change;
      const isProgress = states.get(name) === state && list.length + unlist.length + dead.length === 0;
      db.pragma(`synchronous = ${isProgress ? 'NORMAL' : 'FULL'}`);
      try {
        save(name, change);
        states.set(name, state);
      } finally {
        db.pragma('synchronous = FULL');
      }
    },
    mark: (output, person: PersonId) => prepared.mark.get(output, person) as Mark | undefined,
    dead(output, { position, part }, limit) {
      const letters = prepared.dead.all(output, position, part, limit) as DeadLetter[];
      return { letters, total: (prepared.total.get(output) as { n: number }).n };
    },
    bury: db.transaction((output: string, places: Parameters<Books['bury']>[1]) => {
      for (const { position, part } of places) prepared.unbury.run(output, position, part);
    }),
    drop: db.transaction((output: string) => {
      states.delete(output);
      for (const table of ['outputs', 'listed', 'dead', 'marks'])
        db.prepare(`DELETE FROM ${table} WHERE name = ?`).run(output);
    }),
    close: () => void db.close(),
  };
}

/** Takes the books back to a position of the log: every output goes on from there, whatever it was told after it. */
export function rewindBooks(file: string, through: Position): void {
  const db = new Database(file);
  try {
    db.transaction(() => {
      db.prepare('UPDATE outputs SET begun = min(begun, @through), cursor = min(cursor, @through)').run({ through });
      for (const table of ['listed', 'dead']) db.prepare(`DELETE FROM ${table} WHERE position > ?`).run(through);
    })();
  } finally {
    db.close();
  }
}
