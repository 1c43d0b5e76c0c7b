import {
  anchorWithout,
  type Claim,
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
  type Rules,
  replay,
  roleOf,
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
  /** How much was told of them: events, traits and segments. */
  told: number;
}

/** Who has which identifier under one policy. */
export interface Outlook {
  readonly held: ReadonlyMap<IdentifierKey, readonly Held[]>;
  readonly people: ReadonlyMap<IdentifierKey, Face>;
  /** Links by the rule that made them. */
  readonly links: ReadonlyMap<string, number>;
}

/** When something was told of an identifier, ms, in the order of time: what makes a stretch of it matter. */
export type Told = Map<IdentifierKey, number[]>;

/**
 * A project's log folded under one policy, as `Store.refold` would; nothing is kept but the graph. `told`, where given,
 * takes down when what was told.
 */
export function foldLog(entries: Iterable<Decided>, undos: Task['undos'], rules: Rules, told?: Told): MemoryGraph {
  const graph = new MemoryGraph();
  for (const undo of undos) graph.undone.take(undo);
  for (const decided of entries) {
    const { verdict } = decided;
    const read = replay(graph, rules, decided, graph.undone);
    if (read === undefined) continue;
    if (told === undefined || (verdict.status !== 'applied' && verdict.rule !== 'D2')) continue;
    const { command } = read;
    if ((command.type !== 'Track' || command.hidden === true) && command.type !== 'Describe') continue;
    const { anchor } = anchorWithout(rules.policy, read, verdict);
    if (anchor === undefined) continue;
    const times = told.get(keyOf(anchor));
    if (times === undefined) told.set(keyOf(anchor), [read.time]);
    else times.push(read.time);
  }
  if (told !== undefined) for (const times of told.values()) times.sort((a, b) => a - b);
  return graph;
}

/** Reads a graph under its policy: whose every identifier is, and who there is. */
export function lookAt(graph: MemoryGraph, policy: Policy, told: Told): Outlook {
  const held = new Map<IdentifierKey, readonly Held[]>();
  const people = new Map<IdentifierKey, Face>();
  const links = new Map<string, number>();
  for (const node of graph.nodes.values()) {
    // [V4] A group is nobody.
    if (roleOf(policy, node.id.kind) === 'group') continue;
    const times = told.get(node.key) ?? [];
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
          told: 0,
        };
        people.set(person.key, face);
      }
      face.told += countBetween(times, from, to);
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

/** Who counts as a person: whoever is known, or of whom something was told. */
export const counts = (face: Face): boolean => face.known || face.told > 0;

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
