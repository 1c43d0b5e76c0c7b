import {
  type Claim,
  Copies,
  claimId,
  type Entry,
  type Graph,
  type IdentifierKey,
  keyOf,
  type MemoryGraph,
  type Node,
  ownerAt,
  ownershipOf,
  type PlacedUndo,
  type Policy,
  type Position,
  personById,
  personOf,
  puttingFolded,
  type Rules,
  replay,
  type Said,
  Search,
  survivor,
  Undone,
  undoIn,
} from '@selfsame/identity';
import { Moved, movedBy } from '@selfsame/store/moved';
import { type Correction, correctionsOf } from './corrections.ts';
import { type Described, Descriptions } from './described.ts';
import { eventOf, viaOf } from './event-of.ts';
import { type Expansion, Hanging } from './expansion.ts';
import type { EventMessage, Message, MetMessage, MovedMessage, PersonMessage, RetractedMessage } from './message.ts';
import { changesOf } from './person-changes.ts';
import { ToldGraph } from './told-graph.ts';

export interface NarratorOptions {
  readonly rules: Rules;
  /** Tell also of identifiers that are met for the first time. */
  readonly met?: boolean;
  /** Say of everyone all there is. */
  readonly profiles?: boolean;
  /** Remember which events hang on what, so that a correction can be expanded: 16 bytes an event, 200 an identifier. */
  readonly expands?: boolean;
}

/** A message without what every message of its entry says. */
type Told<M extends Message> = Omit<M, 'place' | 'project' | 'at' | 'via'>;

/** What an undo touches, folded again as it reads from the undo on ([U3]). */
export interface FoldedAgain {
  readonly keys: ReadonlySet<IdentifierKey>;
  readonly graph: MemoryGraph;
}

/** Work in steps, between which other work may go. */
export type Steps<T> = Generator<void, T>;

/** Of an event that came by a way of its own. */
type Back = Told<RetractedMessage> & Pick<RetractedMessage, 'via'>;

/**
 * Makes messages of one project's log ([O1]). It folds the log itself, so what it says of an entry depends on nothing
 * but the entries up to that one: told again after a crash it says the same.
 */
export class Narrator {
  readonly #rules: Rules;
  readonly #tellsMet: boolean;
  readonly #graph = new ToldGraph();
  readonly #people: Descriptions;
  readonly #expected = new Set<Position>();
  readonly #copies = new Copies();
  /** What was retracted at each entry, whatever is known from the start: what was told of an event goes by it. */
  readonly #undoneThen = new Undone();
  /** Events of which nothing was told so far: another copy counted. */
  readonly #untold = new Set<Position>();
  /** Those of them that the entry in hand lets count for the first time. */
  #nowTold: ReadonlySet<Position> = new Set();
  readonly #hanging: Hanging | undefined;
  readonly #withProfiles: boolean;

  constructor({ rules, met = false, profiles = false, expands = false }: NarratorOptions) {
    this.#tellsMet = met;
    this.#withProfiles = profiles;
    this.#hanging = expands ? new Hanging() : undefined;
    this.#rules = rules;
    this.#people = new Descriptions(this.#graph, rules.policy, profiles);
  }

  /** Who is who after the last entry that was taken in. */
  get graph(): Graph {
    return this.#graph;
  }

  /** Before anything is told: what these take back or put back is known from the start, and changes nothing when it comes. */
  expect(undos: readonly Said[]): void {
    for (const said of undos) {
      const undo = undoIn(said);
      if (undo === undefined) continue;
      this.#graph.undone.take(undo);
      this.#expected.add(said.entry.position);
    }
  }

  /** Is what this takes back known already? */
  expects({ entry }: Said): boolean {
    return this.#expected.has(entry.position);
  }

