import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes JSON to a file that only its owner reads; it is on stable storage when this returns. Whole or not at all: half
 * a file after a crash would lock the data directory.
 */
export function writeWhole(file: string, value: object): void {
  const draft = `${file}.new`;
  writeFileSync(draft, JSON.stringify(value, undefined, 2), { mode: 0o600, flush: true });
  renameSync(draft, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}
