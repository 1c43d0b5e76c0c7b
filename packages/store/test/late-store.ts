import {
  type Claim,
  claimMovedOn,
  claimsBetween,
  type Draft,
  dawn,
  dusk,
  type Graph,
  type IdentifierKey,
  type Node,
  NotedGraph,
  nodeMovedOn,
  Overlay,
  type PersonId,
  type ProjectId,
  type Rules,
  type Sight,
} from '@selfsame/identity';
import {
  type Change,
  createMemoryStore,
  type Kept,
  LiveMemory,
  type Loaded,
  type Reach,
  type RepeatKey,
  RulesOfLoad,
  type Store,
  type StoreAtHand,
  StoreError,
} from '../src/index.ts';
import { forgetIndex } from '../src/named-index.ts';
import { decidedMovedOn, outcomeMovedOn } from '../src/placed.ts';

/** More than any node's number. */
const PRESUMED = 1e9;

/** What a writer may get wrong, for the laws to notice. */
export type LateFault =
  | 'looks at no node again'
  | 'looks at no node again that was not there'
  | 'looks at no repeat key again'
  | 'does not look whether the log went on'
  | 'takes what was missed for absent'
  | 'leaves nodes at the places they were decided at'
  | 'leaves entries at the places they were decided at'
  | 'does not look which policy is in force'
  | 'looks before it has the lane'
  | 'lets a stale change take the others along'
  | 'calls every change stale after another'
  | 'does not look which fold it has read'
  | 'shows what passed through it alone'
  | 'shows entries at the places they were decided at';

/**
 * The truth that several writers share. They reach it a turn of the event loop later, or some, and hold its lane for the
 * short end of a commit. It stands for a database: a memory store, and when each identifier changed.
 */
export class SharedTruth {
  readonly store: StoreAtHand;
  readonly rules: (project: ProjectId) => Rules;
  /** So many commits there were; when each identifier changed last. */
  commits = 0;
  /** So often the log was folded anew. */
  folds = 0;
  readonly changed = new Map<string, number>();
  readonly #roll: () => number;
  #lane: Promise<void> = Promise.resolve();

  /** `roll`: chance, 0…1, that says how many turns an answer takes. */
  constructor(rules: (project: ProjectId) => Rules, roll: () => number) {
    this.rules = rules;
    this.store = createMemoryStore(rules);
    this.#roll = roll;
  }

