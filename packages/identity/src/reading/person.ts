import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant, PersonId } from '../words/ids.ts';
import type { Json } from '../words/json.ts';
import { GraphAtRest } from './at-rest.ts';
import { cluster } from './cluster.ts';
import { type ConsentState, standingConsent } from './consent.ts';
import { formerIds } from './former-ids.ts';
import { isKnown } from './known.ts';
import { linksOf } from './links.ts';
import { aliasSpans, descend, listedSpans, type PersonSpan } from './spans.ts';
import { foldTraits, type TraitSource } from './traits.ts';
import { isVisit, type Visit } from './visit.ts';
import { wordsOf } from './words-of.ts';

/** Everyone's view of one human: what hangs on the identifiers that person has, as long as they have them ([A2]). */
export interface Person {
  readonly id: PersonId;
  /** The identifier the person is named after. */
  readonly founder: Node;
  readonly known: boolean;
  readonly spans: readonly PersonSpan[];
  readonly traits: ReadonlyMap<string, Json>;
  /** Who said the value each trait has. */
  readonly traitSources: ReadonlyMap<string, TraitSource>;
  readonly segments: readonly string[];
  /** What was said of consent for each purpose ([G6]). */
  readonly purposes: ReadonlyMap<string, Json>;
  readonly consent: ConsentState;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly formerIds: readonly PersonId[];
}

/** The person named after `founder`, which must be the survivor of its cluster (as `ownerAt` gives it). */
export function personOf(given: Graph, policy: Policy, founder: Node): Person {
  const graph = given instanceof GraphAtRest ? given : new GraphAtRest(given);
  if (isVisit(founder)) return visitor(graph, policy, founder);
  const members = cluster(graph, founder);
  const owned: PersonSpan[] = [];
  for (const node of members)
    for (const { owner, from, to } of linksOf(graph, policy, node).stretches)
      if (owner === null)
        descend(graph, policy, { node, from, to, claim: null, rule: node === founder ? 'P1' : 'M1' }, owned);
  const aliased = members.flatMap((member) => aliasSpans(graph, policy, member));
  const spans = [...owned, ...members.flatMap((member) => listedSpans(graph, member, owned)), ...aliased];
  const { traits, segments, purposes, sources } = foldTraits(policy, wordsOf(policy, founder, members, owned));
  const words = nodesOf(members, owned);
  const denied = members.some((member) => standingConsent(member.consents) === 'denied');
  return {
    id: founder.person,
    founder,
    known: isKnown(policy, members),
    spans,
    traits,
    traitSources: sources,
    segments,
    purposes,
    consent: denied ? 'denied' : standingConsent(words.flatMap((node) => node.consents)),
    firstSeen: firstSeenOf(graph, members, owned),
    lastSeen: owned.reduce(
      (last, span) => Math.max(last, Math.min(span.to, span.node.lastSeen)),
      Number.NEGATIVE_INFINITY,
    ),
    formerIds: formerIds(graph, policy, founder, owned),
  };
}

/** [L7c] The person of a visit: the device while nobody owned it, from one silence to the next. */
function visitor(graph: Graph, policy: Policy, visit: Visit): Person {
  const node = graph.node(visit.visit.device) as Node;
  const { from, to } = visit.visit;
  const spans = descend(graph, policy, { node, from, to, claim: null, rule: 'L7c' });
  const { traits, segments, purposes, sources } = foldTraits(policy, wordsOf(policy, visit, [], spans));
  return {
    id: visit.person,
    founder: visit,
    known: false,
    spans,
    traits,
    traitSources: sources,
    segments,
    purposes,
    consent: standingConsent(node.consents),
    firstSeen: Math.max(from, node.met.time),
    lastSeen: Math.min(lastSeenIn(node, visit), node.lastSeen),
    formerIds: [],
  };
}

/** When a device was last seen in a visit: before the silence that begins in it, else until it ends. */
const lastSeenIn = (node: Node, { visit }: Visit): Instant =>
  node.gaps.findLast((gap) => gap.from >= visit.from && gap.from < visit.to)?.from ?? visit.to;

/** The identifiers of these stretches, and the members themselves. */
function nodesOf(members: readonly Node[], spans: readonly PersonSpan[]): readonly Node[] {
  const nodes = new Set(members);
  for (const { node } of spans) nodes.add(node);
  return [...nodes];
}

/** [R11] An alias gives its destination the source's first moment, also when its window begins later. */
function firstSeenOf(graph: Graph, members: readonly Node[], owned: readonly PersonSpan[]): Instant {
  let first = Number.POSITIVE_INFINITY;
  for (const span of owned) first = Math.min(first, Math.max(span.from, span.node.met.time));
  for (const member of members)
    for (const { part, other } of member.aliases)
      if (part === 'destination') first = Math.min(first, graph.node(other)?.met.time ?? first);
  return first;
}
