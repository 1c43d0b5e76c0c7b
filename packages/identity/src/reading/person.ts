import { isRecorded } from '../directory/links.ts';
import { isKnownProfile } from '../directory/record.ts';
import type { Claim, Graph, Node, Write } from '../evidence/graph.ts';
import { countedWrites } from '../evidence/words.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, Instant, PersonId } from '../words/ids.ts';
import type { Json } from '../words/json.ts';
import { GraphAtRest } from './at-rest.ts';
import { belowOf, cluster, joins, survivor } from './cluster.ts';
import { type ConsentState, standingConsent } from './consent.ts';
import { always } from './link.ts';
import { linkAt, linksOf, ownerAt } from './links.ts';
import { ownershipOf } from './ownership.ts';
import { foldTraits, since, type TraitSource } from './traits.ts';
import { deviceIdOf, isVisit, type Visit, wasThere } from './visit.ts';

/** An identifier during a stretch in which one person had it. `to` is exclusive; infinities are open ends. */
export interface PersonSpan {
  readonly node: Node;
  readonly from: Instant;
  readonly to: Instant;
  /** The claim behind the link; null for the person's own identifiers. */
  readonly claim: Claim | null;
  readonly rule: string;
  /**
   * Only one thing of this stretch is the person's: `listing`, it stands in their record while somebody else owns it
   * ([R1]); `events`, an alias shows what happened there, from `shownFrom` on ([R11]).
   */
  readonly only?: 'listing' | 'events';
  readonly shownFrom?: Instant;
}

/** The stretches of identifiers a person has, for showing who they are. */
export const identifierSpans = (person: Person): readonly PersonSpan[] =>
  person.spans.filter((span) => span.only !== 'events');

/** The stretches whose events are a person's, as shown at the moment `now`, ms. */
export const eventSpans = (person: Person, now: Instant): readonly PersonSpan[] =>
  person.spans.filter((span) => span.only !== 'listing' && (span.shownFrom ?? now) <= now);

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
  const graph = new GraphAtRest(given);
  if (isVisit(founder)) return visitor(graph, policy, founder);
  const members = cluster(graph, founder);
  const owned = members.flatMap((member) =>
    linksOf(graph, policy, member)
      .stretches.filter((link) => link.owner === null)
      .flatMap((link) =>
        descend(graph, policy, {
          node: member,
          from: link.from,
          to: link.to,
          claim: null,
          rule: member === founder ? 'P1' : 'M1',
        }),
      ),
  );
  const aliased = members.flatMap((member) => aliasSpans(graph, policy, member));
  const spans = [...owned, ...members.flatMap((member) => listedSpans(graph, member, owned)), ...aliased];
  const { traits, segments, purposes, sources } = foldTraits(policy, writesOf(policy, founder, members, owned));
  const words = [...new Set([...members, ...owned.map((span) => span.node)])];
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
    formerIds: formerIds(graph, policy, founder, members, owned),
  };
}

