import {
  type Entry,
  type Graph,
  type IdentifierKey,
  isVisit,
  keyOf,
  Overlay,
  type Ownership,
  ownershipOf,
  type Person,
  type PersonId,
  type Policy,
  type ProjectId,
  personOf,
  type Rules,
  type Said,
  step,
  type Undo,
  unkept,
} from '@selfsame/identity';
import { type Store, saidAround, type Touched, Turn, touchedBy } from '@selfsame/store';
import type { UndoPreview } from '../api.ts';
import { iso } from '../routes/iso.ts';
import { holds, otherwise, type Span } from './otherwise.ts';

/** So many changes of traits, and people, are spelled out. */
const MOST_SHOWN = 200;

/**
 * What taking something back, or putting it back, would change: nothing is written. `people.split` are today's people
 * who would be several, `people.joined` today's who would be one with another.
 */
export async function dryRun(
  store: Store,
  project: ProjectId,
  rules: Rules,
  undo: Pick<Undo, 'type' | 'told' | 'of'>,
): Promise<UndoPreview> {
  const now = (await store.undone(project)).copy();
  const then = now.copy();
  then.take(unkept(undo));
  const touched = await touchedBy({ store, project, rules }, undo);
  const before = await store.ask(project, (graph) => new Look(graph, rules.policy, touched.keys));
  const after = new Look(touched.graph, rules.policy, touched.keys);
  return compare(touched, before, after, (position) => [now.covers(position), then.covers(position)]);
}

/** What one more entry of the log would change, of those it names and whoever hangs together with them: nothing is written. */
export async function dryRunOf(
  store: Store,
  project: ProjectId,
  rules: Rules,
  keys: readonly IdentifierKey[],
  entry: Entry,
): Promise<UndoPreview> {
  const touched = await saidAround({ store, project, rules }, keys, entry.position, await store.undone(project));
  const [before, after] = await store.ask(project, (graph) => {
    let number = 0;
    const changed = new Overlay(graph, () => --number);
    step(changed, rules, entry);
    return [new Look(graph, rules.policy, touched.keys), new Look(changed, rules.policy, touched.keys)];
  });
  return compare(touched, before, after, () => [false, false]);
}

async function compare(
  touched: Touched,
  before: Look,
  after: Look,
  isGone: (position: number) => readonly [then: boolean, now: boolean],
): Promise<UndoPreview> {
  const turn = new Turn();
  await turn.next();
  const [then, now] = [before.peopleOf(touched.keys), after.peopleOf(touched.keys)];
  const described = describedBy(before, after);
  if (turn.isOver) await turn.next();
  return {
    people: { split: spread(then, now), joined: joinedIn(then, now) },
    identifiers: identifiersIn(touched.keys, then, now),
    events: await eventsMoved(touched, before, after, isGone, turn),
    ...described,
  };
}

type Described = Pick<Person, 'traits' | 'segments' | 'consent'>;

type Held = ReadonlyMap<IdentifierKey, ReadonlySet<PersonId>>;

/** Whose some identifiers were in a graph, those that its events hang on among them, and what was said of those people. */
class Look {
  readonly #stretches: ReadonlyMap<IdentifierKey, readonly Ownership[]>;
  /** By the ids of those who have them; visits are nobody. */
  readonly people: ReadonlyMap<PersonId, Described>;

  constructor(graph: Graph, policy: Policy, keys: Iterable<IdentifierKey>) {
    const stretches = new Map<IdentifierKey, readonly Ownership[]>();
    const people = new Map<PersonId, Described>();
    for (const key of keys) {
      const node = graph.node(key);
      const mine = node === undefined ? [] : ownershipOf(graph, policy, node);
      stretches.set(key, mine);
      for (const { person } of mine) {
        const founder = isVisit(person) || people.has(person.person) ? undefined : graph.node(person.key);
        if (founder === undefined) continue;
        const { traits, segments, consent } = personOf(graph, policy, founder);
        people.set(person.person, { traits, segments, consent });
      }
    }
    this.#stretches = stretches;
    this.people = people;
  }

  stretches(key: IdentifierKey): readonly Ownership[] {
    return this.#stretches.get(key) ?? [];
  }

  /** Who has each of some identifiers, at any time; visits are nobody's. */
  peopleOf(keys: Iterable<IdentifierKey>): Held {
    const held = new Map<IdentifierKey, ReadonlySet<PersonId>>();
    for (const key of keys) {
      const people = this.stretches(key).flatMap(({ person }) => (isVisit(person) ? [] : person.person));
      if (people.length > 0) held.set(key, new Set(people));
    }
    return held;
  }
}

