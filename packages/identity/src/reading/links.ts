import { believedOfRecord, isRecorded, recordedStretches } from '../directory/links.ts';
import { counted } from '../evidence/changes-of-hands.ts';
import { isBelow } from '../evidence/claims.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { limitPerDay } from '../policy/breaker.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { identifierOf } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import { tripsBreaker } from './breaker.ts';
import { byInterval } from './by-interval.ts';
import { joins, survivor } from './cluster.ts';
import { forGood } from './for-good.ts';
import { always, type Link, type Links, type Moment, own, type Refusal, type Refuse } from './link.ts';
import { momentOf } from './moment.ts';
import { named } from './named.ts';
import { reachBound } from './reach.ts';
import { claimsFor } from './shared-claims.ts';
import { visitAt, visitStarts } from './visit.ts';

/**
 * Whom an identifier belongs to, stretch by stretch: the policy's reading of its claims.
 * A pure function of the claims, so trying another policy is reading them again.
 */
export function linksOf(graph: Graph, policy: Policy, node: Node): Links {
  if (!(graph instanceof GraphAtRest)) return findLinks(graph, policy, node);
  let links = graph.links.get(node);
  if (links === undefined) graph.links.set(node, (links = findLinks(graph, policy, node)));
  return links;
}

function findLinks(graph: Graph, policy: Policy, node: Node): Links {
  if (!mayShare(policy, node)) return linksBy(graph, policy, node, node.claims, visitStarts);
  const claims = claimsFor(graph, policy, node);
  if (!(graph instanceof GraphAtRest) || !isForAll(policy, node, claims))
    return linksBy(graph, policy, node, claims, visitStarts);
  // What was said of merged identifiers is one list for all of them, and so are the links, but where visits matter.
  let links = graph.shared.get(claims);
  if (links !== undefined) return links;
  let isShared = claims !== node.claims;
  links = linksBy(graph, policy, node, claims, (one) => {
    isShared = false;
    return visitStarts(one);
  });
  if (isShared) graph.shared.set(claims, links);
  return links;
}

/** Are claims read alike for every identifier of a kind? */
function isForAll(policy: Policy, node: Node, claims: readonly Claim[]): boolean {
  const limit = limitPerDay(policy, node.id.kind, node.key);
  return roleOf(policy, node.id.kind) === 'anonymous' && (limit === undefined || claims.length <= limit);
}

/** `visitsOf` is asked for a node's visits where they decide. */
function linksBy(
  graph: Graph,
  policy: Policy,
  node: Node,
  claims: readonly Claim[],
  visitsOf: (node: Node) => readonly Instant[],
): Links {
  if (claims.length === 0) return { stretches: [own], refusals: [] };
  // Nearly every device has one user: there is nothing to weigh.
  const first = soleClaim(policy, node, claims);
  if (first !== undefined)
    return {
      stretches: [
        { ...always, owner: first.owner, claim: first, rule: policy.sharedDevice === 'reach-bound' ? 'L6' : 'L6b' },
      ],
      refusals: [],
    };
  const refusals: Refusal[] = [];
  const refuse = (claim: Claim, rule: string, reason: string) => {
    refusals.push({ claim, rule, reason });
    return false;
  };

  const allowed = counted(policy, claims).filter((claim) => {
    if (claim.unverified) return refuse(claim, 'E2', 'a public key may not link known people in enforce mode');
    if (claim.refused === 'M6')
      return refuse(claim, 'M6', 'a merge made it one with somebody stronger, where it stays');
    if (claim.refused !== undefined) return refuse(claim, claim.refused, 'a limit was reached');
    return true;
  });
  const pin = allowed.findLast((claim) => claim.trust === PIN);
  if (pin !== undefined) return pinned(pin, allowed, refuse, refusals);
  const isOfRecord = isRecorded(policy, node, claims);
  const standing = isOfRecord ? believedOfRecord(graph, policy, node, allowed, refuse) : allowed;
  if (standing.length === 0) return { stretches: [own], refusals };
  if (isOfRecord && standing.some(({ directory }) => directory === true))
    return { stretches: recordedStretches(standing, refusals), refusals };
  if (tripsBreaker(policy, node, standing, personsIn(graph, policy))) {
    for (const claim of standing)
      if (claim.owner !== null) refuse(claim, 'K5', 'too many known people came to share this value on one day');
    return { stretches: [own], refusals };
  }
  if (roleOf(policy, node.id.kind) !== 'anonymous') return named(graph, policy, node, standing, refusals, refuse);

  // [L2] A claim to a named person outranks claims to another anonymous identifier.
  const isNamed = (claim: Claim) =>
    claim.owner !== null && roleOf(policy, identifierOf(claim.owner).kind) !== 'anonymous';
  const toPeople = standing.some(isNamed)
    ? standing.filter((claim) => claim.owner === null || isNamed(claim))
    : standing;
  if (policy.sharedDevice === 'reach-bound')
    return {
      stretches: reachBound(
        withLogouts(policy, toPeople),
        policy.reach,
        personsIn(graph, policy),
        () => visitsOf(node),
        refuse,
      ),
      refusals,
    };
  const believed = withoutCrowd(policy, toPeople, refuse);
  if (believed.every((claim) => claim.owner === null)) return { stretches: [own], refusals };
  switch (policy.sharedDevice) {
    case 'first-login':
      return forGood(policy, believed, 'first', refuse, refusals);
    case 'last-login':
      return forGood(policy, believed, 'last', refuse, refusals);
    case 'by-interval':
      return byInterval(withLogouts(policy, believed), refuse, refusals);
  }
}

/**
 * [K3] An identifier that public keys give to very many people is a shared terminal or a bug, and they are believed for
 * none; a backend is, for each. The directory's own profiles do not count: every logout may make one more.
 */
