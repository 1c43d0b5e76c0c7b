import { closeSync, copyFileSync, fsyncSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { TRUTH } from '../truth/truth.ts';

/** What a data directory holds that is made again by itself, or belongs to a running process. */
const left = new RegExp(
  `^(${TRUTH}|graph(-next|-former)?\\.db|columns\\.duckdb.*|(selfsame|outputs)\\.lock|probe|console-token|backup\\.json)$|-wal$|-shm$|-journal$|\\.new$`,
);

/** The files beside the log that a backup takes along: secrets, policies, outputs with their books, certificates. */
export const companionsOf = (directory: string): readonly string[] =>
  readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !left.test(entry.name))
    .map(({ name }) => name)
    .sort();

/**
 * Copies them. To be done before the log: books that are behind the log say a message twice under one id, books that
 * are ahead of it would leave some out (G17).
 */
export function copyCompanions(from: string, to: string): void {
  for (const name of companionsOf(from)) {
    // Text files are replaced whole by those who write them; a database is copied by SQLite, as it is at one moment.
    if (name.endsWith('.db')) copyDatabase(join(from, name), join(to, name));
    else copyFileSync(join(from, name), join(to, name));
  }
}

function copyDatabase(from: string, to: string): void {
  const db = new Database(from, { readonly: true, fileMustExist: true });
  try {
    db.prepare('VACUUM INTO ?').run(to);
  } finally {
    db.close();
  }
}

/** Sees to it that a file is on stable storage. */
export function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  fsyncSync(handle);
  closeSync(handle);
}
