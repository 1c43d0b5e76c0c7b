import {
  type Command,
  type DerivePersonId,
  digestText,
  foldWithout,
  type Graph,
  type Identifier,
  type MemoryGraph,
  namedBy,
  type Policy,
  type ProjectId,
  presets,
  type Rules,
  type Statement,
  type TraitChange,
  type Trust,
  Undone,
  undoIn,
} from '@selfsame/identity';
import type { Item } from '../decide-group.ts';
import type { Decided, Store, StoreAtHand } from '../store.ts';

const derive: DerivePersonId = (_project, founder, attempt) =>
  `p-${founder.kind}-${founder.value}${attempt > 0 ? `-${attempt}` : ''}` as ReturnType<DerivePersonId>;

const open = presets['selfsame'] as Policy;
const enforce: Policy = { ...open, identityMode: 'enforce' };

/** The default policy with person ids that are easy to read, for tests of stores; project `q` is under `enforce` ([E2]). */
export const testRules = (project: ProjectId): Rules => ({ policy: project === 'q' ? enforce : open, derive });

/** The same, until another policy is put in force for a project, as an operator does. */
export function rulesInForce() {
  const chosen = new Map<ProjectId, Policy>();
  const rules = (project: ProjectId): Rules => {
    const usual = testRules(project);
    return { ...usual, policy: chosen.get(project) ?? usual.policy };
  };
  return { rules, choose: (project: ProjectId, policy: Policy) => void chosen.set(project, policy) };
}

/** Numbers in 0…1 that depend on the seed alone (mulberry32). */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Mixed traffic of a few people on shared devices: late items, resent ones, merges, traits, opt-outs, two projects. */
export function traffic(seed: number, count: number): readonly Statement[] {
  const roll = dice(seed);
  const pick = <T>(...from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
  const user = (): Identifier => ({ kind: 'user', value: pick('ann', 'bob', 'cyd', 'dan') });
  const email = (): Identifier => ({ kind: 'email', value: `${pick('x', 'y', 'z')}@example.com` });
  const device = (): Identifier => ({ kind: 'device', value: `d${pick(1, 2, 3, 4, 5, 6)}` });
  const ids = (): readonly Identifier[] =>
    pick<() => readonly Identifier[]>(
      () => [device()],
      () => [user(), device()],
      () => [user(), device()],
      () => [user(), email()],
      () => [email(), device()],
      () => [],
    )();
  const change = (): TraitChange =>
    pick<TraitChange>(
      { op: 'set', name: 'name', value: pick('Ann', 'Bob', 'Ænne') },
      { op: 'add', name: 'visits', value: 1 },
      { op: 'append', name: 'seen', value: pick('a', 'b') },
      { op: 'unset', name: 'name' },
    );
  const command = (): Command => {
    const what = roll();
    if (what < 0.6) return { type: 'Track', ids: ids(), name: pick('View', 'Buy'), properties: { n: pick(1, 2, 3) } };
    if (what < 0.7) return { type: 'Identify', ids: ids() };
    if (what < 0.75) return { type: 'Logout', ids: [device()] };
    if (what < 0.9) return { type: 'Describe', ids: ids(), changes: [change()] };
    if (what < 0.98) return { type: 'Merge', one: user(), other: pick(user, email)() };
    return { type: 'Consent', ids: [device()], consent: pick('denied', 'granted') };
  };
  return Array.from({ length: count }, (_, i): Statement => {
    const again = roll() < 0.1 ? Math.floor(roll() * (i + 1)) : i;
    return {
      project: pick('p', 'p', 'p', 'q'),
      wire: pick('native', 'mixpanel'),
      trust: pick<Trust>(0, 0, 0, 1, 2),
      command: command(),
      time: 1_000 * Math.floor(1 + roll() * 200),
      ...(roll() < 0.1 ? {} : { insertId: `i${again}` }),
    };
  });
}

export const itemOf = (statement: Statement): Item => ({ type: 'statement', statement });

/** The whole log of a store. */
export async function logOf(store: Pick<Store, 'readAll'>): Promise<readonly Decided[]> {
  const log: Decided[] = [];
  for await (const one of store.readAll()) log.push(one);
  return log;
}

/** A project's log after a position. */
export async function logOfProject(
  store: Pick<Store, 'read'>,
  project: ProjectId,
  after = 0,
): Promise<readonly Decided[]> {
  const log: Decided[] = [];
  for await (const one of store.read(project, after)) log.push(one);
  return log;
}

/** Everyone, as text, by the reference fold of a log: what any store's graph must say (G7). */
export const digestOfLog = (log: readonly Decided[], rules = testRules): string =>
  projectsOf(log)
    .map((project) => digestOf(log, project, rules, foldOf(log, project, rules)))
    .join('\n');

/** Everyone, as text, by a store's own graph, over the identifiers its log names. @throws Error when it lacks one. */
export const digestOfStore = (store: StoreAtHand, log: readonly Decided[], rules = testRules): string =>
  projectsOf(log)
    .map((project) => digestOf(log, project, rules, store.graph(project)))
    .join('\n');

/** The same of a store that answers when it can. */
export async function digestAsked(store: Store, log: readonly Decided[], rules = testRules): Promise<string> {
  const texts: string[] = [];
  for (const project of projectsOf(log))
    texts.push(await store.ask(project, (graph) => digestOf(log, project, rules, graph)));
  return texts.join('\n');
}

function digestOf(
  log: readonly Decided[],
  project: ProjectId,
  rules: (project: ProjectId) => Rules,
  graph: Graph,
): string {
  const { nodes: folded } = foldOf(log, project, rules);
  for (const key of namedIn(log, project, rules)) {
    if (!folded.has(key) && graph.node(key) !== undefined) throw new Error(`the graph still has a node for ${key}`);
  }
  const nodes = [...folded.keys()].map((key) => {
    const node = graph.node(key);
    if (node === undefined) throw new Error(`the graph has no node for ${key}`);
    return node;
  });
  return `${project}\n${digestText(graph, rules(project).policy, nodes)}`;
}

function foldOf(log: readonly Decided[], project: ProjectId, rules: (project: ProjectId) => Rules): MemoryGraph {
  const mine = log.filter(({ entry }) => entry.project === project);
  const undone = new Undone(mine.flatMap((one) => undoIn(one) ?? []));
  return foldWithout(rules(project), mine, undone);
}

/** Every identifier that a project's log names. */
const namedIn = (log: readonly Decided[], project: ProjectId, rules: (project: ProjectId) => Rules) =>
  log.flatMap((one) => (one.entry.project === project ? namedBy(rules(project).policy, one) : []));

const projectsOf = (log: readonly Decided[]): readonly ProjectId[] =>
  [...new Set(log.map(({ entry }) => entry.project))].sort();
