import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { configure, configureTruth } from '../src/disk/connection.js';
import { temporary } from './temporary.ts';

const WORD = 'ann@example.com';
const body = WORD.padEnd(128, '.');

/** Appends rows, writes over every other with a text as long, and says whether the file still holds what stood there. */
function holdsWhatWasWrittenOver(prepare: (db: InstanceType<typeof Database>) => void): boolean {
  const file = join(temporary(), 'file.db');
  const db = new Database(file);
  prepare(db);
  db.exec('CREATE TABLE log (position INTEGER PRIMARY KEY, body TEXT)');
  const append = db.prepare('INSERT INTO log VALUES (?, ?)');
  for (let i = 0; i < 1_000; i++) append.run(i, i % 2 === 0 ? body : 'somebody else');
  db.pragma('secure_delete = ON');
  db.exec(`UPDATE log SET body = '${'x'.repeat(body.length)}' WHERE position % 2 = 0`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  return readFileSync(file).includes(WORD);
}

it('a file that is told too late to overwrite what it deletes keeps copies of it', () => {
  const late = (db: InstanceType<typeof Database>) => db.pragma('secure_delete = OFF');
  expect(holdsWhatWasWrittenOver(late)).toBe(true);
});

it.each([
  ['the log', configureTruth],
  ['the graph', configure],
] as const)('%s, told from its first write, keeps none', (_name, prepare) => {
  expect(holdsWhatWasWrittenOver(prepare)).toBe(false);
});
