import { setImmediate as turn } from 'node:timers/promises';
import type { Position, ProjectId } from '@selfsame/identity';
import { Source } from '@selfsame/outputs';
import type { LogBeside } from '@selfsame/store-embedded';
import type { Projects } from '../../../context.ts';
import type { OutputsLog } from '../log.ts';

/** The log that a server writes beside this process, with a graph of who is who at its end. */
export class LogFollowed implements OutputsLog {
  readonly #log: LogBeside;
  readonly #projects: Pick<Projects, 'rules'>;
  readonly #present = new Map<ProjectId, Present>();

  constructor(log: LogBeside, projects: Pick<Projects, 'rules'>) {
    this.#log = log;
    this.#projects = projects;
  }

  async head(project: ProjectId): Promise<Position> {
    return this.#log.head(project);
  }

  read(project: ProjectId, after: Position) {
    return this.#log.read(project, after);
  }

  async at(project: ProjectId, position: Position) {
    return this.#log.at(project, position);
  }

  async undos(project: ProjectId) {
    return this.#log.undos(project);
  }

  graph(project: ProjectId) {
    return this.#presentOf(project).source.graph;
  }

  /**
   * Everything that was acknowledged before this was called is in `graph` when it resolves (G20). Whoever asks before the
   * log is looked at shares the look. It looks once the stretch of whoever asked is over: the messages of one stretch then
   * share it, and go one after another before anything else has its turn. A look costs a third of what a post does.
   */
  async catchUp(project: ProjectId): Promise<void> {
    const present = this.#presentOf(project);
    if (present.next === undefined) {
      present.next = Promise.all([present.work, turn()]).then(async () => {
        present.next = undefined;
        present.through = this.#log.grown();
        if (present.source.through < present.through) await present.source.skipTo(present.through);
      });
      // One after the other; each goes on where the one before ended.
      present.work = present.next.catch(() => {});
    }
    await present.next;
    // Under other rules since: that graph is another.
    if (this.#presentOf(project) !== present) await this.catchUp(project);
  }

  /** The project's rules are others now. */
  refold(project: ProjectId): void {
    this.#present.delete(project);
  }

  #presentOf(project: ProjectId): Present {
    let present = this.#present.get(project);
    if (present === undefined) {
      const source = new Source({
        project,
        read: (after) => this.#log.read(project, after, made.through),
        undos: () => this.undos(project),
        rules: this.#projects.rules(project),
        isRead: true,
        turn,
      });
      const made: Present = { source, through: 0, work: Promise.resolve() };
      this.#present.set(project, (present = made));
    }
    return present;
  }
}

interface Present {
  readonly source: Source;
  /** How far the log was at the last look. */
  through: Position;
  work: Promise<unknown>;
  /** A look at the log that has not begun. */
  next?: Promise<void> | undefined;
}