  /** For an entry that takes something back or puts it back: what must be read of the log first ([U3]). */
  searchFor(undone: readonly Said[]): Search {
    return Search.around(this.#graph, this.#policy, undone);
  }

  /**
   * The entries whose event counts no more once this is taken in, or counts again: those that it names, and other
   * copies of them ([D2], [D3]).
   */
  changedBy(undo: PlacedUndo): ReadonlySet<Position> {
    const [before, after] = [this.#counting(), this.#counting(this.undoneAfter(undo))];
    const changed = undo.told.flatMap(({ entry }) => {
      const [was, is] = [before(entry), after(entry)];
      return was === is ? [] : [was, is].filter((one) => one !== undefined);
    });
    return new Set(changed);
  }

  /** What is retracted once this is taken in. */
  undoneAfter(undo: PlacedUndo): Undone {
    const undone = this.#graph.undone.copy();
    undone.take(undo);
    return undone;
  }

  /**
   * Takes an entry in and says nothing of it. `again`: what an undo touches. In steps, for it may be much: other work
   * may go between two of them, as long as nothing else is asked of this narrator.
   */
  *follow(decided: Said, again?: FoldedAgain): Steps<void> {
    yield* this.#step(decided, again);
    yield* this.#people.forget(yield* this.#moved());
  }

  /**
   * What there is to say of an entry, in the order it is to be told: corrections, people, the event, who was met, what
   * was taken back. In steps as {@link follow}.
   * @param changed the entries of {@link changedBy}
   */
  *tell(decided: Said, again?: FoldedAgain, changed: readonly Said[] = []): Steps<readonly Message[]> {
    const { entry } = decided;
    yield* this.#step(decided, again);
    const moved = yield* this.#moved();
    yield* this.#people.forget(moved);
    const said = { project: entry.project, at: entry.at, via: viaOf(entry) };
    const messages: (Told<EventMessage> | Told<PersonMessage> | Told<MovedMessage> | Told<MetMessage> | Back)[] = [];
    for (const corrections of this.#corrections(moved)) {
      yield;
      for (const correction of corrections) messages.push(this.#movedMessage(correction, entry));
    }
    for (const founder of yield* this.#touched(moved)) {
      yield;
      const message = this.#personMessage(founder);
      if (message !== undefined) messages.push(message);
    }
    const event = this.#counts(entry.position) ? this.#eventMessage(decided) : undefined;
    if (event !== undefined) messages.push(event);
    if (this.#tellsMet) messages.push(...this.#met(moved));
    for (const one of changed) {
      yield;
      messages.push(...this.#retracted(one));
    }
    return messages.map((one, part) => ({ ...said, ...one, place: { position: entry.position, part } }) as Message);
  }

  /**
   * A message of an entry that was taken in, of whoever it belongs to after the last one; undefined for an event that
   * was taken back since.
   */
  asOfNow(message: Message): Message | undefined {
    if (message.kind === 'event') {
      if (this.#graph.undone.covers(message.place.position)) return undefined;
      const { person: _person, profile: _profile, ...event } = message;
      return { ...event, ...this.#ownerOf(event.event, this.#graph) };
    }
    const now = message.person && personById(this.#graph, this.#policy, message.person.id);
    return now ? { ...message, ...this.#people.describe(now) } : message;
  }

  /** The events that the corrections among an entry's messages concern; asked right after they were told. */
  expansionsOf(messages: readonly Message[]): readonly Expansion[] {
    const counted = this.#counting();
    return this.#hanging?.expansionsOf(messages, (event) => counted(event) === event) ?? [];
  }

  *#step(said: Said, again: FoldedAgain | undefined): Steps<void> {
    const graph = this.#graph;
    const undo = undoIn(said);
    if (eventOf(said.entry, said.verdict) !== undefined) this.#take(said.entry);
    if (undo !== undefined) this.#tellUntold(undo);
    this.#hanging?.take(said);
    graph.begin();
    if (undo !== undefined && again !== undefined) {
      graph.takeUndo(undo);
      yield* puttingFolded(graph, this.#policy, again.keys, again.graph);
      return;
    }
    replay(graph, this.#rules, said, graph.undone);
  }

  #take(event: Entry): void {
    this.#copies.take(event);
    if (this.#counting(this.#undoneThen)(event.position) !== event.position) this.#untold.add(event.position);
  }

  #tellUntold(undo: PlacedUndo): void {
    this.#undoneThen.take(undo);
    const counted = this.#counting(this.#undoneThen);
    const counts = undo.told.map(({ entry }) => counted(entry));
    this.#nowTold = new Set(counts.filter((one) => one !== undefined && this.#untold.delete(one)) as Position[]);
  }

  /** Identifiers whose owner, or whose person's traits, may have changed with the entry in hand. */
  *#moved(): Steps<ReadonlySet<IdentifierKey>> {
    const into = new Moved();
    for (const [key, before] of this.#graph.before) {
      yield;
      movedBy(this.#graph, this.#policy, before, this.#now(key), into);
    }
    return into;
  }

  /** Also of an identifier that nobody names any more. */
  #now(key: IdentifierKey): Node {
    return (this.#graph.node(key) ?? this.#graph.ghost(key)) as Node;
  }

  get #policy(): Policy {
    return this.#rules.policy;
  }

  *#corrections(moved: ReadonlySet<IdentifierKey>): Generator<readonly Correction[]> {
    if (moved.size === 0) return;
    const earlier = this.#graph.earlier();
    for (const key of moved) {
      const after = this.#graph.node(key);
      // Nothing hangs on who is gone, so nothing moves.
      if (after === undefined) continue;
      yield correctionsOf(this.#policy, earlier, this.#graph, earlier.node(key), after);
    }
  }

  /** The people of whom something may be said that was not so before. */
  *#touched(moved: ReadonlySet<IdentifierKey>): Steps<ReadonlySet<Node>> {
    const founders = new Set<Node>();
    for (const key of moved) {
      yield;
      const node = this.#graph.node(key);
      if (node === undefined) continue;
      for (const { person } of ownershipOf(this.#graph, this.#policy, node)) founders.add(person);
    }
    return founders;
  }

  #movedMessage({ node, from, to, was, is }: Correction, entry: Entry): Told<MovedMessage> {
    const [before, now] = [
      this.#people.of(was.person, this.#graph.earlier()).person,
      this.#people.of(is.person, this.#graph).person,
    ];
    return {
      kind: 'moved',
      person: now,
      anchor: node.id,
      stretch: { from: open(from), to: open(to) },
      from: before,
      to: now,
      because: this.#because(node, was, is, entry),
    };
  }

  /** Which copy of an event counts ([D2], [D3]). */
  #counting(undone: Undone = this.#graph.undone): (event: Position) => Position | undefined {
    return this.#copies.under((copy) => !undone.covers(copy));
  }

  #counts(event: Position): boolean {
    return this.#counting()(event) === event;
  }

  /** An event that counts no more, as it was told of; or that counts again, as it is now. */
  *#retracted(said: Said): Generator<Back> {
    const stands = this.#counts(said.entry.position);
    const event = this.#eventMessage(said, stands ? this.#graph : this.#graph.earlier());
    if (event === undefined) return;
    const { replaces: _replaces, ...rest } = event;
    const { position, at } = said.entry;
    const untold = this.#nowTold.has(position) ? { untold: at } : {};
    yield { ...rest, kind: 'retracted', of: position, stands, via: viaOf(said.entry), ...untold };
  }

  *#met(moved: ReadonlySet<IdentifierKey>): Generator<Told<MetMessage>> {
    const earlier = this.#graph.earlier();
    for (const key of moved) {
      const node = this.#graph.node(key);
      if (node === undefined || earlier.node(key) !== undefined) continue;
      const stretches = ownershipOf(this.#graph, this.#policy, node).map(({ from, to, person }) => ({
        from: open(from),
        to: open(to),
        person: this.#people.of(person, this.#graph).person,
      }));
      yield { kind: 'met', person: null, identifier: node.id, stretches };
    }
  }

  /** The claim at this entry, where it made the link; else the one that no longer stands, or the entry's own merge. */
  #because(node: Node, was: Correction['was'], is: Correction['is'], entry: Entry): MovedMessage['because'] {
    const named = (claim: Pick<Claim, 'position' | 'of'>) => claimId(claim, node.key);
    const { command } = entry;
    const { type } = command;
    if (type === 'Retract' || type === 'Restore') {
      const claim = type === 'Retract' ? was.claim : is.claim;
      const isNamed = claim !== null && command.told.some((one) => one.entry === claim.position);
      const told = isNamed ? named(claim) : `c${command.told[0]?.entry}`;
      const { rule } = type === 'Retract' ? was : is;
      return { claim: told, rule, ...(type === 'Retract' ? { undone: true } : {}) };
    }
    if (type === 'Merge' || type === 'Join') return { claim: `c${entry.position}`, rule: 'M1' };
    if (is.claim !== null) return { claim: named(is.claim), rule: is.rule };
    if (is.rule !== 'P1' || was.claim === null) return { claim: named(entry), rule: is.rule };
    return { claim: named(was.claim), rule: was.rule, undone: true };
  }

  #personMessage(founder: Node): Told<PersonMessage> | undefined {
    const now = personOf(this.#graph, this.#policy, founder);
    const earlier = this.#graph.earlier();
    const was = earlier.node(founder.key);
    const before =
      was === undefined || survivor(earlier, this.#policy, was).key !== founder.key
        ? undefined
        : personOf(earlier, this.#policy, was);
    const changes = changesOf(before, now, this.#withProfiles);
    if (changes === undefined) return undefined;
    return { kind: 'person', ...this.#people.describe(now), ...changes, all: Object.fromEntries(now.traits) };
  }

  #eventMessage({ entry, verdict }: Said, graph: Graph = this.#graph): Told<EventMessage> | undefined {
    const event = eventOf(entry, verdict);
    if (event === undefined) return undefined;
    const replaces = entry.repeats ?? entry.outranks;
    return {
      kind: 'event',
      ...this.#ownerOf(event, graph),
      event,
      ...(replaces === undefined ? {} : { replaces }),
    };
  }

  #ownerOf({ anchor, time }: EventMessage['event'], graph: Graph): Described | { readonly person: null } {
    const owner = anchor === null ? undefined : ownerAt(graph, this.#policy, keyOf(anchor), time);
    return owner === undefined ? { person: null } : this.#people.of(owner, graph);
  }
}

/** A bound of a stretch; null where it has none. */
const open = (time: number): number | null => (Number.isFinite(time) ? time : null);
