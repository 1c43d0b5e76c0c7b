import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectId } from '@selfsame/identity';
import type { OutputSettings } from '../../settings/output-schema.ts';
import { writeWhole } from '../../settings/whole-file.ts';

/** Outputs that were made or changed while the server ran; they come before the settings file's. */
export interface OutputFile {
  of(project: ProjectId): readonly OutputSettings[];
  /** Keeps one; it is on stable storage when this returns. It holds secrets, so only its owner reads the file. */
  keep(project: ProjectId, output: OutputSettings): void;
  /** Was it one of these? */
  remove(project: ProjectId, id: string): boolean;
}

/** Opens `outputs.json` of a data directory. @throws Error when it is there and cannot be read. */
export function openOutputFile(directory: string): OutputFile {
  const file = join(directory, 'outputs.json');
  const kept = new Map<ProjectId, OutputSettings[]>(Object.entries(read(file)));
  const write = () => writeWhole(file, Object.fromEntries(kept));
  const others = (project: ProjectId, id: string) => (kept.get(project) ?? []).filter((one) => one.id !== id);
  return {
    of: (project) => kept.get(project) ?? [],
    keep(project, output) {
      kept.set(project, [...others(project, output.id), output]);
      write();
    },
    remove(project, id) {
      const left = others(project, id);
      if (left.length === (kept.get(project) ?? []).length) return false;
      kept.set(project, left);
      write();
      return true;
    },
  };
}

function read(file: string): Record<string, OutputSettings[]> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, OutputSettings[]>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: restore it, or delete it to go by the settings file again.`);
  }
}
