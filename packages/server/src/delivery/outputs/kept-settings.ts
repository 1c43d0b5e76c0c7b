import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectId } from '@selfsame/identity';
import type { Vault } from '../../settings/secrets.ts';
import { writeWhole } from '../../settings/whole-file.ts';

/** Settings with ids, of the settings file and of those made or changed while the server ran, which come before. */
export interface KeptSettings<T extends { readonly id: string }> {
  of(project: ProjectId): readonly T[];
  /** Keeps one; it is on stable storage when this returns. It may hold secrets, so only its owner reads the file. */
  keep(project: ProjectId, one: T): void;
  /** Takes one out. `configured`: it stands in the settings file, and stays. */
  remove(project: ProjectId, id: string): 'removed' | 'configured';
}

/**
 * Opens a file of a data directory, `outputs.json` or `connections.json`.
 * @throws Error when it is there and cannot be read.
 */
export function openKeptSettings<T extends { readonly id: string }>(
  directory: string,
  name: string,
  configured: ReadonlyMap<ProjectId, readonly T[]>,
  vault: Vault,
): KeptSettings<T> {
  const file = join(directory, name);
  const kept = new Map<ProjectId, T[]>(Object.entries(read(file, vault) as Record<string, T[]>));
  const write = () => writeWhole(file, vault.close(Object.fromEntries(kept)));
  const others = (project: ProjectId, id: string) => (kept.get(project) ?? []).filter((one) => one.id !== id);
  return {
    of(project) {
      const since = kept.get(project) ?? [];
      return [...(configured.get(project) ?? []).filter((one) => !since.some(({ id }) => id === one.id)), ...since];
    },
    keep(project, one) {
      const before = kept.get(project) ?? [];
      const isNew = !before.some(({ id }) => id === one.id);
      kept.set(project, isNew ? [...before, one] : before.map((other) => (other.id === one.id ? one : other)));
      write();
    },
    remove(project, id) {
      if (configured.get(project)?.some((one) => one.id === id)) return 'configured';
      kept.set(project, others(project, id));
      write();
      return 'removed';
    },
  };
}

/**
 * Writes a file anew that is not locked as it should be: the key was given, or taken away, since.
 * @throws Error when it is there and cannot be read.
 */
export function lockKept(directory: string, name: string, vault: Vault): void {
  const file = join(directory, name);
  if (!existsSync(file)) return;
  const value = read(file, vault);
  if (!vault.fits(JSON.parse(readFileSync(file, 'utf8')) as object)) writeWhole(file, vault.close(value));
}

function read(file: string, vault: Vault): object {
  try {
    return vault.open(JSON.parse(readFileSync(file, 'utf8')) as object) as object;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: restore it, or delete it to go by the settings file again.`);
  }
}
