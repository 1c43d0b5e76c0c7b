import { chownSync, closeSync, fsyncSync, openSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes JSON to a file that only its owner reads; it is on stable storage when this returns. Whole or not at all: half
 * a file after a crash would lock the data directory.
 */
export function writeWhole(file: string, value: object): void {
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(value, undefined, 2), { mode: 0o600, flush: true });
  giveToOwnerOf(dirname(file), draft);
  renameSync(draft, file);
  syncFolder(dirname(file));
}

/** Written by root, a file must still be the server's to read, whose directory this is. */
export function giveToOwnerOf(directory: string, file: string): void {
  const { uid, gid } = statSync(directory);
  if (process.getuid?.() === 0) chownSync(file, uid, gid);
}

/** Has the names in a directory on stable storage. */
export function syncFolder(directory: string): void {
  const folder = openSync(directory, 'r');
  fsyncSync(folder);
  closeSync(folder);
}
