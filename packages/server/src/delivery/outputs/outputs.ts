import { randomBytes } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Instant, Position, ProjectId } from '@selfsame/identity';
import type { Books, DeadLetter, Place, RunnerView, Sent } from '@selfsame/outputs';
import { firstAfter, lastThat } from '@selfsame/store';
import type { OutputView } from '../../api/outputs.ts';
import type { Projects } from '../../context.ts';
import type { OutputSettings } from '../../settings/output-schema.ts';
import type { Post } from '../outbound/post.ts';
import type { Connections, Traffic } from './connections.ts';
import type { KeptSettings } from './kept-settings.ts';
import type { OutputsLog } from './log.ts';

/** How long growth of the log gathers before outputs look, ms: intake's answers go first (G18). */
const GATHER = 10;

/** How one output is doing: what everyone may see of it, and what the server alone goes by. */
export interface OutputState
  extends Omit<
    OutputView,
    'id' | 'type' | 'url' | 'kept' | 'stitches' | 'settleSeconds' | 'perSecond' | 'limited' | 'secret'
  > {
  readonly settings: OutputSettings;
  /** Where it sends, without the query of a URL, which often is a secret; a directory as `file://…`. */
  readonly address: string;
  /** Of what is held, what was not tried yet. */
  readonly waiting: number;
  /** Its limit of messages a second is what holds it back. */
  readonly limited: boolean;
  /** Since the server started. */
  readonly traffic: Traffic;
}

/** One output of a project that runs, in this process or in another. */
export interface OutputAtWork {
  readonly project: ProjectId;
  readonly settings: OutputSettings;
  /** Its name in the books. */
  readonly name: string;
  /** Takes up what was left, or begins after `from`; in the background. */
  start(from: Position): Promise<void>;
  /** The log has grown. */
  wake(): void;
  view(): Promise<RunnerView & { readonly replaying: number }>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Sends one marked item now. */
  test(): Promise<Sent>;
  /** Sends messages after `from` up to `until` again; with `places`, those alone, with the sequences they had. */
  replay(from: Position, until: Position, places?: ReadonlyMap<string, number>): Promise<void>;
  stop(): Promise<void>;
}

export interface OutputsParts {
  readonly log: Pick<OutputsLog, 'head' | 'read'>;
  readonly projects: Pick<Projects, 'all'>;
  readonly books: Books;
  readonly post: Pick<Post, 'whyNot' | 'close'>;
  readonly connections: Connections;
  readonly clock: () => Instant;
  readonly make: (project: ProjectId, settings: OutputSettings) => OutputAtWork;
  /** Connections were changed. */
  readonly onChanged?: () => Promise<void>;
  readonly onStopped?: () => Promise<void>;
  /** What the log takes on disk, bytes. */
  readonly logBytes: () => number;
  readonly settings: KeptSettings<OutputSettings>;
  /** Of an output of files, absolute. */
  readonly directoryOf: (project: ProjectId, id: string) => string;
}

