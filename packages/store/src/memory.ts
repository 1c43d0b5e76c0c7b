import {
  type Graph,
  type IdentifierKey,
  MemoryGraph,
  type Node,
  Overlay,
  type Position,
  type ProjectId,
  type Rules,
  replay,
  undoIn,
} from '@selfsame/identity';
import type { ColumnFeed } from './columns.ts';
import { eventPage } from './event-page.ts';
import { ownershipChange } from './feed-rows.ts';
import { LiveMemory } from './live-memory.ts';
import { Moved, movedBy } from './moved.ts';
import { forgetIndex } from './named-index.ts';
import { RulesOfLoad } from './rules-of-load.ts';
import { searchTexts } from './search-texts.ts';
import {
  type Change,
  type Counts,
  type Decided,
  type Kept,
  type Loaded,
  type RepeatKey,
  type StoreAtHand,
  StoreError,
} from './store.ts';
import { addCounts } from './tally.ts';

/** Where an entry stands. */
interface Place {
  readonly project: ProjectId;
  readonly position: Position;
}

/** A real store that keeps nothing after the process ends: every law of the suite holds but durability. */
export function createMemoryStore(rules: (project: ProjectId) => Rules): StoreAtHand {
  /** Each project's, at its position less one; and where each entry stands, in the order in which they came. */
  const logs = new Map<ProjectId, Decided[]>();
  const order: Place[] = [];
  const graphs = new Map<ProjectId, MemoryGraph>();
  const repeats = new Map<RepeatKey, Position>();
  const counts = new Map<string, Counts>();
  /** Whom changes have moved in each project. */
  const moved = new Map<ProjectId, IdentifierKey[]>();
  let numbers = 0;
  /** So many changes were kept; when each project's last was. */
  let commits = 0;
  const changedAt = new Map<ProjectId, number>();
  let epoch = 0;
  let closed = false;

  const graph = (project: ProjectId): MemoryGraph => {
    let one = graphs.get(project);
    if (one === undefined) graphs.set(project, (one = new MemoryGraph()));
    return one;
  };

  const logOf = (project: ProjectId): Decided[] => {
    let log = logs.get(project);
    if (log === undefined) logs.set(project, (log = []));
    return log;
  };
  const entryAt = ({ project, position }: Place): Decided | undefined => logs.get(project)?.[position - 1];

  const movedIn = (project: ProjectId): IdentifierKey[] => {
    let keys = moved.get(project);
    if (keys === undefined) moved.set(project, (keys = []));
    return keys;
  };

  interface MemoryLoaded extends Loaded {
    readonly overlays: ReadonlyMap<ProjectId, Overlay>;
    readonly commits: number;
    readonly epoch: number;
    readonly ruling: RulesOfLoad;
  }

  const feed = (project: ProjectId): ColumnFeed => ({
    head: async () => ({
      epoch: `memory-${epoch}`,
      position: logOf(project).length,
      change: movedIn(project).length,
      async *pending() {},
    }),
    events: async (after, last, limit) => {
      const part = logOf(project).slice(after, Math.min(last, after + limit));
      const rows = eventPage(part, {
        policy: rules(project).policy,
        numberOf: (key) => graph(project).node(key)?.number,
        undone: graph(project).undone,
        at: (position) => entryAt({ project, position }),
        lastOf: (key) => repeats.get(key),
      });
      return { ...rows, through: after + part.length };
    },
    ownership: async (after, limit) =>
      movedIn(project)
        .slice(after, after + limit)
        .map((key, i) =>
          ownershipChange(
            graph(project),
            rules(project).policy,
            (graph(project).node(key) ?? graph(project).ghost(key)) as Node,
            after + i + 1,
          ),
        ),
  });

  const live = new LiveMemory((project, position) => store.at(project, position));

  const store: StoreAtHand = {
    feed,
    live,
    async load(reach): Promise<MemoryLoaded> {
      if (closed) throw new StoreError('store/closed', 'the store is closed');
      const overlays = new Map<ProjectId, Overlay>();
      // What is thrown away leaves gaps among them.
      const number = () => ++numbers;
      const ruling = new RulesOfLoad(rules);
      return {
        overlays,
        ruling,
        rules: ruling.of,
        commits,
        epoch,
        next: (project) => (logs.get(project)?.length ?? 0) + 1,
        repeats: new Map(
          reach.repeats.flatMap((key) => (repeats.has(key) ? [[key, repeats.get(key) as Position]] : [])),
        ),
        draft(project) {
          let overlay = overlays.get(project);
          if (overlay === undefined) overlays.set(project, (overlay = new Overlay(graph(project), number)));
          return overlay;
        },
      };
    },
    commit(loaded, changes) {
      return changes.map(async (change) => keep(loaded as MemoryLoaded, change));
    },
    async *read(project, after = 0) {
      const log = logOf(project);
      for (let i = after; i < log.length; i++) yield log[i] as Decided;
    },
    at: async (project, position) => entryAt({ project, position }),
    head: async (project) => logs.get(project)?.length ?? 0,
    async *readAll() {
      for (let i = 0; i < order.length; i++) yield entryAt(order[i] as Place) as Decided;
    },
    graph: (project): Graph => graph(project),
    ask: async (project, question) => question(graph(project)),
    undone: async (project) => graph(project).undone,
    undos: async (project) => (logs.get(project) ?? []).filter((one) => undoIn(one) !== undefined),
    async search(project, text, limit) {
      const wanted = text.toLowerCase();
      const found: IdentifierKey[] = [];
      for (const node of graph(project).nodes.values()) {
        if (found.length < limit && node.gone !== true && searchTexts(node).some((one) => one.startsWith(wanted)))
          found.push(node.key);
      }
      return found;
    },
    counts: async () => [...counts.values()],
    async scar(scars) {
      for (const { entry } of scars) if (entryAt(entry) === undefined) throw new RangeError('no such entry');
      for (const one of scars) logOf(one.entry.project)[one.entry.position - 1] = one;
      for (const [key, position] of repeats)
        if (entryAt({ project: key.slice(0, key.indexOf('\n')), position })?.entry.scar === 'whole')
          repeats.delete(key);
      forgetIndex(store);
      await store.refold();
    },
    async refold() {
      epoch += 1;
      graphs.clear();
      moved.clear();
      numbers = 0;
      // [U2] What is retracted is known before anything is read.
      for (const one of [...logs.values()].flat()) {
        const undo = undoIn(one);
        if (undo !== undefined) graph(one.entry.project).undone.take(undo);
      }
      for (const place of order) {
        const decided = entryAt(place) as Decided;
        const { project } = decided.entry;
        const base = graph(project);
        const overlay = new Overlay(base, () => ++numbers);
        replay(overlay, rules(project), decided, base.undone);
        take(project, overlay);
      }
    },
    async close() {
      closed = true;
    },
  };
  return store;

  function keep(loaded: MemoryLoaded, change: Change): Kept | 'stale' {
    if (closed) throw new StoreError('store/closed', 'the store is closed');
    const { project, first, decided, outcomes } = change;
    if (loaded.epoch !== epoch) return 'stale';
    const after = project === null ? undefined : logOf(project).length;
    if (project !== null) {
      if ((changedAt.get(project) ?? 0) > loaded.commits || loaded.ruling.haveChanged(project)) return 'stale';
      changedAt.set(project, ++commits);
      for (const one of decided) {
        logOf(project).push(one);
        order.push({ project, position: one.entry.position });
      }
      const overlay = loaded.overlays.get(project);
      if (overlay !== undefined) take(project, overlay);
      for (const one of decided) {
        const undo = undoIn(one);
        if (undo !== undefined) graph(project).undone.take(undo);
      }
    }
    for (const [key, position] of change.repeats) repeats.set(key, position);
    for (const count of change.counts)
      counts.set(`${count.project}\n${count.wire}`, addCounts(counts.get(`${count.project}\n${count.wire}`), count));
    live.take(decided, outcomes);
    return { first, after };
  }

  function take(project: ProjectId, overlay: Overlay): void {
    const base = graph(project);
    const before = [...overlay.changed.values()].map((after) => [base.node(after.key), after] as const);
    for (const [key, claims] of overlay.kept) base.keep(key, claims);
    for (const node of overlay.changed.values()) base.put(node);
    const keys = new Moved();
    for (const [was, is] of before) movedBy(base, rules(project).policy, was, is, keys);
    const all = movedIn(project);
    for (const key of keys) all.push(key);
  }
}
