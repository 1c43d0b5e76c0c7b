import type { Instant, Position, ProjectId } from '@selfsame/identity';
import type { Happened, LivePlace, Moment, Outcome, Stream, Sum, Wake } from './live.ts';
import { outlined } from './outlined.ts';
import { type Decided, StoreError } from './store.ts';
import { Sums } from './sums.ts';
import { Turn } from './turn.ts';

/** Kept of each project and stream. */
const KEPT = 1_000;

/** What has an entry is kept as its place in the log. */
type Kept = { readonly moment: Moment } & (
  | { readonly type: 'entry'; readonly position: Position }
  | { readonly type: 'item'; readonly outcome: Outcome }
  | { readonly type: 'notice'; readonly stream: Stream; readonly notice: object }
);

/**
 * What happened lately, of a store that is one process. It costs intake a number an item that has an entry; nothing of
 * such a one is measured, encoded or held before somebody looks.
 */
export class LiveMemory implements LivePlace {
  readonly #rings = new Map<string, Kept[]>();
  readonly #sums = new Sums();
  readonly #listeners = new Set<Wake>();
  readonly #entry: (project: ProjectId, position: Position) => Promise<Decided | undefined>;
  #last: Moment = 0;

  /** `entry` reads the log. */
  constructor(entry: (project: ProjectId, position: Position) => Promise<Decided | undefined>) {
    this.#entry = entry;
  }

  /** Takes in what a commit has kept, and wakes who follows. `decided`: of a change that says nothing else of its items. */
  take(decided: readonly Decided[], outcomes: readonly Outcome[] | undefined): void {
    const touched = new Set<ProjectId>();
    // Of a large group only the end can stay.
    for (const { entry } of outcomes === undefined ? decided.slice(-KEPT) : []) {
      this.#keep(entry.project, 'in', { moment: this.#next(entry.at), type: 'entry', position: entry.position });
      touched.add(entry.project);
    }
    for (const outcome of outcomes?.slice(-KEPT) ?? []) {
      const { project, at } = outcome.type === 'decided' ? outcome.entry : outcome;
      if (project === undefined) continue;
      const moment = this.#next(at);
      this.#keep(
        project,
        'in',
        outcome.type === 'decided' && outcome.logged
          ? { moment, type: 'entry', position: outcome.entry.position }
          : { moment, type: 'item', outcome: outlined(outcome) },
      );
      touched.add(project);
    }
    for (const project of touched) this.#wake(project, 'in');
  }

  async tell(project: ProjectId, stream: Stream, notice: object, at: Instant): Promise<void> {
    this.#keep(project, stream, { moment: this.#next(at), type: 'notice', stream, notice });
    this.#wake(project, stream);
  }

  async after(
    project: ProjectId,
    moment: Moment,
    streams: readonly Stream[],
    most: number,
  ): Promise<readonly Happened[]> {
    const kept = streams
      .flatMap((stream) => lastAfter(this.#rings.get(nameOf(project, stream)) ?? [], moment, most))
      .sort((a, b) => a.moment - b.moment);
    const turn = new Turn();
    const happened: Happened[] = [];
    for (const one of kept) {
      const whole = one.type === 'entry' ? await this.#read(project, one.position) : one;
      if (whole !== undefined) happened.push({ ...whole, moment: one.moment });
      if (turn.isOver) await turn.next();
    }
    return happened;
  }

  async count(sums: readonly Sum[]): Promise<void> {
    for (const sum of sums) this.#sums.add(sum);
  }

  async counted(kind: string, project?: ProjectId): Promise<readonly Sum[]> {
    return this.#sums.list(kind, project);
  }

  watch(wake: Wake): () => void {
    this.#listeners.add(wake);
    return () => this.#listeners.delete(wake);
  }

  /** Undefined while the storage cannot be read: the stream goes on with the rest, to say why. */
  async #read(project: ProjectId, position: Position) {
    try {
      const decided = await this.#entry(project, position);
      return decided && ({ type: 'item', outcome: outlined({ type: 'decided', ...decided, logged: true }) } as const);
    } catch (error) {
      if (error instanceof StoreError) return undefined;
      throw error;
    }
  }

  /** Moments go by the clock, so that they grow over a restart; a thousand a millisecond, and more where more happens. */
  #next(at: Instant): Moment {
    this.#last = Math.max(this.#last + 1, at * 1_000);
    return this.#last;
  }

  #keep(project: ProjectId, stream: Stream, one: Kept): void {
    const name = nameOf(project, stream);
    let ring = this.#rings.get(name);
    if (ring === undefined) this.#rings.set(name, (ring = []));
    ring.push(one);
    if (ring.length > 2 * KEPT) ring.splice(0, ring.length - KEPT);
  }

  /** Whoever fails at it changes nothing for the senders and the others. */
  #wake(project: ProjectId, stream: Stream): void {
    for (const wake of this.#listeners) {
      try {
        wake(project, stream);
      } catch (error) {
        process.emitWarning(`a watcher of the store failed: ${error instanceof Error ? error.name : 'unknown'}`);
      }
    }
  }
}

const nameOf = (project: ProjectId, stream: Stream): string => `${stream} ${project}`;

/** The end of a list that is in order. */
function lastAfter(ring: readonly Kept[], moment: Moment, most: number): readonly Kept[] {
  let from = ring.length;
  const end = Math.max(0, ring.length - Math.min(most, KEPT));
  while (from > end && (ring[from - 1] as Kept).moment > moment) from -= 1;
  return ring.slice(from);
}
