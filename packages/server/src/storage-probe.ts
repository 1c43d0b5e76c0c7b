import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** An answer holds for so long, ms: many may ask at once. */
const HOLDS = 1_000;
/** What is written: more than a file system keeps beside a file's name. */
const bytes = Buffer.alloc(16 * 1_024, 1);

/** Can the storage take a write now? Tried, not remembered (G26, G28). */
export interface StorageProbe {
  canWrite(): Promise<boolean>;
}

/** @param directory where the store is: a small file is written there, synced and removed */
export function createStorageProbe(directory: string, now: () => number = () => performance.now()): StorageProbe {
  const file = join(directory, 'probe');
  let last: { readonly at: number; readonly answer: Promise<boolean> } | undefined;

  async function write(): Promise<boolean> {
    try {
      const handle = await open(file, 'w', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      return true;
    } catch {
      return false;
    } finally {
      await rm(file, { force: true }).catch(() => undefined);
    }
  }

  return {
    canWrite() {
      if (last === undefined || now() - last.at >= HOLDS) last = { at: now(), answer: write() };
      return last.answer;
    },
  };
}
