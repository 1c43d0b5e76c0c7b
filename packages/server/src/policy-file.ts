import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy, ProjectId } from '@selfsame/identity';

/** Policies that operators chose while the server ran, by project; they come before the settings file's. */
export interface PolicyFile {
  readonly chosen: ReadonlyMap<ProjectId, Policy>;
  /** Keeps a policy; it is on stable storage when this returns. */
  keep(project: ProjectId, policy: Policy): void;
}

/** Opens `policies.json` of a data directory. @throws Error when it is there and cannot be read. */
export function openPolicies(directory: string): PolicyFile {
  const file = join(directory, 'policies.json');
  const chosen = new Map<ProjectId, Policy>(Object.entries(read(file)));
  return {
    chosen,
    keep(project, policy) {
      // Whole or not at all: half a file after a crash would lock the data directory.
      const draft = `${file}.new`;
      const all = Object.fromEntries(chosen.set(project, policy));
      writeFileSync(draft, JSON.stringify(all, undefined, 2), { mode: 0o600, flush: true });
      renameSync(draft, file);
      const folder = openSync(directory, 'r');
      fsyncSync(folder);
      closeSync(folder);
    },
  };
}

function read(file: string): Record<string, Policy> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, Policy>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: restore it, or delete it to go by the settings file again.`);
  }
}
