import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Position } from '@selfsame/identity';
import { CallbackQueue } from './queue.ts';

/** Takes the callbacks of a data directory back to a position of its log, where there are any. */
export function rewindCallbacks(directory: string, through: Position): void {
  const file = join(directory, 'spid-callbacks.db');
  if (!existsSync(file)) return;
  const queue = new CallbackQueue(file);
  queue.rewind(through);
  queue.close();
}
