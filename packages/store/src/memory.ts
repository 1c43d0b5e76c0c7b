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
import { movedBy } from './moved.ts';
import { forgetIndex } from './named-index.ts';
import { RulesOfLoad } from './rules-of-load.ts';
import { searchTexts } from './search-texts.ts';
import {
  type Change,
  type Counts,
  type Decided,
  type Loaded,
  type RepeatKey,
  type StoreAtHand,
  StoreError,
} from './store.ts';
import { addCounts } from './tally.ts';

/** A real store that keeps nothing after the process ends: every law of the suite holds but durability. */
export function createMemoryStore(rules: (project: ProjectId) => Rules): StoreAtHand {
  const log: Decided[] = [];
  const graphs = new Map<ProjectId, MemoryGraph>();
  const repeats = new Map<RepeatKey, Position>();
  const counts = new Map<string, Counts>();
  const moved: { project: ProjectId; key: IdentifierKey }[] = [];
  let numbers = 0;
  let version = 0;
  let epoch = 0;
  let closed = false;

  const graph = (project: ProjectId): MemoryGraph => {
    let one = graphs.get(project);
    if (one === undefined) graphs.set(project, (one = new MemoryGraph()));
    return one;
  };

  const policyOf = (project: ProjectId) => rules(project).policy;

  interface MemoryLoaded extends Loaded {
    readonly overlays: ReadonlyMap<ProjectId, Overlay>;
    readonly version: number;
    readonly ruling: RulesOfLoad;
    readonly numbers: () => number;
  }

  const feed: ColumnFeed = {
    head: async () => ({ epoch: `memory-${epoch}`, position: log.length, change: moved.length, async *pending() {} }),
    events: async (after, limit) => {
      const part = log.slice(after, after + limit);
      const rows = eventPage(part, {
        policyOf,
        numberOf: (project, key) => graph(project).node(key)?.number,
        undone: (project) => graph(project).undone,
        at: (position) => log[position - 1],
        lastOf: (key) => repeats.get(key),
      });
      return { ...rows, through: after + part.length };
    },
    ownership: async (after, limit) =>
      moved
        .slice(after, after + limit)
        .map(({ project, key }, i) =>
          ownershipChange(
            graph(project),
            rules(project).policy,
            project,
            (graph(project).node(key) ?? graph(project).ghost(key)) as Node,
            after + i + 1,
          ),
        ),
  };

  const live = new LiveMemory((project, position) => store.at(project, position));

  const store: StoreAtHand = {
    feed,
    live,
    async load(reach): Promise<MemoryLoaded> {
      if (closed) throw new StoreError('store/closed', 'the store is closed');
      const overlays = new Map<ProjectId, Overlay>();
      let next = numbers;
      const number = () => ++next;
      const ruling = new RulesOfLoad(rules);
      return {
        overlays,
        ruling,
        rules: ruling.of,
        version,
        numbers: () => next,
        next: log.length + 1,
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
      const kept = keep(loaded as MemoryLoaded, changes);
      return changes.map(async ({ first }) => ((await kept) === 'stale' ? 'stale' : first));
    },
    async *read(project, after = 0) {
      for (let i = after; i < log.length; i++) if (log[i]?.entry.project === project) yield log[i] as Decided;
    },
    async at(project, position) {
      const one = log[position - 1];
      return one?.entry.project === project ? one : undefined;
    },
    head: async (project) => log.findLast(({ entry }) => entry.project === project)?.entry.position ?? 0,
    async *readAll() {
      for (let i = 0; i < log.length; i++) yield log[i] as Decided;
    },
    graph: (project): Graph => graph(project),
    ask: async (project, question) => question(graph(project)),
    undone: async (project) => graph(project).undone,
    undos: async (project) => log.filter((one) => one.entry.project === project && undoIn(one) !== undefined),
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
      for (const { entry } of scars) if (log[entry.position - 1] === undefined) throw new RangeError('no such entry');
      for (const one of scars) log[one.entry.position - 1] = one;
      const erased = new Set(scars.flatMap(({ entry }) => (entry.scar === 'whole' ? [entry.position] : [])));
      for (const [key, position] of repeats) if (erased.has(position)) repeats.delete(key);
      forgetIndex(store);
      await store.refold();
    },
    async refold() {
      version += 1;
      epoch += 1;
      graphs.clear();
      moved.length = 0;
      numbers = 0;
      // [U2] What is retracted is known before anything is read.
      for (const one of log) {
        const undo = undoIn(one);
        if (undo !== undefined) graph(one.entry.project).undone.take(undo);
      }
      for (const decided of log) {
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

  async function keep(loaded: MemoryLoaded, changes: readonly Change[]): Promise<'kept' | 'stale'> {
    if (closed) throw new StoreError('store/closed', 'the store is closed');
    if (loaded.version !== version) return 'stale';
    if (changes.some(({ project }) => project !== null && loaded.ruling.haveChanged(project))) return 'stale';
    version += 1;
    numbers = loaded.numbers();
    for (const { project, decided, repeats: fresh, counts: more, outcomes } of changes) {
      log.push(...decided);
      for (const [key, position] of fresh) repeats.set(key, position);
      for (const count of more)
        counts.set(`${count.project}\n${count.wire}`, addCounts(counts.get(`${count.project}\n${count.wire}`), count));
      const overlay = project === null ? undefined : loaded.overlays.get(project);
      if (overlay !== undefined) take(project as ProjectId, overlay);
      for (const one of decided) {
        const undo = undoIn(one);
        if (undo !== undefined) graph(one.entry.project).undone.take(undo);
      }
      live.take(decided, outcomes);
    }
    return 'kept';
  }

  function take(project: ProjectId, overlay: Overlay): void {
    const base = graph(project);
    const before = [...overlay.changed.values()].map((after) => [base.node(after.key), after] as const);
    for (const [key, claims] of overlay.kept) base.keep(key, claims);
    for (const node of overlay.changed.values()) base.put(node);
    const keys = new Set<IdentifierKey>();
    for (const [was, is] of before) movedBy(base, rules(project).policy, was, is, keys);
    for (const key of keys) moved.push({ project, key });
  }
}