  /** The way there or back. */
  async turn(): Promise<void> {
    for (let left = 1 + Math.floor(this.#roll() * 3); left > 0; left--)
      await new Promise((resolve) => setImmediate(resolve));
  }

  /** Does something alone, after what others do alone. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#lane.then(work);
    this.#lane = done.then(
      () => {},
      () => {},
    );
    return done;
  }

  foldAnew(work: () => Promise<void>): Promise<void> {
    return this.alone(() => {
      this.folds += 1;
      return work();
    });
  }

  changedAt(project: ProjectId, key: IdentifierKey): number {
    return this.changed.get(`${project}\n${key}`) ?? 0;
  }
}

/** A graph of a project of which there is what was asked for before, as it was at one moment. */
class Glimpse implements Graph {
  /** The gone ones too. */
  readonly nodes = new Map<IdentifierKey, Node | undefined>();
  readonly founders = new Map<PersonId, IdentifierKey | undefined>();
  readonly kept = new Map<IdentifierKey, readonly Claim[]>();
  readonly besides = new Map<string, readonly Claim[] | undefined>();
  isMissing = false;

  node(key: IdentifierKey): Node | undefined {
    const node = this.#at(this.nodes, key);
    return node?.gone === true ? undefined : node;
  }

  ghost(key: IdentifierKey): Node | undefined {
    const node = this.#at(this.nodes, key);
    return node?.gone === true ? node : undefined;
  }

  founder(person: PersonId): Node | undefined {
    const key = this.#at(this.founders, person);
    return key && this.node(key);
  }

  evidence(key: IdentifierKey, after: Sight, before: Sight): readonly Claim[] {
    return claimsBetween(this.#at(this.kept, key) ?? [], after, before);
  }

  beside(key: IdentifierKey, like: Claim, at: Claim): readonly Claim[] {
    // By which of a sort it is asked for is no part of the question.
    const asked = [key, { ...like, position: 0 }, at];
    return this.#at(this.besides, JSON.stringify(asked)) ?? [];
  }

  /** All of it as it is in another graph, what was missed included. */
  readFrom(graph: Graph): void {
    this.isMissing = false;
    for (const person of this.founders.keys()) {
      const node = graph.founder(person);
      this.founders.set(person, node?.key);
      if (node !== undefined) this.nodes.set(node.key, node);
    }
    for (const key of this.nodes.keys()) this.nodes.set(key, graph.node(key) ?? graph.ghost(key));
    for (const key of this.kept.keys()) this.kept.set(key, graph.evidence(key, dawn, dusk));
    for (const asked of this.besides.keys())
      this.besides.set(asked, graph.beside(...(JSON.parse(asked) as Parameters<Graph['beside']>)));
  }

  #at<K, T>(known: Map<K, T | undefined>, key: K): T | undefined {
    if (!known.has(key)) {
      this.isMissing = true;
      known.set(key, undefined);
    }
    return known.get(key);
  }
}

interface LateLoaded extends Loaded {
  readonly overlays: ReadonlyMap<ProjectId, Overlay>;
  readonly noted: ReadonlyMap<ProjectId, NotedGraph>;
  readonly ruling: RulesOfLoad;
  /** When it was read: so many commits there were, and folds of the log. */
  readonly commits: number;
  readonly folds: number;
  readonly asked: readonly RepeatKey[];
  /** So many new nodes a project has, numbered from {@link PRESUMED} until they have numbers. */
  readonly used: Map<ProjectId, number>;
}

/** A writer that has read nothing yet; there may be others of the same truth. `fault`: what it gets wrong. */
export function createLateStore(truth: SharedTruth, fault?: LateFault): Store {
  const { store } = truth;
  let closed = false;
  const mine = new LiveMemory((project, position) => store.at(project, position));
  const later = async <T>(answer: () => T | Promise<T>): Promise<T> => {
    await truth.turn();
    const answered = await answer();
    await truth.turn();
    return answered;
  };

  /** Reads again all that was asked so far, at one moment. */
  async function read(reach: Reach, glimpses: Map<ProjectId, Glimpse>): Promise<LateLoaded> {
    const { next, repeats, folds, commits } = await later(() =>
      truth.alone(async () => {
        for (const [project, glimpse] of glimpses) glimpse.readFrom(store.graph(project));
        const { next, repeats } = await store.load({ repeats: reach.repeats });
        return { next, repeats, folds: truth.folds, commits: truth.commits };
      }),
    );
    const overlays = new Map<ProjectId, Overlay>();
    const noted = new Map<ProjectId, NotedGraph>();
    const ruling = new RulesOfLoad(truth.rules);
    const used = new Map<ProjectId, number>();
    const nextNumber = (project: ProjectId) => {
      const mine = used.get(project) ?? 0;
      used.set(project, mine + 1);
      return PRESUMED + mine;
    };
    return {
      overlays,
      noted,
      ruling,
      rules: ruling.of,
      commits,
      folds,
      asked: reach.repeats,
      used,
      next,
      repeats,
      draft(project): Draft {
        let overlay = overlays.get(project);
        if (overlay === undefined) {
          let glimpse = glimpses.get(project);
          if (glimpse === undefined) glimpses.set(project, (glimpse = new Glimpse()));
          const graph = new NotedGraph(glimpse);
          overlay = new Overlay(graph, () => nextNumber(project));
          overlays.set(project, overlay);
          noted.set(project, graph);
        }
        return overlay;
      },
      missed() {
        const isWhole = [...glimpses.values()].every((one) => !one.isMissing);
        return isWhole || fault === 'takes what was missed for absent' ? undefined : read(reach, glimpses);
      },
    };
  }

  /** Is anything that was read for a project different now? */
  async function isStale(loaded: LateLoaded, { project: of, through }: Change): Promise<boolean> {
    if (of === null) return false;
    if (fault !== 'does not look which policy is in force' && loaded.ruling.haveChanged(of)) return true;
    const { noted, overlays, commits, folds, repeats } = loaded;
    const asked = loaded.asked.filter((key) => key.startsWith(`${of}\n`));
    const now = await store.load({ repeats: asked });
    if (
      fault !== 'does not look whether the log went on' &&
      through !== undefined &&
      (await store.head(of)) !== through
    )
      return true;
    if (fault === 'calls every change stale after another' && truth.commits !== commits) return true;
    if (fault !== 'does not look which fold it has read' && truth.folds !== folds) return true;
    if (fault !== 'looks at no repeat key again')
      for (const key of asked) if (now.repeats.get(key) !== repeats.get(key)) return true;
    for (const [project, { keys, people }] of noted) {
      if (project !== of) continue;
      const graph = store.graph(project);
      if (fault === 'looks at no node again') continue;
      for (const key of keys) {
        if (fault === 'looks at no node again that was not there' && overlays.get(project)?.isNew(key)) continue;
        if (truth.changedAt(project, key) > commits) return true;
      }
      for (const person of fault === 'looks at no node again that was not there' ? [] : people) {
        const founder = graph.founder(person);
        if (founder !== undefined && truth.changedAt(project, founder.key) > commits) return true;
      }
    }
    return false;
  }

  /** Puts what was decided at the places it takes now. */
  async function keep(loaded: LateLoaded, change: Change): Promise<Kept | 'stale'> {
    const { project: of, first: next, decided, outcomes, repeats, counts } = change;
    const { overlays, used } = loaded;
    const now = await store.load({ repeats: [] });
    const first = of === null ? 0 : now.next(of, 0);
    const by = fault === 'leaves entries at the places they were decided at' ? 0 : first - next;
    const places = { from: next, by };
    const ofNodes = fault === 'leaves nodes at the places they were decided at' ? { ...places, by: 0 } : places;
    const numbers = Array.from({ length: used.get(of ?? '') ?? 0 }, () => now.draft('').nextNumber());
    truth.commits += 1;
    for (const [project, { kept, changed }] of overlays) {
      if (project !== of) continue;
      const draft = now.draft(project);
      for (const [key, claims] of kept) {
        draft.keep(
          key,
          claims.map((claim) => claimMovedOn(claim, ofNodes)),
        );
      }
      for (const node of changed.values()) {
        draft.put(nodeMovedOn(node, ofNodes, { from: PRESUMED, by: (numbers[0] ?? PRESUMED) - PRESUMED }));
        truth.changed.set(`${project}\n${node.key}`, truth.commits);
      }
    }
    const shown =
      fault === 'shows entries at the places they were decided at'
        ? outcomes
        : outcomes?.map((one) => outcomeMovedOn(one, places));
    mine.take([], shown);
    const [kept] = await Promise.all(
      store.commit(now, [
        {
          project: of,
          first,
          decided: decided.map((one) => decidedMovedOn(one, places)),
          ...(shown === undefined ? {} : { outcomes: shown }),
          repeats: new Map([...repeats].map(([key, position]) => [key, position + by])),
          counts,
        },
      ]),
    );
    return kept as Kept | 'stale';
  }

  const late: Store = {
    async load(reach) {
      if (closed) throw new StoreError('store/closed', 'the store is closed');
      const glimpses = new Map<ProjectId, Glimpse>();
      for (const [project, key] of reach.names?.() ?? []) {
        let glimpse = glimpses.get(project);
        if (glimpse === undefined) glimpses.set(project, (glimpse = new Glimpse()));
        glimpse.nodes.set(key, undefined);
      }
      return read(reach, glimpses);
    },
    commit(from, changes) {
      const loaded = from as LateLoaded;
      const all = fault === 'lets a stale change take the others along' ? changes : [];
      return changes.map(async (change) => {
        if (closed) throw new StoreError('store/closed', 'the store is closed');
        const looked = [change, ...all];
        const isAnyStale = async () => {
          for (const one of looked) if (await isStale(loaded, one)) return true;
          return false;
        };
        if (fault === 'looks before it has the lane') {
          if (await isAnyStale()) return 'stale';
          return later(() => truth.alone(() => keep(loaded, change)));
        }
        return later(() => truth.alone(async () => ((await isAnyStale()) ? 'stale' : keep(loaded, change))));
      });
    },
    async ask(project, question) {
      const glimpse = new Glimpse();
      for (;;) {
        let answer: { value: ReturnType<typeof question> } | { error: unknown };
        try {
          answer = { value: question(glimpse) };
        } catch (error) {
          answer = { error };
        }
        if (!glimpse.isMissing) {
          if ('error' in answer) throw answer.error;
          return answer.value;
        }
        await later(() => truth.alone(async () => glimpse.readFrom(store.graph(project))));
      }
    },
    async *read(project, after = 0) {
      let sent = 0;
      for await (const one of store.read(project, after)) {
        if (sent++ % 50 === 0) await truth.turn();
        yield one;
      }
    },
    at: (project, position) => later(() => store.at(project, position)),
    head: (project) => later(() => store.head(project)),
    async *readAll() {
      let sent = 0;
      for await (const one of store.readAll()) {
        if (sent++ % 50 === 0) await truth.turn();
        yield one;
      }
    },
    undone: (project) => later(async () => (await store.undone(project)).copy()),
    undos: (project) => later(() => store.undos(project)),
    search: (project, text, limit) => later(() => store.search(project, text, limit)),
    counts: () => later(() => store.counts()),
    refold: () => later(() => truth.foldAnew(() => store.refold())),
    async scar(scars) {
      forgetIndex(late);
      await later(() => truth.foldAnew(() => store.scar(scars)));
    },
    live: {
      after: (...asked) =>
        later(() => (fault === 'shows what passed through it alone' ? mine : store.live).after(...asked)),
      tell: (...told) => later(() => truth.alone(() => store.live.tell(...told))),
      count: (sums) => later(() => store.live.count(sums)),
      counted: (...asked) =>
        later(() => (fault === 'shows what passed through it alone' ? mine : store.live).counted(...asked)),
      watch: (wake) => store.live.watch((...woken) => void truth.turn().then(() => wake(...woken))),
    },
    feed(project) {
      const feed = store.feed(project);
      return {
        head: (since) => later(() => feed.head(since)),
        events: (after, last, limit) => later(() => feed.events(after, last, limit)),
        ownership: (after, limit) => later(() => feed.ownership(after, limit)),
      };
    },
    async close() {
      closed = true;
    },
  };
  return late;
}
