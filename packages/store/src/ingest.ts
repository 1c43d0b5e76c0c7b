import {
  type Entry,
  eventTime,
  type Instant,
  type ProjectId,
  type Rules,
  rejected,
  type Statement,
  type Status,
  step,
  type Verdict,
} from '@selfsame/identity';
import { repeatKey } from './repeat-key.ts';
import type { Counts, Decided, RepeatKey, Store } from './store.ts';

/** One item of a request: a statement, or why it is none. `project` is absent when its key opens nothing. */
export type Item =
  | { readonly type: 'statement'; readonly statement: Statement }
  | { readonly type: 'refused'; readonly project?: ProjectId; readonly reason: string };

/** What happened to one item, for whoever watches. `logged`: it has a position in the log. */
export type Outcome =
  | { readonly type: 'decided'; readonly entry: Entry; readonly verdict: Verdict; readonly logged: boolean }
  | {
      readonly type: 'refused';
      readonly project?: ProjectId;
      readonly wire: string;
      readonly at: Instant;
      readonly reason: string;
    };

export interface Ingest {
  /**
   * Decides and keeps items; answers after they are on stable storage, one verdict an item, in order (G1).
   * @throws Overloaded when too many items wait · StoreError when the storage failed.
   */
  submit(wire: string, items: readonly Item[]): Promise<readonly Verdict[]>;
  /** Tells of every outcome, in log order, after its commit. Answers how to stop listening. */
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
  /** Items one commit may carry. Default 4,000. */
  readonly maxGroup?: number;
}