/** [L7c] The person of a visit: the device while nobody owned it, from one silence to the next. */
function visitor(graph: Graph, policy: Policy, visit: Visit): Person {
  const node = graph.node(visit.visit.device) as Node;
  const { from, to } = visit.visit;
  const spans = descend(graph, policy, { node, from, to, claim: null, rule: 'L7c' });
  const { traits, segments, purposes, sources } = foldTraits(policy, writesOf(policy, visit, [], spans));
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

/**
 * A person with a login identifier is known; so is a cluster of handles in which one was identified, and a profile
 * whose record holds a login identifier ([R2]).
 */
export const isKnown = (policy: Policy, members: readonly Node[]): boolean =>
  members.some((member) => {
    const role = roleOf(policy, member.id.kind);
    if (role === 'profile') return isKnownProfile(policy.directory, member);
    return (
      role === 'login' || (role === 'handle' && member.edges.some((edge) => edge.identified === true && joins(edge)))
    );
  });

/** A span and all the spans of weaker identifiers that belonged to it meanwhile. */
function descend(graph: Graph, policy: Policy, span: PersonSpan): readonly PersonSpan[] {
  const below = belowOf(graph, span.node).flatMap((node) => {
    return linksOf(graph, policy, node)
      .stretches.filter((link) => link.owner === span.node.key)
      .map((link) => ({
        node,
        from: Math.max(link.from, span.from),
        to: Math.min(link.to, span.to),
        claim: link.claim,
        rule: link.rule,
      }))
      .filter((one) => one.from < one.to)
      .flatMap((one) => descend(graph, policy, one));
  });
  return [span, ...below];
}

/** [R11] An alias gives its destination the source's first moment, also when its window begins later. */
function firstSeenOf(graph: Graph, members: readonly Node[], owned: readonly PersonSpan[]): Instant {
  const sources = members.flatMap((member) => member.aliases.filter((word) => word.part === 'destination'));
  const moments = [
    ...owned.map((span) => Math.max(span.from, span.node.met.time)),
    ...sources.map((word) => graph.node(word.other)?.met.time ?? Number.POSITIVE_INFINITY),
  ];
  return moments.reduce((first, moment) => Math.min(first, moment), Number.POSITIVE_INFINITY);
}

/** [R1] What stands in a profile's record although somebody else owns it now: a device that moved on, a shared e-mail. */
function listedSpans(graph: Graph, profile: Node, owned: readonly PersonSpan[]): readonly PersonSpan[] {
  return profile.record.flatMap(({ key, since }): readonly PersonSpan[] => {
    const node = graph.node(key);
    if (node === undefined || owned.some((span) => span.node === node && span.to === always.to)) return [];
    return [{ node, from: since, to: always.to, claim: null, rule: 'R1', only: 'listing' }];
  });
}

/** [R11] What happened to the source of an alias, during its window. */
function aliasSpans(graph: Graph, policy: Policy, profile: Node): readonly PersonSpan[] {
  return profile.aliases
    .filter((word) => word.part === 'destination')
    .flatMap(({ other, from, to, shownFrom }) => {
      const node = graph.node(other);
      if (node === undefined) return [];
      return descend(graph, policy, { node, from, to, claim: null, rule: 'R11' }).map((span) => ({
        ...span,
        only: 'events' as const,
        shownFrom,
      }));
    });
}

/** The words that count for a person: those said of an identifier while the person had it ([W5], [W6]). */
function writesOf(
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  spans: readonly PersonSpan[],
): readonly Write[] {
  return spans.flatMap((span) => {
    if (span.node.writes.length === 0) return [];
    const whole = span.from === always.from && span.to === always.to;
    const said = countedWrites(policy, span.node);
    let writes = whole ? said : said.filter((write) => write.time >= span.from && write.time < span.to);
    // [W5] `anonymousTraits: 'drop'`: what was said of a device before its login stays behind.
    const { claim } = span;
    if (policy.anonymousTraits === 'drop' && claim !== null && roleOf(policy, span.node.id.kind) === 'anonymous')
      writes = writes.filter((write) => since(policy, write, claim));
    // [W7] `anonymousTraits: 'move'`: it counts as said at the login, and so comes before what the person had.
    if (policy.anonymousTraits === 'move' && claim !== null && roleOf(policy, span.node.id.kind) === 'anonymous')
      writes = writes.map((write) => (since(policy, write, claim) ? write : movedTo(claim, write)));
    // [W6] `mergedTraits: 'survivor'`: of two merged profiles the survivor's shows and the other is hidden.
    if (policy.mergedTraits === 'survivor' && span.node !== founder && members.includes(span.node)) {
      const joined = span.node.edges.reduce(
        (first, edge) => (joins(edge) ? Math.min(first, edge.position) : first),
        Number.POSITIVE_INFINITY,
      );
      if (founder.writes.some((write) => write.position < joined))
        writes = writes.filter((write) => write.position > joined);
    }
    return writes;
  });
}

/** A word as if said at a login; words moved together keep their order. */
const movedTo = (login: Claim, write: Write): Write => ({
  ...write,
  time: login.time,
  tie: `${login.tie}\u0001${String(write.time).padStart(16, '0')}${write.tie}`,
  position: login.position - 1 + write.position / login.position,
});

/** Ids of identifiers that found nobody any more and lead here. */
function formerIds(
  graph: Graph,
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  spans: readonly PersonSpan[],
): readonly PersonId[] {
  const nodes = new Set(spans.map((span) => span.node));
  nodes.delete(founder);
  // All of the cluster are named after its founder: nobody walks it again for each identifier.
  const mine = new Set(members.map((member) => member.key));
  const named = (node: Node) => (mine.has(node.key) ? founder : survivor(graph, policy, node));
  return [...nodes]
    .filter((node) => namedBy(graph, policy, node, named).key === founder.key)
    .map((node) => node.person);
}

/** [P3] Whom the id of this identifier names: itself while it has time of its own, else its latest owner. */
function namedBy(graph: Graph, policy: Policy, node: Node, named?: (node: Node) => Node): Node {
  const stretches = ownershipOf(graph, policy, node, named);
  const mine = stretches.find((stretch) => stretch.person.key === node.key);
  return mine?.person ?? stretches.at(-1)?.person ?? node;
}

/**
 * The person who has an identifier at a moment, ms; undefined when we never met it, or when it was taken out of every
 * record and nobody used it since ([R6]).
 */
export function personAt(graph: Graph, policy: Policy, key: IdentifierKey, time: Instant): Person | undefined {
  const owner = ownerAt(graph, policy, key, time);
  if (owner === undefined || (owner.key === key && isVacant(graph, policy, owner, time))) return undefined;
  return personOf(graph, policy, owner);
}

function isVacant(graph: Graph, policy: Policy, node: Node, time: Instant): boolean {
  if (!isRecorded(policy, node)) return false;
  return node.lastSeen <= linkAt(graph, policy, node, time).from;
}

/** The person a person id stands for, former ids included; undefined if there never was one. */
export function personById(graph: Graph, policy: Policy, id: PersonId): Person | undefined {
  const node = graph.founder(deviceIdOf(id));
  if (node === undefined) return undefined;
  const visit = ownershipOf(graph, policy, node).find((stretch) => stretch.person.person === id);
  return personOf(graph, policy, visit?.person ?? namedBy(graph, policy, node));
}

/** Every person in these nodes, each once. */
export function* peopleIn(graph: Graph, policy: Policy, nodes: Iterable<Node>): Generator<Person> {
  const seen = new Set<IdentifierKey>();
  for (const node of nodes) {
    if (node.gone === true) continue;
    for (const { person } of ownershipOf(graph, policy, node)) {
      if (seen.has(person.key) || (isVisit(person) && !wasThere(person))) continue;
      seen.add(person.key);
      yield personOf(graph, policy, person);
    }
  }
}
