import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Where columns that are thrown away afterwards lie meanwhile: a folder of the data directory, so that what a crash left
 * there is found, and its disk is the one an operator watches. Empties it, so the directory must be this process's alone.
 * @throws Error of the file system.
 */
export function emptyScratch(data: string): string {
  const place = join(data, 'scratch');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { mode: 0o700 });
  return place;
}
