import { isLonger } from '../json/length.ts';
import type { Payload } from './payload.ts';

/** One event or one update may have this many bytes. */
export const MAX_RECORD = 1024 * 1024;

/** One request may hold this many events or updates. */
export const MAX_RECORDS = 2_000;

/** Whether a record is over its limit; measured only in a request that is larger than one record may be. */
export function isTooLarge(payload: Extract<Payload, { type: 'records' }>, index: number): boolean {
  const record = payload.records[index];
  if (payload.bytes <= MAX_RECORD || record === undefined || 'problem' in record) return false;
  return isLonger(record.value, 'bytes', MAX_RECORD);
}