/** Too much waits: try again after `retryAfterSeconds` (G12). */
export class Overloaded extends Error {
  readonly retryAfterSeconds: number;
  constructor(retryAfterSeconds: number) {
    super('too many items are waiting to be stored');
    this.name = 'Overloaded';
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface Job {
  readonly wire: string;
  readonly items: readonly Item[];
  readonly resolve: (verdicts: readonly Verdict[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The loop between the wires and the store: load → step, one after another → commit. All requests that arrive while a
 * commit runs are decided and committed together, so a thousand waiting callers cost one sync.
 */
export function createIngest(options: IngestOptions): Ingest {
  const { store, clock, rules, maxQueued = 20_000, maxGroup = 4_000 } = options;
  const listeners = new Set<(outcomes: readonly Outcome[]) => void>();
  let queue: Job[] = [];
  let waiting = 0;
  let running: Promise<void> | undefined;
  let stopped = false;

  async function run(): Promise<void> {
    // Let everything that is ready in this turn of the event loop join the first group.
    await new Promise((resolve) => setImmediate(resolve));
    while (queue.length > 0) {
      const group = take();
      try {
        const { verdicts, outcomes } = await commitWithoutPoison(group);
        group.forEach((job, i) => job.resolve(verdicts[i] as readonly Verdict[]));
        for (const listener of listeners) listener(outcomes);
      } catch (error) {
        for (const job of group) job.reject(error);
      }
    }
    running = undefined;
  }

  function take(): Job[] {
    let size = 0;
    let count = 0;
    for (const job of queue) {
      if (count > 0 && size + job.items.length > maxGroup) break;
      size += job.items.length;
      count += 1;
    }
    const group = queue.slice(0, count);
    queue = queue.slice(count);
    waiting -= size;
    return group;
  }

  /** G16: an item the rules cannot process is set aside, and its neighbours are decided as if it were not there. */
  async function commitWithoutPoison(group: readonly Job[]): ReturnType<typeof commitGroup> {
    const poison = new Set<Item>();
    for (;;) {
      try {
        return await commitGroup(group, poison);
      } catch (error) {
        if (!(error instanceof Poison) || poison.has(error.item)) throw error;
        poison.add(error.item);
      }
    }
  }

  async function commitGroup(
    group: readonly Job[],
    poison: ReadonlySet<Item>,
  ): Promise<{ verdicts: readonly (readonly Verdict[])[]; outcomes: readonly Outcome[] }> {
    const keys = group.map((job) =>
      job.items.map((item) => (item.type === 'statement' ? repeatKey(item.statement) : undefined)),
    );
    const asked = keys.flat().filter((key) => key !== undefined);
    for (;;) {
      const loaded = await store.load({ repeats: asked });
      const at = clock();
      const decided: Decided[] = [];
      const outcomes: Outcome[] = [];
      const fresh = new Map<RepeatKey, number>();
      const counts = new Tally();
      const verdicts = group.map((job, j) =>
        job.items.map((item, i): Verdict => {
          if (item.type === 'refused') {
            counts.add(item.project ?? null, job.wire, 'rejected');
            outcomes.push({
              type: 'refused',
              ...(item.project === undefined ? {} : { project: item.project }),
              wire: job.wire,
              at,
              reason: item.reason,
            });
            return rejected('W0', item.reason);
          }
          const { statement } = item;
          const key = keys[j]?.[i];
          const repeats = key === undefined ? undefined : (fresh.get(key) ?? loaded.repeats.get(key));
          const position = loaded.next + decided.length;
          const entry: Entry = {
            ...statement,
            position,
            at,
            time: eventTime(statement, at),
            ...(repeats === undefined ? {} : { repeats }),
          };
          const verdict = poison.has(item)
            ? unprocessable
            : attempt(item, () => step(loaded.draft(statement.project), rules(statement.project), entry));
          const logged = belongsInLog(verdict);
          if (logged) decided.push({ entry, verdict });
          // [D2] A copy that is kept takes the place of the one before it.
          if (logged && key !== undefined && (repeats === undefined || statement.repeat?.keep === 'latest'))
            fresh.set(key, position);
          counts.add(statement.project, statement.wire, verdict.status);
          outcomes.push({ type: 'decided', entry, verdict, logged });
          return verdict;
        }),
      );
      if ((await store.commit({ loaded, decided, repeats: fresh, counts: counts.list() })) === 'committed')
        return { verdicts, outcomes };
    }
  }

  return {
    submit(wire, items) {
      if (stopped || (waiting > 0 && waiting + items.length > maxQueued))
        return Promise.reject(new Overloaded(stopped ? 5 : 1));
      if (items.length === 0) return Promise.resolve([]);
      waiting += items.length;
      return new Promise((resolve, reject) => {
        queue.push({ wire, items, resolve, reject });
        running ??= run();
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
      await running;
    },
  };
}

/** An item that was refused whole, repeats another or may not be kept leaves a count and nothing else. */
const belongsInLog = (verdict: Verdict): boolean =>
  verdict.status === 'applied' ||
  verdict.status === 'quarantined' ||
  verdict.anchor !== undefined ||
  verdict.rule === 'D2';

/** An item that made the rules throw: a bug of ours, not the sender's. */
class Poison extends Error {
  readonly item: Item;
  constructor(item: Item, cause: unknown) {
    super('the rules failed on an item', { cause });
    this.item = item;
  }
}

function attempt<T>(item: Item, decide: () => T): T {
  try {
    return decide();
  } catch (error) {
    throw new Poison(item, error);
  }
}

/** [Q1] The verdict on an item the rules failed on; a replay of the log leaves such an entry alone. */
export const unprocessable: Verdict = {
  status: 'quarantined',
  rule: 'Q1',
  reason: 'the rules could not process this item; it is kept for replay',
  notes: [],
};

/** Counts the items of one group by project and wire. */
class Tally {
  readonly #cells = new Map<string, { -readonly [K in keyof Counts]: Counts[K] }>();

  add(project: ProjectId | null, wire: string, status: Status): void {
    const name = `${project}\n${wire}`;
    let cell = this.#cells.get(name);
    if (cell === undefined)
      this.#cells.set(
        name,
        (cell = { project, wire, applied: 0, duplicate: 0, rejected: 0, quarantined: 0, suppressed: 0 }),
      );
    cell[status] += 1;
  }

  list(): readonly Counts[] {
    return [...this.#cells.values()];
  }
}
