import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { StoreError } from '@selfsame/store';
import type { FoldDigest } from './fold-digest.ts';

export const MANIFEST = 'backup.json';

/** What a backup says of itself. */
export interface Manifest {
  readonly format: 1;
  /** ISO 8601. */
  readonly madeAt: string;
  /** The log's last position in it. */
  readonly position: number;
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
  /** Who is who in it; absent when it was made without folding. */
  readonly folds?: readonly FoldDigest[];
}

/** @throws StoreError when the directory is no backup, or one of another format. */
export function readManifest(directory: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(directory, MANIFEST), 'utf8')) as Manifest;
  } catch (cause) {
    throw new StoreError('store/unavailable', `${directory} is no backup: it has no ${MANIFEST} that can be read`, {
      cause,
    });
  }
  if (manifest.format !== 1)
    throw new StoreError(
      'store/unavailable',
      `${directory} is a backup of format ${manifest.format}, this program reads format 1`,
    );
  return manifest;
}

/** SHA-256 of a file, hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(part as Buffer);
  return hash.digest('hex');
}
