import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Policy, type ProjectId, presets } from '@selfsame/identity';
import { writeWhole } from '../settings/whole-file.ts';

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
      writeWhole(file, Object.fromEntries(chosen.set(project, policy)));
    },
  };
}

function read(file: string): Record<string, Policy> {
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Policy>;
    // A field that came with a later release is as its preset has it.
    return Object.fromEntries(
      Object.entries(kept).map(([id, policy]) => [id, { ...(presets[policy.preset] as Policy), ...policy }]),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: restore it, or delete it to go by the settings file again.`);
  }
}
