import { crc32 } from 'node:zlib';
import type { ProjectId } from '@selfsame/identity';
import { type Decided, StoreError } from '@selfsame/store';
import type { Database } from 'better-sqlite3';

/** A log record as it is stored: JSON, and a checksum over its content and its position (G3). */
export interface LogRecord {
  readonly position: number;
  readonly crc: number;
  readonly body: string;
}

/** `bytes`: it takes at least so many; blanks fill it up. */
export function encode(decided: Decided, bytes = 0): LogRecord {
  const text = JSON.stringify(decided);
  const body = text + ' '.repeat(Math.max(0, bytes - (bytes > 0 ? Buffer.byteLength(text) : 0)));
  return { position: decided.entry.position, crc: checksum(decided.entry.position, body), body };
}

/** @throws StoreError 'store/corrupt' naming the position, when content and checksum do not match. */
export function decode(record: LogRecord): Decided {
  return JSON.parse(checked(record).body) as Decided;
}

/** @throws as `decode`. */
function checked(record: LogRecord): LogRecord {
  if (checksum(record.position, record.body) !== record.crc)
    throw new StoreError(
      'store/corrupt',
      `log record ${record.position} does not match its checksum: restore a backup`,
    );
  return record;
}

/** Text that every record of a project holds, and hardly any other does. */
export const markOf = (project: ProjectId): string => `"project":${JSON.stringify(project)}`;

/** Makes of a checked record what it says, where it is of a project; those of others are not parsed. */
export function isOf(project: ProjectId): (record: LogRecord) => Decided | undefined {
  const mark = markOf(project);
  return ({ body }) => {
    if (!body.includes(mark)) return undefined;
    const decided = JSON.parse(body) as Decided;
    return decided.entry.project === project ? decided : undefined;
  };
}

/**
 * Records that follow one another from `after` on.
 * @throws StoreError 'store/corrupt' naming the position of a record that is missing or does not match.
 */
export const decodeRun = (records: readonly LogRecord[], after: number): readonly Decided[] =>
  checkedRun(records, after).map(({ body }) => JSON.parse(body) as Decided);

/** The same, before they are parsed. @throws as `decodeRun`. */
export function checkedRun(records: readonly LogRecord[], after: number): readonly LogRecord[] {
  return records.map((record, i) => {
    const position = after + i + 1;
    if (record.position !== position)
      throw new StoreError('store/corrupt', `log record ${position} is missing: restore a backup`);
    return checked(record);
  });
}

/** Reads one record of the log; undefined where there is none. What it answers throws as `decode` does. */
export function recordReader(db: Database): (position: number) => Decided | undefined {
  const find = db.prepare<[number], LogRecord>('SELECT position, crc, body FROM log WHERE position = ?');
  return (position) => {
    const record = find.get(position);
    return record && decode(record);
  };
}

const checksum = (position: number, body: string): number => crc32(body, position >>> 0);
