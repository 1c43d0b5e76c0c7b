import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { ProjectId, Rules } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import { lockDirectory } from '../disk/lock.ts';
import { makeDirectory, syncDirectory } from '../disk/synced-directory.ts';
import { GRAPH } from '../open-files.ts';
import { TRUTH } from '../truth/truth.ts';
import { copyTruth } from './copy-truth.ts';
import { copyCompanions, syncFile } from './data-files.ts';
import { foldDigests } from './fold-digest.ts';
import { MANIFEST, type Manifest, sha256Of } from './manifest.ts';

/** What is being done: `copy` and `fold` count log records. */
export type BackupStep = (step: 'copy' | 'fold', done: number, total: number) => void;

export interface BackupOptions {
  /** The data directory; a server may be running on it. */
  readonly from: string;
  /** Where the backup is to be; nothing may be there yet. */
  readonly to: string;
  /** The rules by which the copy in a directory is folded, to see that it can be; absent: it is not folded. */
  readonly rulesIn?: (directory: string) => (project: ProjectId) => Rules;
  /** When it is made, ms. */
  readonly now: number;
  readonly onStep: BackupStep;
}

/**
 * Copies a data directory while a server may be at work on it: everything acknowledged before the call is in the copy,
 * and the copy is a beginning of the log. It has its name only once it is whole, checked and on stable storage.
 * @throws StoreError when something is there already, the log is damaged, or another backup is being made there.
 * SqliteError and Error of the file system when a file cannot be read or written. The half backup is removed.
 */
export async function backupData({ from, to, rulesIn, now, onStep }: BackupOptions): Promise<Manifest> {
  if (!existsSync(join(from, TRUTH))) throw new StoreError('store/unavailable', `there is no ${TRUTH} in ${from}`);
  if (existsSync(to)) throw new StoreError('store/unavailable', `${to} is there already: give the backup a new name`);
  const part = `${resolve(to)}.part`;
  makeDirectory(dirname(part));
  mkdirSync(part, { recursive: true, mode: 0o700 });
  const unlock = lockPart(part);
  try {
    // What a backup that was killed has left.
    for (const name of readdirSync(part)) if (name !== 'selfsame.lock') rmSync(join(part, name), { recursive: true });
    copyCompanions(from, part);
    const position = await copyTruth(join(from, TRUTH), join(part, TRUTH), (done, total) =>
      onStep('copy', done, total),
    );
    const folds = rulesIn && foldDigests(part, rulesIn(part), (done, total) => onStep('fold', done, total));
    for (const suffix of ['', '-wal', '-shm']) rmSync(join(part, GRAPH + suffix), { force: true });
    const files: Record<string, { bytes: number; sha256: string }> = {};
    for (const name of readdirSync(part).filter((one) => one !== 'selfsame.lock')) {
      const file = join(part, name);
      chmodSync(file, 0o600);
      syncFile(file);
      files[name] = { bytes: statSync(file).size, sha256: await sha256Of(file) };
    }
    const manifest: Manifest = {
      format: 1,
      madeAt: new Date(now).toISOString(),
      position,
      files,
      ...(folds && { folds }),
    };
    writeFileSync(join(part, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
    rmSync(join(part, 'selfsame.lock'));
    syncDirectory(part);
    renameSync(part, to);
    syncDirectory(dirname(part));
    return manifest;
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  } finally {
    unlock();
  }
}

/** @throws StoreError in a backup's words when another one is at work there. */
function lockPart(part: string): () => void {
  try {
    return lockDirectory(part);
  } catch (cause) {
    throw new StoreError('store/unavailable', `another backup is writing ${part}: let it end`, { cause });
  }
}
