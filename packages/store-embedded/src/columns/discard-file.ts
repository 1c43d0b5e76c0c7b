import { rmSync } from 'node:fs';
import { join } from 'node:path';

/** The file of the columns in a directory. */
export const columnsIn = (directory: string): string => join(directory, 'columns.duckdb');

/** Removes it and its write-ahead log. */
export function discardFile(directory: string): void {
  for (const end of ['', '.wal']) rmSync(`${columnsIn(directory)}${end}`, { force: true });
}
