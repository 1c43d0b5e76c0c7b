import {
  type Instant,
  type Position,
  type ProjectId,
  putFolded,
  type Rules,
  type Undo,
  undoIn,
  type Verdict,
} from '@selfsame/identity';
import { decideGroup, type GroupDecision, type Item, type Request } from './decide-group.ts';
import type { Outcome } from './live.ts';
import { follow } from './named-index.ts';
import { placed } from './placed.ts';
import { decideOrThrow, findPoison, Poison, type Poisoned } from './poison.ts';
import { reachOf } from './reach.ts';
import type { Change, Decided, Store } from './store.ts';
import { type Touched, touchedBy, upToDate } from './undo.ts';
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

interface Job extends Request {
  /** Of what takes something back: what it touches, looked for while it waited. */
  readonly touched?: Touched;
  readonly resolve: (verdicts: readonly Verdict[]) => void;
  readonly reject: (error: unknown) => void;
}

/** A group that is decided, and its commit. */
interface Taken extends GroupDecision {
  /** The position that its first entry took. */
  readonly kept: Promise<Position | 'stale'>;
}

/**
 * The loop between the wires and the store: load → step, one after another → commit. All requests that arrive while a
 * commit runs are decided and committed together, so a thousand waiting callers cost one sync. Where the store lets it,
 * a large group is decided while the one before it is still being synced; they are answered in order.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { store, clock, rules, maxQueued = 20_000, maxGroup = 1_000, aheadFrom = 200 } = options;
  const listeners = new Set<(outcomes: readonly Outcome[]) => void>();
  /** Requests that wait, by project; the project whose turn it is comes first. */
  const queues = new Map<ProjectId | undefined, Job[]>();
  /** Items that have no answer yet, and of them those whose group is decided. */
  let waiting = 0;
  let decided = 0;
  /** Commits whose callers wait for them. */
  const underWay = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    let restUntil = 0;
    while (queues.size > 0) {
      if (underWay.size >= (waiting - decided >= aheadFrom ? 2 : 1)) {
        await Promise.race(underWay);
        continue;
      }
      // Let everything that is ready in this turn of the event loop join the group, and other work have its turn: after
      // a long group several turns, since each lets only one new connection in.
      do await new Promise((resolve) => setImmediate(resolve));
      while (performance.now() < restUntil);
      const began = performance.now();
      const group = take();
      // What takes something back reads the log, which has what is kept alone.
      if (takesBack(group[0] as Job)) await Promise.all(underWay);
      await decide(group);
      const ended = performance.now();
      restUntil = ended - began > LONG ? ended + OTHERS * (ended - began) : 0;
    }
    running = undefined;
  }

  /** Decides a group and has it kept; resolves when what follows may be decided. */
  async function decide(group: readonly Job[]): Promise<void> {
    const size = group.reduce((sum, job) => sum + job.items.length, 0);
    decided += size;
    const answered = (error?: unknown) => {
      waiting -= size;
      decided -= size;
      if (error !== undefined) for (const job of group) job.reject(error);
    };
    try {
      const { verdicts, outcomes, change, kept } = await commitGroup(group);
      const one = kept
        .then((first) => {
          answered();
          const at = placed({ verdicts, outcomes, change }, first as Position);
          follow(store, at.decided, (project) => rules(project).policy);
          group.forEach((job, i) => job.resolve(at.verdicts[i] as readonly Verdict[]));
          tell(at.outcomes);
        }, answered)
        .finally(() => underWay.delete(one));
      underWay.add(one);
    } catch (error) {
      answered(error);
    }
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

  function take(): Job[] {
    const group: Job[] = [];
    let size = 0;
    // Each project one request after the other, and the projects in turn: what waits for one holds up no other (G13).
    for (const [project, jobs] of queues) {
      const job = jobs[0] as Job;
      // What takes something back is decided by itself: all that it touches must be read first.
      if (group.length > 0 && (takesBack(job) || takesBack(group[0] as Job))) break;
      if (group.length > 0 && size + job.items.length > maxGroup) break;
      group.push(job);
      size += job.items.length;
      jobs.shift();
      queues.delete(project);
      if (jobs.length > 0) queues.set(project, jobs);
    }
    return group;
  }

  /** G16: an item the rules cannot process is set aside, and its neighbours are decided as if it were not there. */
  async function commitGroup(group: readonly Job[]): Promise<Taken> {
    const reach = reachOf(group, (project) => rules(project).policy);
    let poison: Poisoned = new Map();
    for (;;) {
      try {
        const decision = await whole(await store.load(reach), async (loaded) => {
          const decision = await decideGroup(group, loaded, clock(), rules, decideOrThrow(loaded, rules, poison));
          return { ...decision, change: await undoInDraft(decision.change, group[0]?.touched) };
        });
        const taken = Promise.withResolvers<'taken'>();
        const kept = store.commit(decision.change, () => taken.resolve('taken'));
        if ((await Promise.race([taken.promise, kept])) !== 'stale') return { ...decision, kept };
      } catch (error) {
        if (!(error instanceof Poison)) throw error;
        const found = await whole(await store.load(reach), (loaded) => findPoison(group, loaded, clock(), rules));
        if (found.size === poison.size) throw error;
        poison = found;
      }
    }
  }

  /** [U3] Folds again what a change takes back or puts back. Nobody else's entries come in between. */
  async function undoInDraft(change: Change, found: Touched | undefined): Promise<Change> {
    const undo = change.decided[0] && undoIn(change.decided[0]);
    if (undo === undefined) return change;
    const { project } = (change.decided[0] as Decided).entry;
    const reading = { store, project, rules: rules(project) };
    const touched = (found && (await upToDate(reading, found))) ?? (await touchedBy(reading, undo));
    putFolded(change.loaded.draft(project), reading.rules.policy, touched.keys, touched.graph, touched);
    return { ...change, through: touched.through };
  }

  function queue(wire: string, items: readonly Item[], touched?: Touched): Promise<readonly Verdict[]> {
    waiting += items.length;
    return new Promise((resolve, reject) => {
      const project = projectOf(items);
      const jobs = queues.get(project);
      const job = { wire, items, resolve, reject, ...(touched === undefined ? {} : { touched }) };
      if (jobs === undefined) queues.set(project, [job]);
      else jobs.push(job);
      running ??= run();
    });
  }

  return {
    submit(wire, items) {
      if (stopped || (waiting > 0 && waiting + items.length > maxQueued))
        return Promise.reject(new Overloaded(stopped ? 5 : 1));
      if (items.length === 0) return Promise.resolve([]);
      if (items.length > 1 && takesBack({ items }))
        return Promise.reject(new RangeError('what takes something back is sent by itself'));
      const undo = undoOf(items);
      if (undo === undefined) return queue(wire, items);
      // The log is read while others are served, so that little is left to read once it is this one's turn.
      const project = projectOf(items) as ProjectId;
      return touchedBy({ store, project, rules: rules(project) }, undo).then((touched) =>
        stopped ? Promise.reject(new Overloaded(5)) : queue(wire, items, touched),
      );
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

/** What these take back or put back, if they do. */
function undoOf(items: readonly Item[]): Undo | undefined {
  for (const item of items)
    if (item.type === 'statement' && 'told' in item.statement.command) return item.statement.command;
  return undefined;
}

const takesBack = ({ items }: Pick<Job, 'items'>): boolean => undoOf(items) !== undefined;

/** The project of a request's first item that has one; the items of a request are nearly always of one project. */
function projectOf(items: readonly Item[]): ProjectId | undefined {
  for (const item of items) {
    const project = item.type === 'statement' ? item.statement.project : item.project;
    if (project !== undefined) return project;
  }
  return undefined;
}
