import {
  claimId,
  explain,
  type Graph,
  linksOf,
  meaningOf,
  type Node,
  ownershipOf,
  type Policy,
} from '@selfsame/identity';
import type { SimulatedChange, SimulatedPerson, SimulationResult } from '../../api.ts';
import type { Change, Slice } from './difference.ts';
import { counts, type Face, type Outlook } from './outlook.ts';

/** Identifiers and people that one change lists; it says how many more there are. */
const LISTED = 20;

/** The difference in figures, and its largest changes with the evidence of the graph that would be. */
export function resultOf(
  policy: Policy,
  graph: Graph,
  [before, after]: readonly [Outlook, Outlook],
  changes: readonly Change[],
  most: number,
): SimulationResult {
  const sum = (of: (one: Change) => number) => changes.reduce((all, one) => all + of(one), 0);
  return {
    preset: policy.preset,
    people: { before: people(before), after: people(after) },
    known: { before: known(before), after: known(after) },
    joined: sum(({ joined }) => joined),
    split: sum(({ split }) => split),
    events: { moved: sum(({ moved }) => moved) },
    changed: changes.length,
    changes: changes.slice(0, most).map((one) => changeView(policy, graph, before, one)),
    rules: [...new Set([...before.links.keys(), ...after.links.keys()])]
      .sort()
      .map((rule) => ({ rule, before: before.links.get(rule) ?? 0, after: after.links.get(rule) ?? 0 })),
  };
}

const people = ({ people: all }: Outlook): number => [...all.values()].filter(counts).length;
const known = ({ people: all }: Outlook): number => [...all.values()].filter((face) => face.known).length;

function changeView(policy: Policy, graph: Graph, outlook: Outlook, change: Change): SimulatedChange {
  const { slices, joined, split, moved } = change;
  const identifiers = [...new Set(slices.map(({ key }) => key))].sort();
  return {
    what: joined > 0 ? (split > 0 ? 'mixed' : 'joined') : split > 0 ? 'split' : 'moved',
    identifiers: identifiers.slice(0, LISTED),
    identifierCount: identifiers.length,
    before: change.before
      .filter(counts)
      .slice(0, LISTED)
      .map((face) => personView(face, slices, 'before')),
    beforeCount: change.before.filter(counts).length,
    after: change.after
      .filter(counts)
      .slice(0, LISTED)
      .map((face) => personView(face, slices, 'after')),
    afterCount: change.after.filter(counts).length,
    events: moved,
    because: becauseOf(policy, graph, outlook, change),
  };
}

function personView(face: Face, slices: readonly Slice[], side: 'before' | 'after'): SimulatedPerson {
  const mine = slices.filter((slice) => slice[side] === face);
  const identifiers = [...new Set(mine.map(({ key }) => key))].sort();
  return { id: face.id, identifiers: identifiers.slice(0, LISTED), identifierCount: identifiers.length };
}

/** The rule that makes the most of the change: of the identifier with most history that gets another person. */
function becauseOf(
  policy: Policy,
  graph: Graph,
  outlook: Outlook,
  { slices, before }: Change,
): SimulatedChange['because'] {
  const others = slices.filter(({ before: a, after: b }) => a.id !== b.id);
  const slice = (others.length > 0 ? others : slices).reduce((most, one) => (one.weight > most.weight ? one : most));
  const node = graph.node(slice.key) as Node;
  const was = outlook.held.get(slice.key)?.findLast(({ from }) => from <= slice.from)?.rule ?? 'P1';
  const now = ownershipOf(graph, policy, node).findLast(({ from }) => from <= slice.from);
  const about = { identifier: slice.key, was: { rule: was, reason: meaningOf(was) } };
  if (now?.claim != null) {
    const { claim, rule } = now;
    const { time, wire: source, trust } = claim;
    return { ...about, rule, reason: meaningOf(rule), claim: claimId(claim, node.key), time: iso(time), source, trust };
  }
  const refused = linksOf(graph, policy, node).refusals.at(-1);
  if (refused !== undefined) {
    const { claim, rule, reason } = refused;
    const { time, wire: source, trust } = claim;
    return { ...about, rule, reason, claim: claimId(claim, node.key), time: iso(time), source, trust };
  }
  // Joined by a merge, or kept apart from whoever they were one with.
  const other = before.find((face) => face.key !== slice.key)?.key ?? slice.after.key;
  const found = explain(graph, policy, slice.key, other);
  const step = found.same ? found.chain[0] : found.refusal;
  if (step === undefined || now?.rule === 'L7c') {
    const rule = now?.rule ?? 'P1';
    return { ...about, rule, reason: meaningOf(rule) };
  }
  const { rule, claim, time, source, trust } = step;
  return {
    ...about,
    rule,
    reason: 'because' in step ? step.because : step.reason,
    ...(claim === undefined ? {} : { claim }),
    ...(time === undefined ? {} : { time: iso(time) }),
    ...(source === undefined ? {} : { source }),
    ...(trust === undefined ? {} : { trust }),
  };
}

const iso = (time: number): string => new Date(time).toISOString();
