import { Failure } from './failure.ts';

/** What a command on a data directory met, as news for the operator; bugs come through as they are. */
export function dataFailure(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof TypeError || cause instanceof ReferenceError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  const full = code === 'ENOSPC' || code === 'SQLITE_FULL' || code === 'store/full';
  return new Failure(full ? 'The disk is full.' : `${cause.message}.`, 1, { cause });
}
