import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectId } from '@selfsame/identity';
import type { SavedQuestion } from '../api.ts';
import { writeWhole } from '../settings/whole-file.ts';

/** Questions of one project that are kept. */
const MOST = 500;

/** What people asked and gave a name, by project: every operator sees them. */
export interface SavedQuestions {
  /** In the order they were saved. */
  of(project: ProjectId): readonly SavedQuestion[];
  /** Keeps one, in the place of the one of its id; on stable storage when this returns. `full`: there are too many. */
  keep(project: ProjectId, question: SavedQuestion): 'kept' | 'full';
  /** Was there one? */
  remove(project: ProjectId, id: string): boolean;
}

/** Opens `questions.json` of a data directory. @throws Error when it is there and cannot be read. */
export function openSavedQuestions(directory: string): SavedQuestions {
  const file = join(directory, 'questions.json');
  const kept = new Map<ProjectId, readonly SavedQuestion[]>(Object.entries(read(file)));
  const of = (project: ProjectId) => kept.get(project) ?? [];
  const write = (project: ProjectId, questions: readonly SavedQuestion[]) => {
    const next = new Map(kept).set(project, questions);
    writeWhole(file, Object.fromEntries(next));
    // Only what is on disk is told of.
    kept.set(project, questions);
  };
  return {
    of,
    keep(project, question) {
      const before = of(project);
      const at = before.findIndex((one) => one.id === question.id);
      if (at < 0 && before.length >= MOST) return 'full';
      write(project, at < 0 ? [...before, question] : before.with(at, question));
      return 'kept';
    },
    remove(project, id) {
      const before = of(project);
      const left = before.filter((one) => one.id !== id);
      if (left.length === before.length) return false;
      write(project, left);
      return true;
    },
  };
}

function read(file: string): Record<string, SavedQuestion[]> {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Record<string, SavedQuestion[]>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new Error(`${file} cannot be read: restore it, or delete it to begin without saved questions.`);
  }
}
