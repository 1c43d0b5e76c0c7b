import { hash } from 'node:crypto';
import type { Instant, Position, ProjectId } from '@selfsame/identity';
import {
  type Books,
  createMemoryBooks,
  type FlowState,
  type Link,
  type Output,
  type Place,
  Rate,
  Runner,
  type RunnerParts,
  Settled,
  Source,
  type SourceOptions,
  type Told,
} from '@selfsame/outputs';
import type { Projects } from '../../context.ts';
import { type OutputSettings, perSecondOf } from '../../settings/output-schema.ts';
import type { Post } from '../outbound/post.ts';
import { buildOutput, type Lent } from './build.ts';
import type { Connections } from './connections.ts';
import { mayLeave } from './consent.ts';
import { hmac } from './hmac.ts';
import type { OutputsLog } from './log.ts';
import type { OutputAtWork } from './outputs.ts';
import type { Pace } from './pace.ts';

export interface OutputSurroundings extends Lent {
  readonly log: OutputsLog;
  readonly projects: Projects;
  readonly books: Books;
  readonly post: Post;
  readonly connections: Connections;
  /** Every output of this process goes by it. */
  readonly pace: Pace;
  /** The history a position belongs to, of those that restores have begun; empty for the first. */
  readonly historyAt: (position: Position) => string;
  readonly clock: () => Instant;
  readonly onTold: (project: ProjectId, id: string, told: Told) => void;
  readonly onState: (project: ProjectId, id: string, state: FlowState, reason: string | null) => void;
  readonly onError: (project: ProjectId, id: string, error: unknown) => void;
}

/** One output of a project, running, and the replays somebody asked of it. */
export class RunningOutput implements OutputAtWork {
  readonly project: ProjectId;
  readonly settings: OutputSettings;
  readonly #around: OutputSurroundings;
  readonly #output: Output;
  /** What it and its replays have together. */
  readonly #rate: Rate | undefined;
  readonly #runner: Runner;
  readonly #replays = new Set<Runner>();
  readonly #stopping = new AbortController();
  #started: Promise<void> = Promise.resolve();

  constructor(project: ProjectId, settings: OutputSettings, around: OutputSurroundings) {
    this.project = project;
    this.settings = settings;
    this.#around = around;
    this.#output = buildOutput(project, settings, around);
    const perSecond = perSecondOf(settings);
    this.#rate = perSecond === undefined ? undefined : new Rate(perSecond, this.#output.batch.items);
    this.#runner = new Runner(this.#parts());
  }

  /** Its name in the books and in the ids of its messages. */
  get name(): string {
    return `${this.project}/${this.settings.id}`;
  }

  /** Takes up what was left, or begins after `from`. In the background: the log may be long. */
  async start(from: Position): Promise<void> {
    const { onError } = this.#around;
    this.#started = this.#runner.start(from).catch((error) => onError(this.project, this.settings.id, error));
  }

  wake(): void {
    this.#runner.wake();
  }

  async view() {
    return { ...this.#runner.view(), replaying: this.#replays.size };
  }

  async pause(): Promise<void> {
    this.#runner.pause();
  }

  async resume(): Promise<void> {
    this.#runner.resume();
  }

  /** Sends one marked item now. */
  test() {
    return this.#output.probe(this.#link());
  }

  /** Sends messages after `from` again, up to what is in the log now; with `places`, those alone. */
  async replay(from: Position, until: Position, places?: ReadonlyMap<string, number>): Promise<void> {
    const parts = this.#parts();
    const runner: Runner = new Runner({
      ...parts,
      onTold: (told) => {
        if (told.type === 'sent' && told.outcome.type === 'done') this.#runner.countSent();
        parts.onTold?.(told);
      },
      books: createMemoryBooks(),
      replay: { from, until, ...(places === undefined ? {} : { places }), done: () => this.#replays.delete(runner) },
    });
    this.#replays.add(runner);
    const { onError, books } = this.#around;
    runner.start(books.open(this.name)?.begun ?? 0).catch((error) => onError(this.project, this.settings.id, error));
  }

  /** Ends what is under way; it goes on after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const stopped = [this.#runner, ...this.#replays].map((one) => one.stop());
    await this.#started;
    await Promise.all(stopped);
  }

  #link(): Link {
    const { name } = this;
    const { signal } = this.#stopping;
    const { post, clock, pace } = this.#around;
    return {
      now: clock,
      post(url, message) {
        pace.sends(name);
        return post(url, { ...message, signal });
      },
      hmac,
    };
  }

  #parts(): RunnerParts {
    const { log, projects, books, connections, pace, clock, onTold, onState, onError } = this.#around;
    const { project, settings } = this;
    const { rules, id } = settings;
    const turn = () => pace.turn(this.name);
    return {
      name: this.name,
      output: this.#output,
      books,
      link: this.#link(),
      ...(this.#rate === undefined ? {} : { rate: this.#rate }),
      clock,
      idOf: (place) => messageId(this.name, place, this.#around.historyAt(place.position)),
      source: () => {
        const { settles, takes, profiles, expands, order } = this.#output;
        const options: SourceOptions = {
          project,
          read: (after) => log.read(project, after),
          undos: () => log.undos(project),
          rules: projects.rules(project),
          met: takes.has('met'),
          profiles: profiles === true,
          ...(expands === true
            ? { expand: { how: order === 'lane' ? 'in order' : 'aside', at: (position) => log.at(project, position) } }
            : {}),
          turn,
        };
        return settles === undefined ? new Source(options) : new Settled({ ...options, after: settles, clock });
      },
      turn,
      connect: (message) => connections.connect(project, id, message, rules),
      ...(log.catchUp === undefined ? {} : { catchUp: () => log.catchUp?.(project) ?? Promise.resolve() }),
      isAllowed: (message) => mayLeave(log.graph(project), projects.rules(project).policy, message),
      timer(run, ms) {
        const timer = setTimeout(run, Math.min(ms, 2 ** 31 - 1));
        return () => clearTimeout(timer);
      },
      onTold: (told) => onTold(project, id, told),
      onState: (state, reason) => onState(project, id, state, reason),
      onError: (error) => onError(project, id, error),
    };
  }
}

/** [O1] The same for the same place of the same output and history, for ever; tells nothing. */
const messageId = (output: string, { position, part }: Place, history: string): string =>
  `msg_${hash('sha256', `${output}\n${position}\n${part}${history && `\n${history}`}`).slice(0, 32)}`;
