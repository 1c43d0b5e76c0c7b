import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Instant, PersonId } from '../words/ids.ts';
import type { Json } from '../words/json.ts';
import { atRest } from './at-rest.ts';
import { cluster } from './cluster.ts';
import { type ConsentState, consentOfPerson, standingConsent } from './consent.ts';
import { formerIds } from './former-ids.ts';
import { isKnown } from './known.ts';
import type { Links } from './link.ts';
import { linksOf } from './links.ts';
import { aliased, descend, type Held, type Holding, listed } from './spans.ts';
import { foldTraits, type TraitSource } from './traits.ts';
import { isVisit, type Visit } from './visit.ts';
import { wordsOf } from './words-of.ts';

/** Everyone's view of one human: what hangs on the identifiers that person has, as long as they have them ([A2]). */
export interface Person {
  readonly id: PersonId;
  /** The identifier the person is named after. */
  readonly founder: Node;
  readonly known: boolean;
  readonly holdings: readonly Holding[];
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
  const graph = atRest(given);
  if (isVisit(founder)) return visitor(graph, policy, founder);
  const members = cluster(graph, founder);
  const owned: Holding[] = [];
  const ofMerged = new Map<Links, readonly Held[]>();
  for (const node of members) {
    const links = linksOf(graph, policy, node);
    const stretches = ofMerged.get(links) ?? ownTime(links, node === founder ? 'P1' : 'M1');
    if (node !== founder) ofMerged.set(links, stretches);
    if (stretches.length > 0) descend(graph, policy, { node, stretches }, owned);
  }
  const holdings = [
    ...owned,
    ...members.flatMap((member) => listed(graph, member, owned)),
    ...members.flatMap((member) => aliased(graph, policy, member)),
  ];
  const { traits, segments, purposes, sources } = foldTraits(policy, wordsOf(policy, founder, members, owned));
  return {
    id: founder.person,
    founder,
    known: isKnown(policy, members),
    holdings,
    traits,
    traitSources: sources,
    segments,
    purposes,
    consent: consentOfPerson(graph, policy, founder, members, owned),
    firstSeen: firstSeenOf(graph, members, owned),
    lastSeen: owned.reduce(
      (last, { node, stretches }) => Math.max(last, Math.min((stretches.at(-1) as Held).to, node.lastSeen)),
      Number.NEGATIVE_INFINITY,
    ),
    formerIds: formerIds(graph, policy, founder, owned),
  };
}

/** The time of its own that an identifier has. */
const ownTime = (links: Links, rule: string): readonly Held[] =>
  links.stretches.flatMap(({ owner, from, to }) => (owner === null ? [{ from, to, claim: null, rule }] : []));

/** [L7c] The person of a visit: the device while nobody owned it, from one silence to the next. */
function visitor(graph: Graph, policy: Policy, visit: Visit): Person {
  const node = graph.node(visit.visit.device) as Node;
  const { from, to } = visit.visit;
  const holdings = descend(graph, policy, { node, stretches: [{ from, to, claim: null, rule: 'L7c' }] });
  const { traits, segments, purposes, sources } = foldTraits(policy, wordsOf(policy, visit, [], holdings));
  return {
    id: visit.person,
    founder: visit,
    known: false,
    holdings,
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

/** [R11] An alias gives its destination the source's first moment, also when its window begins later. */
function firstSeenOf(graph: Graph, members: readonly Node[], owned: readonly Holding[]): Instant {
  let first = Number.POSITIVE_INFINITY;
  for (const { node, stretches } of owned)
    first = Math.min(first, Math.max((stretches[0] as Held).from, node.met.time));
  for (const member of members)
    for (const { part, other } of member.aliases)
      if (part === 'destination') first = Math.min(first, graph.node(other)?.met.time ?? first);
  return first;
}
