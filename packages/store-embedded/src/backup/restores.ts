import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A restore that a data directory has behind it: what follows `after` is another history than the one that went on there. */
export interface Restore {
  /** The last position of the backup. */
  readonly after: number;
  /** Tells this history from others that went on from the same position. */
  readonly id: string;
}

/**
 * The restores of a data directory, oldest first. Names made of a position need them: the lost history may have used the
 * same ones for something else. @throws Error when the file is there and cannot be read.
 */
export function readRestores(directory: string): readonly Restore[] {
  const file = fileIn(directory);
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Restore[];
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${file} cannot be read: restore it from a backup`, { cause });
  }
}

/** Notes another one. */
export function noteRestore(directory: string, after: number): void {
  const restores: readonly Restore[] = [...readRestores(directory), { after, id: randomUUID() }];
  writeFileSync(fileIn(directory), JSON.stringify(restores), { mode: 0o600, flush: true });
}

/** The history that a position belongs to: empty before the first restore. */
export const historyAt = (restores: readonly Restore[], position: number): string =>
  restores.findLast(({ after }) => position > after)?.id ?? '';

const fileIn = (directory: string): string => join(directory, 'restores.json');
