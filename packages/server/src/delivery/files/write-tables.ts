import { chmod, type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Position } from '@selfsame/identity';
import { type FileFormat, type TableName, tableNames, tables } from '@selfsame/outputs';
import { syncDirectory, writeParquet } from '@selfsame/store-embedded';
import { linesIn } from './lines.ts';

/** Readable for the group of whoever runs the server, whatever its umask: others load what is here. */
export const FILE_MODE = 0o640;
const DIGITS = 16;

/** `0000000000000001-0000000000000042`: the positions of the log that a file spans, both included. */
export const spanName = (first: Position, last: Position): string =>
  `${String(first).padStart(DIGITS, '0')}-${String(last).padStart(DIGITS, '0')}`;

/** The span in a file's name. */
export function spanIn(name: string): { readonly first: Position; readonly last: Position } | undefined {
  const [, first, last] = /^(\d{16})-(\d{16})\.(?:parquet|ndjson)$/.exec(name) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last) };
}

/**
 * Makes of a journal one file a table that it has rows of: written beside, synced, then named, so that nobody sees a
 * part of one. Doing it again gives the same files. `even`: also of a table without rows.
 */
export async function writeTables(
  directory: string,
  format: FileFormat,
  journal: string,
  name: string,
  even = false,
): Promise<void> {
  for (const [table, rows] of await split(directory, journal)) {
    const lines = await stat(rows);
    if (lines.size > 0 || even) {
      const made = format === 'ndjson' ? rows : join(directory, `_${table}.parquet`);
      if (format === 'parquet') await writeParquet(rows, made, tables[table]);
      await sync(made);
      await chmod(made, FILE_MODE);
      await rename(made, join(directory, table, `${name}.${format}`));
      syncDirectory(join(directory, table));
    }
    await rm(rows, { force: true });
  }
}

/** The rows of a journal, a file a table, each a JSON object a line. */
async function split(directory: string, journal: string): Promise<ReadonlyMap<TableName, string>> {
  const files = new Map(tableNames.map((table) => [table, join(directory, `_${table}.ndjson`)]));
  const handles = new Map<string, FileHandle>();
  try {
    for (const [table, file] of files) handles.set(table, await open(file, 'w'));
    for await (const lines of linesIn(journal)) {
      const rows = new Map(tableNames.map((table) => [table as string, [] as string[]]));
      for (const line of lines) {
        for (const row of line.toString('utf8', 0, line.length - 1).split('\t')) {
          const space = row.indexOf(' ');
          rows.get(row.slice(0, space))?.push(`${row.slice(space + 1)}\n`);
        }
      }
      for (const [table, mine] of rows) await handles.get(table)?.appendFile(mine.join(''));
    }
  } finally {
    for (const handle of handles.values()) await handle.close();
  }
  return files;
}

async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