function withoutCrowd(policy: Policy, claims: readonly Claim[], refuse: Refuse): readonly Claim[] {
  const ofPages = claims.filter(({ trust, owner, directory }) => trust === 0 && owner !== null && directory !== true);
  if (new Set(ofPages.map(({ owner }) => owner)).size <= policy.caps.peoplePerIdentifier) return claims;
  return claims.filter(
    (claim) =>
      claim.trust > 0 ||
      claim.owner === null ||
      refuse(claim, 'K3', 'this identifier points to too many people to be believed'),
  );
}

/** An operator's word. */
const PIN = 3;

/** [U5] A pin is read alone, for all time. */
function pinned(pin: Claim, standing: readonly Claim[], refuse: Refuse, refusals: Refusal[]): Links {
  for (const claim of standing)
    if (claim.owner !== null && claim.owner !== pin.owner)
      refuse(claim, 'U5', 'an operator said whose this identifier is');
  const { owner } = pin;
  return { stretches: [{ ...always, owner, claim: owner === null ? null : pin, rule: 'U5' }], refusals };
}

/** [L6d] `afterLogout: 'last-login'`: only somebody else's login ends a stretch. */
const withLogouts = (policy: Policy, claims: readonly Claim[]): readonly Claim[] =>
  policy.afterLogout === 'nobody' ? claims : claims.filter((claim) => claim.owner !== null);

/** [L6] The person an owner is, for good: a contact is whoever's it is, and of merged people there is one. Each is found once. */
export function personsIn(graph: Graph, policy: Policy): (owner: IdentifierKey) => IdentifierKey {
  const found = new Map<IdentifierKey, IdentifierKey>();
  return (owner) => {
    let person = found.get(owner);
    if (person === undefined) {
      person = ownerAt(graph, policy, owner, Number.POSITIVE_INFINITY)?.key ?? owner;
      found.set(owner, person);
    }
    return person;
  };
}

/**
 * The first of the most trusted claims of an anonymous identifier that was only ever said to belong to one owner, where
 * stretches are read: the claim that reading them by trust would give.
 */
function soleClaim(policy: Policy, node: Node, claims: readonly Claim[]): Claim | undefined {
  const first = claims[0] as Claim;
  const isSpread = policy.sharedDevice === 'by-interval' || policy.sharedDevice === 'reach-bound';
  if (first.owner === null || !isSpread) return undefined;
  if (roleOf(policy, node.id.kind) !== 'anonymous' || isRecorded(policy, node)) return undefined;
  let best = first;
  for (const claim of claims) {
    if (!isBelow(claim, first.owner)) return undefined;
    if (claim.trust > best.trust) best = claim;
  }
  return best;
}

/** [M6] Devices and contacts may be merged before anybody is known to have them. */
function mayShare(policy: Policy, node: Node): boolean {
  if (node.edges.length === 0) return false;
  const role = roleOf(policy, node.id.kind);
  return role === 'anonymous' || role === 'contact';
}

/** The stretch of an identifier that holds a moment; infinity is after the last. */
export const linkAt = (graph: Graph, policy: Policy, node: Node, time: Instant): Link => {
  const { stretches } = linksOf(graph, policy, node);
  return stretches.find((stretch) => time < stretch.to) ?? (stretches.at(-1) as Link);
};

/** Whose an identifier is at one moment, ms, by the words around it where they say. */
export const momentAt = (graph: Graph, policy: Policy, node: Node, time: Instant): Moment | Link =>
  momentOf(graph, policy, node, time, personsIn(graph, policy)) ?? linkAt(graph, policy, node, time);

/** Whom an identifier belonged to at a moment, named by that person's founding identifier ([A2]). */
export function ownerAt(graph: Graph, policy: Policy, key: IdentifierKey, time: Instant): Node | undefined {
  const node = graph.node(key);
  return node && ownerOf(graph, policy, node, time);
}

/** As `ownerAt`, of a node at hand. */
export const ownerOf = (graph: Graph, policy: Policy, node: Node, time: Instant): Node =>
  survivor(graph, policy, holderOf(graph, policy, node, time));

/** The same by any identifier of that person: of those that merges made one it takes looking at all who names them. */
export function holderOf(graph: Graph, policy: Policy, node: Node, time: Instant): Node {
  if (node.claims.length === 0 && node.edges.length === 0) return node;
  // Nearly every device has one user, at any time.
  const sole = node.edges.length === 0 ? soleClaim(policy, node, node.claims) : undefined;
  const user = sole === undefined ? undefined : graph.node(sole.owner as IdentifierKey);
  if (user !== undefined) return holderOf(graph, policy, user, time);
  const moment = time === Number.POSITIVE_INFINITY ? latest(policy, node) : time;
  const link = momentAt(graph, policy, node, moment);
  const above = link.owner === null ? undefined : graph.node(link.owner);
  if (above !== undefined) return holderOf(graph, policy, above, time);
  return link.rule === 'L7c' && standsAlone(node) ? visitAt(node, link.from, link.to, moment) : node;
}

/**
 * [L7d] Whoever asks whose a shared identifier is, and not when, means when it was last seen: no login reaches for ever.
 * Where the last word was a logout it is nobody's.
 */
const latest = (policy: Policy, { id, claims, lastSeen }: Node): Instant =>
  policy.sharedDevice === 'reach-bound' && roleOf(policy, id.kind) === 'anonymous' && claims.at(-1)?.owner !== null
    ? lastSeen
    : Number.POSITIVE_INFINITY;

/** [L7c] A device that was merged with others is no longer shared by strangers: the merge says whose it is. */
export const standsAlone = (node: Node): boolean => !node.edges.some(joins);
