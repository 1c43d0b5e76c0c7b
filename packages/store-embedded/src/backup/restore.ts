import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type DerivePersonId, type Policy, type ProjectId, presets } from '@selfsame/identity';
import { StoreError } from '@selfsame/store';
import { lockDirectory } from '../disk/lock.ts';
import { makeDirectory, syncDirectory } from '../disk/synced-directory.ts';
import { TRUTH } from '../truth/truth.ts';
import { syncFile } from './data-files.ts';
import { foldDigests } from './fold-digest.ts';
import { type Manifest, readManifest, sha256Of } from './manifest.ts';
import { noteRestore } from './restores.ts';
import { rewind } from './rewind.ts';

/** Where files wait, inside the new data directory, until all of them are there and right. */
const WAITING = '.restoring';
/** What an empty directory may hold. */
const nothing: ReadonlySet<string> = new Set(['lost+found', 'selfsame.lock', WAITING]);

export interface RestoreOptions {
  /** The backup. */
  readonly from: string;
  /** The new data directory: empty or not there yet. */
  readonly to: string;
  /** How the installation whose secrets are in a directory makes person ids. */
  readonly deriveIn: (directory: string) => DerivePersonId;
  /** The last position to have; absent: all there is. */
  readonly through?: number;
  /** `copy` counts files, `fold` log records. */
  readonly onStep: (step: 'copy' | 'fold', done: number, total: number) => void;
}

/**
 * Makes a data directory of a backup: every file is compared with its hash, the log is folded, and the people that come
 * out are those the backup was made with. Only then do the files get their names. With `through` it is the directory as
 * it was at that position, and the people are not compared.
 * @throws StoreError when the directory is not empty, or the backup is not as it was made. Errors of the file system.
 */
export async function restoreData(options: RestoreOptions): Promise<Manifest> {
  const { from, to } = options;
  const manifest = readManifest(from);
  refuseHalfRestored(to);
  if (existsSync(to) && readdirSync(to).some((name) => !nothing.has(name)))
    throw new StoreError('store/unavailable', `${to} is not empty: restore into a new directory`);
  makeDirectory(to);
  chmodSync(to, 0o700);
  const unlock = lockDirectory(to);
  try {
    const waiting = join(to, WAITING);
    await prepare(manifest, options, waiting);
    // The log comes last: until then no server takes the directory for a store.
    const names = readdirSync(waiting).filter((name) => name !== TRUTH);
    for (const name of [...names, TRUTH]) renameSync(join(waiting, name), join(to, name));
    syncDirectory(to);
    rmdirSync(waiting);
    syncDirectory(to);
    return manifest;
  } finally {
    unlock();
  }
}

/** Everything as it was made, in a folder of its own, which is gone when this throws. */
async function prepare(manifest: Manifest, options: RestoreOptions, waiting: string): Promise<void> {
  const { from, through, onStep } = options;
  rmSync(waiting, { recursive: true, force: true });
  mkdirSync(waiting, { mode: 0o700 });
  try {
    const files = Object.entries(manifest.files);
    for (const [i, [name, { sha256 }]] of files.entries()) {
      const file = join(waiting, basename(name));
      copyFileSync(join(from, basename(name)), file);
      chmodSync(file, 0o600);
      syncFile(file);
      if ((await sha256Of(file)) !== sha256)
        throw new StoreError('store/corrupt', `${name} of the backup is not as it was made: take an older backup`);
      onStep('copy', i + 1, files.length);
    }
    if (through !== undefined) rewind(waiting, through);
    foldAgain(manifest, waiting, options);
    noteRestore(waiting, through ?? manifest.position);
  } catch (error) {
    rmSync(waiting, { recursive: true, force: true });
    throw error;
  }
}

/** A directory in which a restore was killed holds half a store. @throws StoreError that says what to do. */
export function refuseHalfRestored(directory: string): void {
  if (existsSync(join(directory, WAITING)) && readdirSync(directory).some((name) => !nothing.has(name)))
    throw new StoreError('store/unavailable', `a restore into ${directory} broke off: empty it and restore again`);
}

function foldAgain(
  { folds, position }: Manifest,
  directory: string,
  { deriveIn, through, onStep }: RestoreOptions,
): void {
  if (folds === undefined) return;
  const derive = deriveIn(directory);
  const policies = new Map<ProjectId, Policy>(folds.map(({ project, policy }) => [project, policy]));
  const usual = presets['selfsame'] as Policy;
  const found = foldDigests(
    directory,
    (project) => ({ policy: policies.get(project) ?? usual, derive }),
    (done, total) => onStep('fold', done, total),
  );
  const before = new Map(folds.map((one) => [one.project, one]));
  for (const { project, digest, under } of found) {
    const made = before.get(project);
    // Earlier there were other people; and rules that have changed since, in a newer program, may rightly give other people.
    if (through === undefined && made?.digest !== digest && made?.under === under)
      throw new StoreError(
        'store/corrupt',
        `folding ${position} entries gives other people in project ${project} than when the backup was made`,
      );
  }
}