function identifiersIn(keys: Iterable<IdentifierKey>, then: Held, now: Held): UndoPreview['identifiers'] {
  const counts = { moved: 0, gone: 0, back: 0 };
  const text = (people: ReadonlySet<PersonId>) => [...people].sort().join(' ');
  for (const key of keys) {
    const [was, is] = [then.get(key), now.get(key)];
    if (was === undefined || is === undefined) {
      if (was !== undefined) counts.gone += 1;
      if (is !== undefined) counts.back += 1;
    } else if (text(was) !== text(is)) counts.moved += 1;
  }
  return counts;
}

/** People whose identifiers go to more than one person on the other side. */
function spread(from: Held, to: Held): readonly PersonId[] {
  const heirs = new Map<PersonId, Set<PersonId>>();
  for (const [key, people] of from) {
    // What several share is not split by going on to be shared.
    if (people.size > 1) continue;
    for (const person of people) {
      const now = heirs.get(person) ?? new Set();
      for (const one of to.get(key) ?? []) now.add(one);
      heirs.set(person, now);
    }
  }
  return [...heirs].filter(([, now]) => now.size > 1).map(([person]) => person);
}

/** Today's people whose identifiers meet in one person on the other side. */
function joinedIn(then: Held, now: Held): readonly PersonId[] {
  const sources = new Map<PersonId, Set<PersonId>>();
  for (const [key, people] of now) {
    if (people.size > 1) continue;
    for (const person of people) {
      const from = sources.get(person) ?? new Set();
      const before = then.get(key) ?? new Set();
      if (before.size === 1) for (const one of before) from.add(one);
      sources.set(person, from);
    }
  }
  return [...new Set([...sources.values()].filter((from) => from.size > 1).flatMap((from) => [...from]))];
}

async function eventsMoved(
  { told, spared }: Touched,
  before: Look,
  after: Look,
  isGone: (position: number) => readonly [then: boolean, now: boolean],
  turn: Turn,
): Promise<UndoPreview['events']> {
  let [moved, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const counts = { gone: 0, back: 0 };
  const add = (from: number, to = from) => {
    first = Math.min(first, from);
    last = Math.max(last, to);
  };
  const known = new Map<IdentifierKey, readonly Span[]>();
  const movedIn = (key: IdentifierKey): readonly Span[] => {
    let spans = known.get(key);
    if (spans === undefined) known.set(key, (spans = otherwise(before.stretches(key), after.stretches(key))));
    return spans;
  };
  for (const said of told) {
    if (turn.isOver) await turn.next();
    const { position, time } = said.entry;
    const anchor = anchorOf(said);
    if (anchor === undefined) continue;
    const [then, now] = isGone(position);
    if (then && now) continue;
    if (then !== now) counts[now ? 'gone' : 'back'] += 1;
    else if (!holds(movedIn(anchor), time)) continue;
    else moved += 1;
    add(time);
  }
  for (const { like, spared: seen } of spared) {
    const anchor = anchorOf(like);
    if (anchor === undefined) continue;
    for (const { from, to } of movedIn(anchor)) {
      if (turn.isOver) await turn.next();
      const { count, times } = seen.within(from, to);
      if (count === 0) continue;
      moved += count;
      add(times[0] as number, times.at(-1));
    }
  }
  const any = Number.isFinite(first);
  return { moved, ...counts, first: any ? iso(first) : null, last: any ? iso(last) : null };
}

/** What an event hangs on; undefined: it is none that people see. */
const anchorOf = ({ entry: { command }, verdict: { anchor } }: Said): IdentifierKey | undefined =>
  command.type !== 'Track' || command.hidden === true || anchor === undefined ? undefined : keyOf(anchor);

/** Traits, segments and consent of people on both sides, where they differ. */
function describedBy(before: Look, after: Look): Pick<UndoPreview, 'traits' | 'segments' | 'consent'> {
  const traits: UndoPreview['traits'][number][] = [];
  const segments: UndoPreview['segments'][number][] = [];
  const consent: UndoPreview['consent'][number][] = [];
  for (const id of new Set([...before.people.keys(), ...after.people.keys()])) {
    const [was, is] = [before.people.get(id), after.people.get(id)];
    for (const name of new Set([...(was?.traits.keys() ?? []), ...(is?.traits.keys() ?? [])])) {
      const [a, b] = [was?.traits.get(name) ?? null, is?.traits.get(name) ?? null];
      if (JSON.stringify(a) !== JSON.stringify(b)) traits.push({ personId: id, name, before: a, after: b });
    }
    const [had, has] = [new Set(was?.segments), new Set(is?.segments)];
    for (const segment of has) if (!had.has(segment)) segments.push({ personId: id, segment, enters: true });
    for (const segment of had) if (!has.has(segment)) segments.push({ personId: id, segment, enters: false });
    if (was !== undefined && is !== undefined && was.consent !== is.consent)
      consent.push({ personId: id, before: was.consent, after: is.consent });
  }
  return {
    traits: traits.slice(0, MOST_SHOWN),
    segments: segments.slice(0, MOST_SHOWN),
    consent: consent.slice(0, MOST_SHOWN),
  };
}
