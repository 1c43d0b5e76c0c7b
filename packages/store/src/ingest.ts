import {
  type Instant,
  type Position,
  type ProjectId,
  putFolded,
  type Rules,
  undoIn,
  type Verdict,
} from '@selfsame/identity';
import { type Decision, decideGroup, type Group, type Item, type Request } from './decide-group.ts';
import type { Outcome } from './live.ts';
import { follow } from './named-index.ts';
import { inOrder, partsOf } from './parts.ts';
import { placed } from './placed.ts';
import { decideOrThrow, findPoison, Poison, type Poisoned } from './poison.ts';
import { reachOf } from './reach.ts';
import type { Change, Loaded, Store } from './store.ts';
import { type Touched, touchedBy, upToDate } from './undo.ts';
import { takesBackIn, undoOf, Waiting } from './waiting.ts';
import { whole } from './whole.ts';

export interface Ingest {
  /**
   * Decides and keeps items; answers after they are on stable storage, one verdict an item, in order (G1).
   * @throws Overloaded when too many items wait · StoreError when the storage failed.
   */
  submit(wire: string, items: readonly Item[]): Promise<readonly Verdict[]>;
  /**
   * Tells of every outcome of this process, in log order, after its commit: for sums since it started. Other processes may
   * write to the same store; who wants to know what happened follows `store.live` and the log. Answers how to stop listening.
   */
  watch(listener: (outcomes: readonly Outcome[]) => void): () => void;
  /** Items that wait. */
  readonly depth: number;
  /** Takes no more, finishes what waits (G15). */
  stop(): Promise<void>;
}

export interface IngestOptions {
  readonly store: Store;
  /** The server's clock, ms. */
  readonly clock: () => Instant;
  /** As the store has them, to look ahead by; what is decided is decided under those it was loaded with. */
  readonly rules: (project: ProjectId) => Rules;
  /** Items that may wait before submit throws Overloaded. Default 20,000. */
  readonly maxQueued?: number;
  /** Items one commit may carry, unless a single request has more. Default 1,000. */
  readonly maxGroup?: number;
  /**
   * Where so many items wait, they are decided while the group before them is being synced; of fewer a sync is worth more
   * when it serves all that come meanwhile. Default 200.
   */
  readonly aheadFrom?: number;
}

/** After a group that took longer than so much, ms, the event loop has a part of that time for others. */
const LONG = 8;
const OTHERS = 0.1;

/** Too much waits: try again after `retryAfterSeconds` (G12). */
export class Overloaded extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('too many items are waiting to be stored');
    this.name = 'Overloaded';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What of a request is of one project, and who waits for it. */
