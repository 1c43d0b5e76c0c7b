import { type Instant, type ProjectId, puttingFolded, type Rules, undoIn, type Verdict } from '@selfsame/identity';
import { type Decision, decideGroup, type Group, type Item, type Request } from './decide-group.ts';
import type { Outcome } from './live.ts';
import { follow } from './named-index.ts';
import { inOrder, partsOf } from './parts.ts';
import { placed } from './placed.ts';
import { decideOrThrow, findPoison, Poison, type Poisoned } from './poison.ts';
import { enoughAtATime, firstBytes, splitAt } from './portion.ts';
import { reachOf } from './reach.ts';
import type { Change, Kept, Loaded, Store } from './store.ts';
import { Turn } from './turn.ts';
import { type Touched, touchedBy, upToDate } from './undo.ts';
import { takesBackIn, undoOf, Waiting } from './waiting.ts';
import { whole } from './whole.ts';

export interface Ingest {
  /**
   * Decides and keeps items; answers after they are on stable storage, one verdict an item, in order (G1). Of a request
   * that holds others up some are kept before the rest; where these cannot be, those are kept and the request fails.
   * @param bytes about how many the items have, where they may be many
   * @throws Overloaded when too many items wait · StoreError when the storage failed.
   */
  submit(wire: string, items: readonly Item[], bytes?: number): Promise<readonly Verdict[]>;
  /**
   * Tells of every outcome of this process, in log order, after its commit: for sums since it started. Other processes may
   * write to the same store; who wants to know what happened follows `store.live` and the log. Answers how to stop listening.
   */
  watch(listener: (outcomes: readonly Outcome[]) => void): () => void;
  /** Items that have no answer yet. */
  readonly depth: number;
  /** As many wait to be stored as the next commit takes: whatever is read besides would only wait in memory. */
  readonly hasEnough: boolean;
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
   * Those it carries where the storage is done with those before about when the next can be decided: what waits is
   * answered sooner, and is garbage sooner. Default 500.
   */
  readonly shortGroup?: number;
  /** A storage that has kept the next group waiting for longer, ms, gets `maxGroup`. Default 10. */
  readonly slowMs?: number;
  /** Bytes one commit may carry, about; of a request that has more a quarter, unless a single item has more. Default 1,000,000. */
  readonly maxBytes?: number;
  /**
   * Where so many items wait, they are decided while the group before them is being synced; of fewer a sync is worth more
   * when it serves all that come meanwhile. Default 200.
   */
  readonly aheadFrom?: number;
  /** Told whenever `hasEnough` may be so no longer. */
  readonly onTaken?: () => void;
}

/** After a group that took longer than so much, ms, the event loop has a part of that time for others. */
const LONG = 8;
const OTHERS = 0.1;

/** Of the bytes of a commit, what is decided at a time of a request that has more. */
const A_PART = 1 / 4;

/** Too much waits: try again after `retryAfterSeconds` (G12). */
export class Overloaded extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('too many items are waiting to be stored');
    this.name = 'Overloaded';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** What of a request is of one project, or is left of that, and who waits for it. */
interface Job extends Request {
  readonly bytes: number;
  /** Of what takes something back: what it touches, looked for while it waited. */
  readonly touched?: Touched | undefined;
  readonly caller: Caller;
}

/** Who waits for some items. */
interface Caller {
  readonly size: number;
  /** Of those that are kept, in order. */
  readonly verdicts: Verdict[];
  /** Some could not be kept. */
  hasFailed: boolean;
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
  const { store, clock, rules } = options;
  const { maxQueued = 20_000, maxGroup = 1_000, maxBytes = 1_000_000, aheadFrom = 200, slowMs = 10, onTaken } = options;
  const shortGroup = Math.min(options.shortGroup ?? 500, maxGroup);
  const listeners = new Set<(outcomes: readonly Outcome[]) => void>();
  const queue = new Waiting<Job>();
  /** Items that have no answer yet, and of them those whose group is decided. */
  let waiting = 0;
  let decided = 0;
  /** Commits whose callers wait for them. A list anew for each: see decision 41. */
  let underWay: readonly Promise<void>[] = [];
  let running: Promise<void> | undefined;
  let stopped = false;
  /** What a group carries now. */
  let groupSize = shortGroup;
  const ahead = () => waiting - decided;

  async function run(): Promise<void> {
    let restUntil = 0;
    /** For how long the next group has waited for those before it, ms. */
    let waited = 0;
    while (!queue.isEmpty) {
      if (underWay.length >= (ahead() >= aheadFrom ? 2 : 1)) {
        const since = performance.now();
        await Promise.race(underWay);
        waited += performance.now() - since;
        continue;
      }
      // Let everything that is ready in this turn of the event loop join the group, and other work have its turn: after
      // a long group several turns, since each lets only one new connection in.
      do await new Promise((resolve) => setImmediate(resolve));
      while (performance.now() < restUntil);
      // What waited may have been given up.
      if (queue.isEmpty) break;
      const began = performance.now();
      groupSize = waited > slowMs ? maxGroup : shortGroup;
      waited = 0;
      const group = firstOf(queue.take(groupSize, maxBytes));
      // What takes something back reads the log, which has what is kept alone.
      if (takesBackIn(group) !== undefined) await Promise.all(underWay);
      await decide(group);
      const ended = performance.now();
      restUntil = ended - began > LONG ? ended + OTHERS * (ended - began) : 0;
    }
    running = undefined;
  }

