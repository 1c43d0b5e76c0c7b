import type { Position, ProjectId } from '@selfsame/identity';
import type { Books, RunnerView, Sent } from '@selfsame/outputs';
import type { OutputSettings } from '../../../settings/output-schema.ts';
import type { OutputAtWork } from '../outputs.ts';
import { OutputsAway, type OutputsLine } from './line.ts';
import type { Plain } from './words.ts';

/** An output that runs in the process of outputs, as the server sees it: by its books while that process is away. */
export class RemoteOutput implements OutputAtWork {
  readonly project: ProjectId;
  readonly settings: OutputSettings;
  readonly #books: Books;
  readonly #line: OutputsLine;

  constructor(project: ProjectId, settings: OutputSettings, books: Books, line: OutputsLine) {
    this.project = project;
    this.settings = settings;
    this.#books = books;
    this.#line = line;
  }

  get name(): string {
    return `${this.project}/${this.settings.id}`;
  }

  async start(from: Position): Promise<void> {
    // It begins here, also when that process comes later.
    if (this.#books.open(this.name) === undefined)
      this.#books.save(this.name, {
        ...{ cursor: from, state: 'running', reason: null, nextAt: 0, sent: 0 },
        ...{ list: [], unlist: [], dead: [], marks: new Map() },
      });
    await this.#changed();
  }

  /** That process sees for itself. */
  wake(): void {}

  async view() {
    try {
      return (await this.#ask('view')) as RunnerView & { readonly replaying: number };
    } catch (error) {
      if (!(error instanceof OutputsAway)) throw error;
      const account = this.#books.open(this.name);
      return {
        state: account?.state === 'paused' ? ('paused' as const) : ('halted' as const),
        reason: error.message,
        cursor: account?.cursor ?? 0,
        sent: account?.sent ?? 0,
        held: account?.listed.length ?? 0,
        waiting: 0,
        limited: false,
        oldest: null,
        replaying: 0,
      };
    }
  }

  async pause(): Promise<void> {
    await this.#ask('pause');
  }

  async resume(): Promise<void> {
    await this.#ask('resume');
  }

  async test(): Promise<Sent> {
    return (await this.#ask('test')) as Sent;
  }

  async replay(from: Position, until: Position, places?: ReadonlyMap<string, number>): Promise<void> {
    const { project, settings } = this;
    const only = places === undefined ? {} : { places: [...places] };
    await this.#line.ask({ type: 'replay', project, output: settings.id, from, until, ...only });
  }

  /** The settings no longer have it, or have it otherwise: that process reads them again. */
  async stop(): Promise<void> {
    await this.#changed();
  }

  #ask(type: Plain): Promise<unknown> {
    return this.#line.ask({ type, project: this.project, output: this.settings.id });
  }

  async #changed(): Promise<void> {
    await reload(this.#line);
  }
}

/** Has the process read the settings again; one that is away does when it comes. */
export async function reload(line: OutputsLine): Promise<void> {
  try {
    await line.ask({ type: 'reload' });
  } catch (error) {
    if (!(error instanceof OutputsAway)) throw error;
  }
}
