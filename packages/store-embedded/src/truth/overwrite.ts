import { type Decided, StoreError } from '@selfsame/store';
import { openTruth, settle } from '../disk/schema.ts';
import { encode } from './log-record.ts';

/**
 * Writes scars over the records at their positions, all or none, each as long as what stood there, or longer where it
 * must be ([F1]). Nothing of that stays in the file or in its write-ahead log. No other thread may write meanwhile.
 * @throws RangeError at a position there is not · StoreError when another program reads what is to go · SqliteError
 */
export function overwrite(file: string, scars: readonly Decided[]): void {
  const db = openTruth(file);
  try {
    settle(db);
    const lengthOf = db.prepare<[number], { bytes: number }>(
      'SELECT length(CAST(body AS BLOB)) AS bytes FROM log WHERE position = ?',
    );
    const put = db.prepare('UPDATE log SET crc = ?, body = ? WHERE position = ?');
    db.transaction(() => {
      for (const scar of scars) {
        const before = lengthOf.get(scar.entry.position);
        if (before === undefined) throw new RangeError(`the log has no entry ${scar.entry.position}`);
        const { position, crc, body } = encode(scar, before.bytes);
        put.run(crc, body, position);
      }
    })();
    // What stood there is in the pages that the write-ahead log brought home before.
    const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
    if (row?.busy !== 0)
      throw new StoreError('store/unavailable', 'another program reads the log: let it finish, and try again');
  } finally {
    db.close();
  }
}