  /** What of a group is decided now: a request of very many bytes a part at a time, for others wait while it is written. */
  function firstOf(whole: Group<Job>): Group<Job> {
    if (![...whole.values()].some((jobs) => jobs.some(({ bytes }) => bytes > maxBytes))) return whole;
    const { group, rest } = splitAt(whole, firstBytes(whole, maxBytes * A_PART));
    if (rest.size > 0) queue.putBack(rest, new Set(group.keys()));
    return group;
  }

  /** Decides a group and has it kept; resolves when what follows may be decided. */
  async function decide(group: Group<Job>): Promise<void> {
    decided += sizeOf([...group.values()].flat());
    onTaken?.();
    for (let open = group; open.size > 0; ) {
      try {
        open = await keep(open);
      } catch (error) {
        for (const [project, jobs] of open) refuse(jobs, error, project);
        return;
      }
    }
  }

  /** The same of a first portion; answers what of it must be decided again, since what it was decided on has changed. */
  async function keep(whole: Group<Job>): Promise<Group<Job>> {
    const { loaded, decisions } = await decideWhole(whole);
    const verdicts = decisions.map(
      ({ change, verdicts }) => [change.project, verdicts.map(({ length }) => length)] as const,
    );
    const { group, rest } = splitAt(whole, new Map(verdicts));
    const stale = new Map<ProjectId | null, readonly Job[]>();
    const taken = Promise.withResolvers<void>();
    const changes = decisions.map(({ change }) => change);
    const commits = store.commit(loaded, changes, () => taken.resolve());
    if (rest.size > 0) putBack(rest, new Set(group.keys()));
    const each = decisions.map(async (decision, i) => {
      const { project } = decision.change;
      const jobs = group.get(project) as readonly Job[];
      const kept = await (commits[i] as Promise<Kept | 'stale'>).catch((error: unknown) => {
        refuse(jobs, error, project);
      });
      if (kept === 'stale') stale.set(project, jobs);
      else if (kept !== undefined) answer(jobs, decision, kept);
    });
    const all: Promise<void> = Promise.all(each).then(() => {
      underWay = underWay.filter((one) => one !== all);
    });
    underWay = [...underWay, all];
    await Promise.race([taken.promise, all]);
    return stale;
  }

  function answer(jobs: readonly Job[], decision: Decision, { first, after }: Kept): void {
    leave(jobs);
    const at = placed(decision, first);
    if (after !== undefined) follow(store, at.decided, after, (project) => rules(project).policy);
    for (const [i, { caller }] of jobs.entries()) {
      for (const verdict of at.verdicts[i] as readonly Verdict[]) caller.verdicts.push(verdict);
      if (caller.verdicts.length === caller.size) caller.resolve(caller.verdicts);
    }
    tell(at.outcomes);
  }

  /** What of these still waits is decided no more. */
  function refuse(jobs: readonly Job[], error: unknown, project: ProjectId | null): void {
    leave(jobs);
    for (const { caller } of jobs) {
      caller.hasFailed = true;
      caller.reject(error);
    }
    waiting -= sizeOf(queue.drop(project, ({ caller }) => caller.hasFailed));
  }

  function putBack(rest: Group<Job>, begun: ReadonlySet<ProjectId | null>): void {
    decided -= sizeOf([...rest.values()].flat());
    queue.putBack(rest, begun);
    for (const project of rest.keys()) waiting -= sizeOf(queue.drop(project, ({ caller }) => caller.hasFailed));
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
          const isEnough = enoughAtATime(() => group.size > 1 || queue.hasOthersThan(group));
          const asking = { loaded, at: clock(), decide: decideOrThrow(loaded, poison), isEnough };
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
    const turn = new Turn();
    for (const _ of puttingFolded(loaded.draft(project), reading.rules.policy, touched.keys, touched.graph, touched))
      if (turn.isOver) await turn.next();
    const change: Change = { ...decision.change, through: touched.through };
    return [{ ...decision, change }];
  }

  function wait(project: ProjectId | null, request: Omit<Job, 'caller'>): Promise<readonly Verdict[]> {
    return new Promise((resolve, reject) => {
      const caller = { size: request.items.length, verdicts: [], hasFailed: false, resolve, reject };
      queue.add(project, { ...request, caller });
      running ??= run();
    });
  }

  return {
    submit(wire, items, bytes = 0) {
      if (stopped || (waiting > 0 && waiting + items.length > maxQueued))
        return Promise.reject(new Overloaded(stopped ? 5 : 1));
      if (items.length === 0) return Promise.resolve([]);
      const undo = undoOf(items);
      const parts = partsOf(items);
      if (undo === undefined) {
        waiting += items.length;
        return inOrder(
          parts,
          parts.map((part) => wait(part.project, { wire, items: part.items, bytes })),
        );
      }
      if (items.length > 1) return Promise.reject(new RangeError('what takes something back is sent by itself'));
      // The log is read while others are served, so that little is left to read once it is this one's turn.
      const project = parts[0]?.project as ProjectId;
      return touchedBy({ store, project, rules: rules(project) }, undo).then((touched) => {
        if (stopped) throw new Overloaded(5);
        waiting += 1;
        return wait(project, { wire, items, bytes, touched });
      });
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get depth() {
      return waiting;
    },
    get hasEnough() {
      return ahead() >= groupSize;
    },
    async stop() {
      stopped = true;
      while (running !== undefined || underWay.length > 0) await Promise.all([running, ...underWay]);
    },
  };
}

const sizeOf = (jobs: readonly Job[]): number => jobs.reduce((sum, { items }) => sum + items.length, 0);
