import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileFormat } from '@selfsame/outputs';
import type { Restore } from '@selfsame/store-embedded';
import { writeWhole } from '../../settings/whole-file.ts';

/** Whose a directory is. */
export interface Mark {
  /** `project/output` */
  readonly output: string;
  readonly format: FileFormat;
  /** There is a row for every event of a correction. */
  readonly expand?: true;
  /** Tells our log from that of another installation. */
  readonly log: string;
  /** The last restore of the data directory when it was written. */
  readonly restore?: Restore;
}

const fileIn = (directory: string): string => join(directory, '_selfsame.json');

/** @throws Error with a sentence for people when it is there and cannot be read. */
export function readMark(directory: string): Mark | undefined {
  if (!existsSync(fileIn(directory))) return undefined;
  try {
    return JSON.parse(readFileSync(fileIn(directory), 'utf8')) as Mark;
  } catch {
    throw new Error('_selfsame.json in the directory cannot be read: move the directory away, it is written again');
  }
}

/** On stable storage when it returns. */
export const writeMark = (directory: string, mark: Mark): void => writeWhole(fileIn(directory), mark);
