import type { Position, ProjectId } from '@selfsame/identity';
import { type Decided, Turn } from '@selfsame/store';
import type { Database } from 'better-sqlite3';
import { decode, type LogRecord, markOf } from './log-record.ts';

/** Records looked through between two looks at the clock. */
const STRETCH = 2_000;

/** The last position of each project in a log whose numbers run over all of them. */
export class LastPositions {
  readonly #last = new Map<ProjectId, Position>();
  readonly #find: (project: ProjectId, after: Position, through: Position) => Position | undefined;

  constructor(db: Database) {
    this.#find = lastBetween(db);
  }

  /** Takes what was just kept. */
  note(decided: readonly Decided[]): void {
    for (const { entry } of decided) this.#last.set(entry.project, entry.position);
  }

  /** Undefined where nobody looked for it, and the project has had no entry since. */
  known(project: ProjectId): Position | undefined {
    return this.#last.get(project);
  }

  /** 0 where there is none. The first time it reads the log backwards, up to `through`, in turns of the event loop. */
  async of(project: ProjectId, through: Position): Promise<Position> {
    const turn = new Turn();
    for (let to = through; to > 0 && !this.#last.has(project); to -= STRETCH) {
      const found = this.#find(project, to - STRETCH, to);
      if (found !== undefined) this.#last.set(project, found);
      else if (turn.isOver) await turn.next();
    }
    const last = this.#last.get(project) ?? 0;
    this.#last.set(project, last);
    return last;
  }
}

/** Looks for the last entry of a project between two positions. What it answers throws as `decode` does. */
export function lastBetween(
  db: Database,
): (project: ProjectId, after: Position, through: Position) => Position | undefined {
  const marked = db.prepare<[number, number, string], LogRecord>(
    'SELECT position, crc, body FROM log WHERE position > ? AND position <= ? AND instr(body, ?) ORDER BY position DESC',
  );
  return (project, after, through) => {
    for (const record of marked.iterate(after, through, markOf(project)))
      if (decode(record).entry.project === project) return record.position;
    return undefined;
  };
}
