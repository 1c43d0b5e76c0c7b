import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { placeOf } from '../evidence/halving.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import { belowOf } from './cluster.ts';
import { always, type Links } from './link.ts';
import { linksOf } from './links.ts';

/** A stretch in which one person had an identifier. `to` is exclusive; infinities are open ends. */
export interface Held {
  readonly from: Instant;
  readonly to: Instant;
  /** The claim behind the link; null for the person's own identifiers. */
  readonly claim: Claim | null;
  readonly rule: string;
}

/**
 * An identifier and when one person had it, oldest first. Merged identifiers of which the same was said have one list of
 * stretches together, of thousands where two users had them in turn: whoever reads a list need read it once.
 */
export interface Holding {
  readonly node: Node;
  readonly stretches: readonly Held[];
  /**
   * Only one thing of it is the person's: `listing`, it stands in their record while somebody else owns it ([R1]);
   * `events`, an alias shows what happened there, from `shownFrom` on ([R11]).
   */
  readonly only?: 'listing' | 'events';
  readonly shownFrom?: Instant;
}

/** One stretch of a holding. */
export type PersonSpan = Held & Omit<Holding, 'stretches'>;

type Holder = { readonly holdings: readonly Holding[] };

/** The identifiers a person has or had, for showing who they are, in the order in which they were found. */
export const identifierHoldings = ({ holdings }: Holder): readonly Holding[] =>
  holdings.filter(({ only }) => only !== 'events');

/** The same, each once and without its time; whom the person is named after comes first. */
export const identifiersOf = (person: Holder): readonly Node[] => [
  ...new Map(identifierHoldings(person).map(({ node }) => [node.key, node])).values(),
];

/** The holdings whose events are a person's, as shown at the moment `now`, ms. */
export const eventHoldings = ({ holdings }: Holder, now: Instant): readonly Holding[] =>
  holdings.filter(({ only, shownFrom }) => only !== 'listing' && (shownFrom ?? now) <= now);

/** Every stretch of some holdings by itself: of merged devices that is devices times stretches. */
export const spansOf = (holdings: readonly Holding[]): readonly PersonSpan[] =>
  holdings.flatMap(({ stretches, ...of }) => stretches.map((stretch) => ({ ...of, ...stretch })));

/** A holding and all the weaker identifiers that belonged to it meanwhile; added to `found`, which is answered. */
export function descend(graph: Graph, policy: Policy, holding: Holding, found: Holding[] = []): Holding[] {
  found.push(holding);
  for (const node of belowOf(graph, holding.node)) {
    const stretches = heldThrough(graph, linksOf(graph, policy, node), holding.node.key, holding.stretches);
    if (stretches.length > 0) descend(graph, policy, { node, stretches }, found);
  }
  return found;
}

/** When somebody had what such links give to an owner, during these stretches of the owner. */
function heldThrough(graph: Graph, links: Links, owner: IdentifierKey, during: readonly Held[]): readonly Held[] {
  if (!(graph instanceof GraphAtRest)) return heldBetween(links, owner, during);
  const known = graph.held.get(links) ?? [];
  const before = known.find((one) => one.owner === owner && one.during === during);
  if (before !== undefined) return before.stretches;
  const stretches = heldBetween(links, owner, during);
  graph.held.set(links, [...known, { owner, during, stretches }]);
  return stretches;
}

/** Both lists are in order and without overlap, so neither is walked twice. */
function heldBetween(links: Links, owner: IdentifierKey, during: readonly Held[]): readonly Held[] {
  const held: Held[] = [];
  let at = 0;
  for (const link of links.stretches) {
    if (link.owner !== owner) continue;
    while (at < during.length && (during[at] as Held).to <= link.from) at += 1;
    for (let i = at; i < during.length && (during[i] as Held).from < link.to; i++) {
      const from = Math.max(link.from, (during[i] as Held).from);
      const to = Math.min(link.to, (during[i] as Held).to);
      if (from < to) held.push({ from, to, claim: link.claim, rule: link.rule });
    }
  }
  return held;
}

/** The stretch of a holding that holds a moment, ms. */
export function heldAt(stretches: readonly Held[], time: Instant): Held | undefined {
  const found = stretches[placeOf(stretches, ({ to }) => to <= time)];
  return found !== undefined && found.from <= time ? found : undefined;
}

/** [R1] What stands in a profile's record although somebody else owns it now: a device that moved on, a shared e-mail. */
export function listed(graph: Graph, profile: Node, owned: readonly Holding[]): readonly Holding[] {
  const holdsNow = ({ stretches }: Holding) => stretches.at(-1)?.to === always.to;
  return profile.record.flatMap(({ key, since }): readonly Holding[] => {
    const node = graph.node(key);
    if (node === undefined || owned.some((one) => one.node === node && holdsNow(one))) return [];
    return [{ node, stretches: [{ from: since, to: always.to, claim: null, rule: 'R1' }], only: 'listing' }];
  });
}

/** [R11] What happened to the source of an alias, during its window. */
export function aliased(graph: Graph, policy: Policy, profile: Node): readonly Holding[] {
  return profile.aliases
    .filter((word) => word.part === 'destination')
    .flatMap(({ other, from, to, shownFrom }) => {
      const node = graph.node(other);
      if (node === undefined) return [];
      const source = { node, stretches: [{ from, to, claim: null, rule: 'R11' }] };
      return descend(graph, policy, source).map((one) => ({ ...one, only: 'events' as const, shownFrom }));
    });
}