/** Every output of every project: started, changed, watched and stopped here. */
export class Outputs {
  readonly #parts: OutputsParts;
  readonly #running = new Map<string, OutputAtWork>();
  #settings: KeptSettings<OutputSettings>;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(parts: OutputsParts) {
    this.#parts = parts;
    this.#settings = parts.settings;
  }

  /** Starts all of them; one that has no books yet begins with what comes from now on. */
  async start(): Promise<void> {
    for (const { id } of this.#parts.projects.all) {
      for (const settings of this.#settings.of(id)) await this.#run(id, settings);
    }
  }

  /** Another process has changed the settings: what is new begins, what is gone ends, what is other goes on as it is now. */
  async reload(settings: KeptSettings<OutputSettings>): Promise<void> {
    this.#settings = settings;
    const wanted = new Map(
      this.#parts.projects.all.flatMap(({ id }) =>
        settings.of(id).map((one) => [nameOf(id, one.id), [id, one]] as const),
      ),
    );
    for (const [name, output] of this.#running) {
      if (isDeepStrictEqual(wanted.get(name)?.[1], output.settings)) wanted.delete(name);
      else {
        await output.stop();
        this.#running.delete(name);
      }
    }
    for (const [project, one] of wanted.values()) await this.#run(project, one);
  }

  /** The log has grown. Costs the caller nothing. */
  wake(): void {
    if (this.#timer !== undefined || this.#running.size === 0 || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      for (const output of this.#running.values()) output.wake();
    }, GATHER);
  }

  get connections(): Connections {
    return this.#parts.connections;
  }

  /** The connections were changed: resolves when whoever sends goes by them. */
  async connectionsChanged(): Promise<void> {
    await this.#parts.onChanged?.();
  }

  has(project: ProjectId, id: string): boolean {
    return this.#running.has(nameOf(project, id));
  }

  async list(project: ProjectId): Promise<readonly OutputState[]> {
    const mine = [...this.#running.values()].filter((one) => one.project === project);
    return await Promise.all(mine.map((one) => this.#stateOf(one)));
  }

  async all(): Promise<readonly (OutputState & { readonly project: ProjectId })[]> {
    return await Promise.all(
      [...this.#running.values()].map(async (one) => ({ project: one.project, ...(await this.#stateOf(one)) })),
    );
  }

  async state(project: ProjectId, id: string): Promise<OutputState | undefined> {
    const one = this.#running.get(nameOf(project, id));
    return one && (await this.#stateOf(one));
  }

  /** Why nothing would ever be sent to these addresses (S27); undefined when something would. */
  async whyNot(settings: OutputSettings): Promise<string | undefined> {
    return settings.type === 'files' ? undefined : await this.#parts.post.whyNot(settings.url);
  }

  /** Makes an output, or changes one: it goes on where it was. */
  async put(project: ProjectId, settings: OutputSettings): Promise<void> {
    this.#settings.keep(project, settings);
    await this.#running.get(nameOf(project, settings.id))?.stop();
    await this.#run(project, settings);
  }

  /** Takes an output out, with its books. `configured`: it stands in the settings file, and stays. */
  async remove(project: ProjectId, id: string): Promise<'removed' | 'configured'> {
    if (this.#settings.remove(project, id) === 'configured') return 'configured';
    const name = nameOf(project, id);
    await this.#running.get(name)?.stop();
    this.#running.delete(name);
    this.#parts.connections.removeTo(project, id);
    this.#parts.books.drop(name);
    return 'removed';
  }

  output(project: ProjectId, id: string): OutputAtWork | undefined {
    return this.#running.get(nameOf(project, id));
  }

  dead(project: ProjectId, id: string, after: Place, limit: number): ReturnType<Books['dead']> {
    return this.#parts.books.dead(nameOf(project, id), after, limit);
  }

  /** Sends again: dead letters, or everything that came after a position. Answers how many letters, or null for all. */
  async replay(output: OutputAtWork, what: { readonly from?: Position; readonly dead?: true | ReadonlySet<string> }) {
    const until = await this.#parts.log.head(output.project);
    const { from = 0, dead } = what;
    if (dead === undefined) {
      await output.replay(from, until);
      return null;
    }
    const letters: DeadLetter[] = [];
    let after: Place = { position: from, part: Number.MAX_SAFE_INTEGER };
    for (;;) {
      const page = this.#parts.books.dead(output.name, after, 1_000).letters;
      letters.push(...page.filter((one) => dead === true || dead.has(one.id)));
      const last = page.at(-1);
      if (last === undefined) break;
      after = last;
    }
    if (letters.length > 0)
      await output.replay(from, until, new Map(letters.map((one) => [`${one.position}.${one.part}`, one.sequence])));
    return letters.length;
  }

  /** The position before the first entry that arrived at a moment or later. */
  positionBefore(project: ProjectId, time: Instant): Promise<Position> {
    return lastThat(this.#parts.log, project, (arrived) => arrived < time);
  }

  /** The project's rules are others now: its outputs tell the log under the new ones. */
  async refold(project: ProjectId): Promise<void> {
    const mine = [...this.#running.values()].filter((one) => one.project === project);
    await Promise.all(mine.map((one) => one.stop()));
    for (const one of mine) await this.#run(project, one.settings);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.all([...this.#running.values()].map((one) => one.stop()));
    this.#parts.post.close();
    this.#parts.books.close();
    await this.#parts.onStopped?.();
  }

  async #run(project: ProjectId, settings: OutputSettings): Promise<void> {
    const output = this.#parts.make(project, settings);
    this.#running.set(output.name, output);
    // Files hold everything, so that whose an identifier is can be read of them alone.
    await output.start(settings.type === 'files' ? 0 : await this.#parts.log.head(project));
  }

  #addressOf({ project, settings }: OutputAtWork): string {
    if (settings.type === 'files') return pathToFileURL(this.#parts.directoryOf(project, settings.id)).href;
    const { origin, pathname } = new URL(settings.url);
    return `${origin}${pathname}`;
  }

  async #stateOf(output: OutputAtWork): Promise<OutputState> {
    const { state, reason, cursor, sent, held, waiting, limited, oldest, replaying } = await output.view();
    const head = await this.#parts.log.head(output.project);
    const since =
      oldest ?? (cursor < head ? (await firstAfter(this.#parts.log, output.project, cursor))?.entry.at : undefined);
    return {
      settings: output.settings,
      address: this.#addressOf(output),
      state: state === 'stopped' ? 'halted' : state,
      reason,
      lag: {
        positions: Math.max(0, head - cursor),
        seconds: since === undefined ? 0 : Math.max(0, Math.round((this.#parts.clock() - since) / 1_000)),
      },
      sent,
      dead: this.#parts.books.dead(output.name, NOWHERE, 0).total,
      held,
      waiting,
      limited,
      replaying,
      heldBytes: head === 0 ? 0 : Math.round((Math.max(0, head - cursor) / head) * this.#parts.logBytes()),
      connections: this.connections.to(output.project, output.settings.id).map((one) => one.id),
      traffic: this.#parts.connections.trafficOf(output.project, { output: output.settings.id }),
    };
  }
}

const NOWHERE: Place = { position: 0, part: 0 };

const nameOf = (project: ProjectId, id: string): string => `${project}/${id}`;

/** A secret for a new webhook (S28). */
export const newSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
