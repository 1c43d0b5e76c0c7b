import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';

/** How far an import has come, beside the file it reads, so that a second run goes on where the first one stopped. */
export interface ProgressFile {
  /** Items that are stored already. */
  readonly done: number;
  /** Called after the server has stored items. A crash before it costs a repeat, which insert ids make harmless. */
  save(done: number): void;
  /** All is stored: nothing to go on with. */
  finish(): void;
}

/** Opens the progress of one file into one project; another or changed file starts anew. */
export function openProgress(file: string, target: string): ProgressFile {
  const path = `${file}.selfsame-progress`;
  const { size, mtimeMs } = statSync(file);
  const mark = { target, size, mtimeMs };
  return {
    done: doneBefore(path, mark),
    save(done) {
      // Whole or not at all.
      writeFileSync(`${path}.new`, JSON.stringify({ ...mark, done }));
      renameSync(`${path}.new`, path);
    },
    finish: () => rmSync(path, { force: true }),
  };
}

function doneBefore(path: string, mark: object): number {
  if (!existsSync(path)) return 0;
  try {
    const { done, ...before } = JSON.parse(readFileSync(path, 'utf8')) as { done: number };
    return JSON.stringify(before) === JSON.stringify(mark) ? done : 0;
  } catch {
    return 0;
  }
}