interface Job extends Request {
  /** Of what takes something back: what it touches, looked for while it waited. */
  readonly touched?: Touched | undefined;
  readonly resolve: (verdicts: readonly Verdict[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A group that is decided. */
interface Decided {
  readonly loaded: Loaded;
  readonly decisions: readonly Decision[];
}

/**
 * The loop between the wires and the store: load → step, one after another → commit. All requests that arrive while a
 * commit runs are decided and committed together, so a thousand waiting callers cost one sync; each project's part of them
 * is a change by itself, kept or decided again whatever becomes of the others. Where the store lets it, a large group is
 * decided while the one before it is still being synced; they are answered in order.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { store, clock, rules, maxQueued = 20_000, maxGroup = 1_000, aheadFrom = 200 } = options;
  const listeners = new Set<(outcomes: readonly Outcome[]) => void>();
  const queue = new Waiting<Job>();
  /** Items that have no answer yet, and of them those whose group is decided. */
  let waiting = 0;
  let decided = 0;
  /** Commits whose callers wait for them. */
  const underWay = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    let restUntil = 0;
    while (!queue.isEmpty) {
      if (underWay.size >= (waiting - decided >= aheadFrom ? 2 : 1)) {
        await Promise.race(underWay);
        continue;
      }
      // Let everything that is ready in this turn of the event loop join the group, and other work have its turn: after
      // a long group several turns, since each lets only one new connection in.
      do await new Promise((resolve) => setImmediate(resolve));
      while (performance.now() < restUntil);
      const began = performance.now();
      const group = queue.take(maxGroup);
      // What takes something back reads the log, which has what is kept alone.
      if (takesBackIn(group) !== undefined) await Promise.all(underWay);
      await decide(group);
      const ended = performance.now();
      restUntil = ended - began > LONG ? ended + OTHERS * (ended - began) : 0;
    }
    running = undefined;
  }

  /** Decides a group and has it kept; resolves when what follows may be decided. */
  async function decide(group: Group<Job>): Promise<void> {
    const all = [...group.values()].flat();
    decided += sizeOf(all);
    for (let open = group; open.size > 0; ) {
      try {
        open = await keep(open);
      } catch (error) {
        for (const jobs of open.values()) refuse(jobs, error);
        return;
      }
    }
  }

  /** The same; answers what of it must be decided again, since what it was decided on has changed. */
  async function keep(group: Group<Job>): Promise<Group<Job>> {
    const { loaded, decisions } = await decideWhole(group);
    const stale = new Map<ProjectId | null, readonly Job[]>();
    const taken = Promise.withResolvers<void>();
    const changes = decisions.map(({ change }) => change);
    const commits = store.commit(loaded, changes, () => taken.resolve());
    const each = decisions.map(async (decision, i) => {
      const { project } = decision.change;
      const jobs = group.get(project) as readonly Job[];
      const first = await (commits[i] as Promise<Position | 'stale'>).catch((error: unknown) => {
        refuse(jobs, error);
      });
      if (first === 'stale') stale.set(project, jobs);
      else if (first !== undefined) answer(jobs, decision, first);
    });
    const all = Promise.all(each).then(() => void underWay.delete(all));
    underWay.add(all);
    await Promise.race([taken.promise, all]);
    return stale;
  }

  function answer(jobs: readonly Job[], decision: Decision, first: Position): void {
    leave(jobs);
    const at = placed(decision, first);
    follow(store, at.decided, (project) => rules(project).policy);
    jobs.forEach((job, i) => job.resolve(at.verdicts[i] as readonly Verdict[]));
    tell(at.outcomes);
  }

  function refuse(jobs: readonly Job[], error: unknown): void {
    leave(jobs);
    for (const job of jobs) job.reject(error);
  }

  function leave(jobs: readonly Job[]): void {
    const size = sizeOf(jobs);
    waiting -= size;
    decided -= size;
  }

  /** A watcher that fails changes nothing for the senders and the other watchers. */
  function tell(outcomes: readonly Outcome[]): void {
    for (const listener of listeners) {
      try {
        listener(outcomes);
      } catch (error) {
        process.emitWarning(`a watcher of the ingest loop failed: ${error instanceof Error ? error.name : 'unknown'}`);
      }
    }
  }

  /** G16: an item the rules cannot process is set aside, and its neighbours are decided as if it were not there. */
  async function decideWhole(group: Group<Job>): Promise<Decided> {
    const reach = reachOf(group, (project) => rules(project).policy);
    let poison: Poisoned = new Map();
    for (;;) {
      try {
        return await whole(await store.load(reach), async (loaded) => {
          const asking = { loaded, at: clock(), decide: decideOrThrow(loaded, poison) };
          const decisions = await decideGroup(group, asking);
          return { loaded, decisions: await undoInDraft(loaded, decisions, takesBackIn(group)) };
        });
      } catch (error) {
        if (!(error instanceof Poison)) throw error;
        const found = await whole(await store.load(reach), (loaded) => findPoison(group, loaded, clock()));
        if (found.size === poison.size) throw error;
        poison = found;
      }
    }
  }

  /** [U3] Folds again what a change takes back or puts back. Nobody else's entries come in between. */
  async function undoInDraft(
    loaded: Loaded,
    decisions: readonly Decision[],
    job: Job | undefined,
  ): Promise<readonly Decision[]> {
    const [decision] = decisions;
    const [said] = decision?.change.decided ?? [];
    const undo = said && undoIn(said);
    if (decision === undefined || said === undefined || undo === undefined) return decisions;
    const { project } = said.entry;
    const reading = { store, project, rules: loaded.rules(project) };
    const touched = (job?.touched && (await upToDate(reading, job.touched))) ?? (await touchedBy(reading, undo));
    putFolded(loaded.draft(project), reading.rules.policy, touched.keys, touched.graph, touched);
    const change: Change = { ...decision.change, through: touched.through };
    return [{ ...decision, change }];
  }

  function wait(project: ProjectId | null, request: Request & Pick<Job, 'touched'>): Promise<readonly Verdict[]> {
    return new Promise((resolve, reject) => {
      queue.add(project, { ...request, resolve, reject });
      running ??= run();
    });
  }

  return {
    submit(wire, items) {
      if (stopped || (waiting > 0 && waiting + items.length > maxQueued))
        return Promise.reject(new Overloaded(stopped ? 5 : 1));
      if (items.length === 0) return Promise.resolve([]);
      const undo = undoOf(items);
      const parts = partsOf(items);
      if (undo === undefined) {
        waiting += items.length;
        return inOrder(
          parts,
          parts.map((part) => wait(part.project, { wire, items: part.items })),
        );
      }
      if (items.length > 1) return Promise.reject(new RangeError('what takes something back is sent by itself'));
      // The log is read while others are served, so that little is left to read once it is this one's turn.
      const project = parts[0]?.project as ProjectId;
      return touchedBy({ store, project, rules: rules(project) }, undo).then((touched) => {
        if (stopped) throw new Overloaded(5);
        waiting += 1;
        return wait(project, { wire, items, touched });
      });
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get depth() {
      return waiting;
    },
    async stop() {
      stopped = true;
      while (running !== undefined || underWay.size > 0) await Promise.all([running, ...underWay]);
    },
  };
}

const sizeOf = (jobs: readonly Job[]): number => jobs.reduce((sum, { items }) => sum + items.length, 0);
