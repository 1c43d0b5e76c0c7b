import type { Instant, Position } from '@selfsame/identity';
import type { Output } from '../output.ts';
import { lineOf } from './rows.ts';

export { placeOfLine } from './rows.ts';
export { type ColumnType, type TableName, tableNames, tables } from './tables.ts';
export { type FileFormat, viewsSql } from './views.ts';

/** The directory that rows go to, lent by the server: this package touches no disk. */
export interface Folder {
  /**
   * Where to begin: at `cursor`, or before it where the directory lacks what came there.
   * @throws Error with a sentence for people when it cannot be used
   */
  open(cursor: Position): Promise<Position>;
  /** Keeps lines of rows, a message each; on stable storage when it resolves. What it holds already it passes over. */
  append(lines: readonly string[]): Promise<void>;
  /** When the file under way ends, ms; undefined while there is none. */
  closesAt(): Instant | undefined;
  /** Ends the file under way, if it is time and it holds all that there is up to its last position: `through` was told. */
  close(now: Instant, through: Position): Promise<void>;
  /** Writes a file and takes it away again. */
  probe(): Promise<void>;
}

/** Most messages between two syncs, and the time between them, ms: a disk that intake shares is left alone meanwhile. */
const ITEMS = 20_000;
const APART = 1_000;

/**
 * A directory of files: every event, whose each identifier is, and what moved. Each message is in one file, once.
 * @param expand also a row for every event of a correction
 */
export function files(folder: Folder, expand = false): Output {
  return {
    ...(expand ? { expands: true as const } : {}),
    takes: new Set(['event', 'moved', 'met', 'retracted']),
    order: 'lane',
    batch: { items: ITEMS, bytes: 32_000_000 },
    atOnce: 1,
    apart: APART,
    render({ message, id }) {
      const body = lineOf(message, id);
      return body === undefined ? 'skip' : { body };
    },
    async send(batch) {
      try {
        await folder.append(batch.map((one) => one.body));
        return batch.map(() => ({ type: 'done' }));
      } catch (error) {
        const why = `the directory takes nothing: ${codeOf(error)}`;
        return batch.map(() => ({ type: 'retry', why }));
      }
    },
    async probe() {
      try {
        await folder.probe();
        return { type: 'done' };
      } catch (error) {
        return { type: 'retry', why: `the directory takes nothing: ${codeOf(error)}` };
      }
    },
    begin: (cursor) => folder.open(cursor),
    closesAt: () => folder.closesAt(),
    close: (now, through) => folder.close(now, through),
  };
}

/** `ENOSPC` and its like; the message of anything else may hold what was written. */
function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'it failed';
}
