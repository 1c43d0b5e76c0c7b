import {
  anchorWithout,
  type Claim,
  Copies,
  cluster,
  type IdentifierKey,
  type Instant,
  isKnown,
  isVisit,
  keyOf,
  MemoryGraph,
  type Node,
  ownershipOf,
  type PersonId,
  type Policy,
  type Position,
  personOf,
  type Rules,
  replay,
  roleOf,
  type Undone,
  type Verdict,
} from '@selfsame/identity';
import type { Decided } from '@selfsame/store';
import type { Task } from './words.ts';

/** Who has an identifier during a stretch of its time; `to` exclusive. */
export interface Held {
  readonly from: Instant;
  readonly to: Instant;
  /** Of {@link Outlook.people}. */
  readonly person: IdentifierKey;
  readonly rule: string;
}

/** A person of one reading of the log. */
export interface Face {
  readonly id: PersonId;
  /** The identifier they are named after, and a moment of theirs on it. */
  readonly key: IdentifierKey;
  readonly at: Instant;
  readonly known: boolean;
  /** Have they a trait, or an event? */
  isTold: boolean;
}

/** Who has which identifier under one policy. */
export interface Outlook {
  readonly held: ReadonlyMap<IdentifierKey, readonly Held[]>;
  readonly people: ReadonlyMap<IdentifierKey, Face>;
  /** Links by the rule that made them. */
  readonly links: ReadonlyMap<string, number>;
}

/** When something was told, ms, in the order of time: what makes a stretch of an identifier matter. */
type Times = ReadonlyMap<IdentifierKey, readonly number[]>;

/** What a log tells of identifiers, whatever the policy. */
export interface Told {
  /** Events and profile changes. */
  readonly words: Times;
  /** Events alone, without those that only a vendor's client needs. */
  readonly events: Times;
}

/**
 * A project's log folded under one policy, as `Store.refold` would; nothing is kept but the graph. `told`, where given,
 * takes down when what was told.
 */
export function foldLog(entries: Iterable<Decided>, undos: Task['undos'], rules: Rules, told?: Takes): MemoryGraph {
  const graph = new MemoryGraph();
  for (const undo of undos) graph.undone.take(undo);
  for (const decided of entries) {
    const read = replay(graph, rules, decided, graph.undone);
    if (read !== undefined) told?.take(rules.policy, read, decided.verdict);
  }
  return graph;
}

/** Something that takes down what is read, in the order of the log. */
export interface Takes {
  take(policy: Policy, entry: Decided['entry'], verdict: Verdict): void;
}

/** Takes down what a log tells. */
export class Telling implements Takes {
  readonly #said = new Map<IdentifierKey, { time: number; position: Position; isEvent: boolean }[]>();
  readonly #copies = new Copies();

  take(policy: Policy, entry: Decided['entry'], verdict: Verdict): void {
    const { command } = entry;
    if (!isTold(verdict)) return;
    this.#copies.take(entry);
    const isEvent = command.type === 'Track';
    if (isEvent ? command.hidden === true : command.type !== 'Describe') return;
    const { anchor } = anchorWithout(policy, entry, verdict);
    if (anchor === undefined) return;
    const { time, position } = entry;
    const said = this.#said.get(keyOf(anchor));
    if (said === undefined) this.#said.set(keyOf(anchor), [{ time, position, isEvent }]);
    else said.push({ time, position, isEvent });
  }

  /** All of it, as it reads without what is taken back. */
  told(undone: Undone): Told {
    const counted = this.#copies.under((copy) => !undone.covers(copy));
    const words = new Map<IdentifierKey, readonly number[]>();
    const events = new Map<IdentifierKey, readonly number[]>();
    for (const [key, said] of this.#said) {
      const stands = said
        .filter(({ position }) => counted(position) === position)
        .sort((one, other) => one.time - other.time);
      words.set(
        key,
        stands.map(({ time }) => time),
      );
      events.set(
        key,
        stands.flatMap(({ time, isEvent }) => (isEvent ? [time] : [])),
      );
    }
    return { words, events };
  }
}

/** Is it an event or a change that counts, or a copy of one ([D2], [D3])? */
export const isTold = ({ status, rule }: Verdict): boolean => status === 'applied' || rule === 'D2' || rule === 'D3';

/** Reads a graph under its policy: whose every identifier is, and who there is. */
export function lookAt(graph: MemoryGraph, policy: Policy, told: Told): Outlook {
  const held = new Map<IdentifierKey, readonly Held[]>();
  const people = new Map<IdentifierKey, Face>();
  const links = new Map<string, number>();
  for (const node of graph.nodes.values()) {
    // [V4] A group is nobody.
    if (roleOf(policy, node.id.kind) === 'group') continue;
    const events = told.events.get(node.key) ?? [];
    const stretches = ownershipOf(graph, policy, node);
    for (const { from, to, person, claim, rule } of stretches) {
      let face = people.get(person.key);
      if (face === undefined) {
        const visit = isVisit(person) ? person.visit : undefined;
        face = {
          id: person.person,
          key: visit?.device ?? person.key,
          at: Math.max(visit?.from ?? momentOfTheirOwn(graph, policy, person.key), person.met.time),
          known: visit === undefined && isKnown(policy, cluster(graph, person)),
          isTold: visit === undefined && personOf(graph, policy, person).traits.size > 0,
        };
        people.set(person.key, face);
      }
      face.isTold ||= countBetween(events, from, to) > 0;
      const by = ruleOf(node, person, claim, rule);
      if (by !== 'P1' && by !== 'L7c') links.set(by, (links.get(by) ?? 0) + 1);
    }
    held.set(
      node.key,
      stretches.map(({ from, to, person, claim, rule }) => ({
        from,
        to,
        person: person.key,
        rule: ruleOf(node, person, claim, rule),
      })),
    );
  }
  return { held, people, links };
}

/** An identifier that is its own and names somebody else was merged with them. */
const ruleOf = (node: Node, person: Node, claim: Claim | null, rule: string): string =>
  claim === null && !isVisit(person) && person.key !== node.key ? 'M1' : rule;

/** The beginning of the first stretch of an identifier that it has for itself. */
function momentOfTheirOwn(graph: MemoryGraph, policy: Policy, key: IdentifierKey): Instant {
  const node = graph.node(key);
  const own = node && ownershipOf(graph, policy, node).find(({ person }) => person.key === key);
  return own?.from ?? Number.NEGATIVE_INFINITY;
}

/** Who counts as a person, as in `/v1/stats`: whoever is known, has a trait, or did something. */
export const counts = (face: Face): boolean => face.known || face.isTold;

/** How many of some moments, in order, lie between two; `to` exclusive. */
export const countBetween = (times: readonly number[], from: Instant, to: Instant): number =>
  placeOf(times, to) - placeOf(times, from);

/** Where a moment would stand among others. */
function placeOf(times: readonly number[], moment: Instant): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((times[middle] as number) < moment) low = middle + 1;
    else high = middle;
  }
  return low;
}
