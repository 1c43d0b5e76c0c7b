import { byTrust } from './by-trust.ts';
import { isRecorded, recordedStretches } from './directory/links.ts';
import { counted } from './evidence/changes-of-hands.ts';
import type { Claim, Graph, Node } from './graph.ts';
import type { IdentifierKey, Instant } from './ids.ts';
import { identifierOf } from './ids.ts';
import { compareSights } from './order.ts';
import { ownerAt } from './owner.ts';
import { type Policy, roleOf } from './policy.ts';
import { reachBound } from './reach.ts';
import { claimsFor } from './shared-claims.ts';

/** A stretch of an identifier's time and the identifier it then belonged to; `owner` null: to itself. `to` is exclusive. */
export interface Link {
  readonly from: Instant;
  readonly to: Instant;
  readonly owner: IdentifierKey | null;
  readonly claim: Claim | null;
  /** The rule that made it. */
  readonly rule: string;
}

export const always = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY } as const;

const own: Link = { ...always, owner: null, claim: null, rule: 'P1' };

/** A claim that made no link, and the rule that refused it. */
export interface Refusal {
  readonly claim: Claim;
  readonly rule: string;
  readonly reason: string;
}

export interface Links {
  /** Without gaps, oldest first. */
  readonly stretches: readonly Link[];
  readonly refusals: readonly Refusal[];
}

/**
 * Whom an identifier belongs to, stretch by stretch: the policy's reading of its claims.
 * A pure function of the claims, so trying another policy is reading them again.
 */
export function linksOf(graph: Graph, policy: Policy, node: Node): Links {
  const claims = mayShare(policy, node) ? claimsFor(graph, policy, node) : node.claims;
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

  const standing = counted(policy, claims).filter((claim) => {
    if (claim.unverified) return refuse(claim, 'E2', 'a public key may not link known people in enforce mode');
    if (claim.refused !== undefined) return refuse(claim, claim.refused, 'a limit was reached');
    return true;
  });
  if (standing.length === 0) return { stretches: [own], refusals };
  if (isRecorded(policy, node)) return { stretches: recordedStretches(standing, refusals), refusals };
  if (roleOf(policy, node.id.kind) !== 'anonymous') return named(graph, policy, node, standing, refusals, refuse);

  // [L2] A claim to a named person outranks claims to another anonymous identifier.
  const isNamed = (claim: Claim) =>
    claim.owner !== null && roleOf(policy, identifierOf(claim.owner).kind) !== 'anonymous';
  const toPeople = standing.some(isNamed)
    ? standing.filter((claim) => claim.owner === null || isNamed(claim))
    : standing;
  const owners = new Set(toPeople.filter((claim) => claim.directory !== true).map((claim) => claim.owner));
  owners.delete(null);
  // [K3] A value that points to very many people is a shared terminal or a bug, and is believed for none. The
  // directory's own profiles do not count: every logout may make one more.
  if (policy.sharedDevice === 'reach-bound')
    return {
      stretches: reachBound(withLogouts(policy, toPeople), policy.reach, personsIn(graph, policy), refuse),
      refusals,
    };
  if (owners.size > policy.caps.peoplePerIdentifier) {
    for (const claim of toPeople) refuse(claim, 'K3', 'this identifier points to too many people to be believed');
    return { stretches: [own], refusals };
  }
  switch (policy.sharedDevice) {
    case 'first-login':
      return forGood(policy, toPeople, 'first', refuse, refusals);
    case 'last-login':
      return forGood(policy, toPeople, 'last', refuse, refusals);
    case 'by-interval':
      return byInterval(withLogouts(policy, toPeople), refuse, refusals);
  }
}

/** [L6d] `afterLogout: 'last-login'`: only somebody else's login ends a stretch. */
const withLogouts = (policy: Policy, claims: readonly Claim[]): readonly Claim[] =>
  policy.afterLogout === 'nobody' ? claims : claims.filter((claim) => claim.owner !== null);

/** [L6] The person an owner is, for good: a contact is whoever's it is, and of merged people there is one. */
function personsIn(graph: Graph, policy: Policy): (owner: IdentifierKey) => IdentifierKey {
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

/** The first claim of an anonymous identifier that was only ever said to belong to one owner, under `by-interval`. */
function soleClaim(policy: Policy, node: Node, claims: readonly Claim[]): Claim | undefined {
  const first = claims[0] as Claim;
  const isSpread = policy.sharedDevice === 'by-interval' || policy.sharedDevice === 'reach-bound';
  if (first.owner === null || !isSpread) return undefined;
  if (roleOf(policy, node.id.kind) !== 'anonymous' || isRecorded(policy, node)) return undefined;
  const isSame = (claim: Claim) =>
    claim.owner === first.owner && claim.unverified === undefined && claim.refused === undefined;
  return claims.every(isSame) ? first : undefined;
}

/** [M6] Devices and contacts may be merged before anybody is known to have them. */
function mayShare(policy: Policy, node: Node): boolean {
  if (node.edges.length === 0) return false;
  const role = roleOf(policy, node.id.kind);
  return role === 'anonymous' || role === 'contact';
}

type Refuse = (claim: Claim, rule: string, reason: string) => boolean;

/** [L1] E-mails, phones and lesser logins belong to one person for good: the most trusted claim, then the first. */
function named(
  graph: Graph,
  policy: Policy,
  node: Node,
  standing: readonly Claim[],
  refusals: Refusal[],
  refuse: Refuse,
): Links {
  let winner: Claim | undefined;
  const stand: Claim[] = [];
  for (const claim of standing) {
    if (claim.owner === null) continue;
    // What stands may be said again.
    if (stand.some((one) => one.owner === claim.owner && one.trust === claim.trust)) continue;
    const why = whyUnbelievable(graph, policy, node, claim);
    if (why !== undefined) refuse(claim, why.rule, why.reason);
    else {
      stand.push(claim);
      if (winner === undefined || claim.trust > winner.trust) winner = claim;
    }
  }
  if (winner === undefined) return { stretches: [own], refusals };
  for (const claim of standing) {
    if (claim.owner !== null && claim.owner !== winner.owner && !refusals.some((refusal) => refusal.claim === claim))
      refuse(claim, 'L1', 'this identifier already belongs to somebody else');
  }
  return { stretches: [{ ...always, owner: winner.owner, claim: winner, rule: 'L1' }], refusals };
}

/** [L5] A public key may not carry an e-mail or login that somebody more trusted, or somebody known, already had into another person. */
function whyUnbelievable(
  graph: Graph,
  policy: Policy,
  node: Node,
  claim: Claim,
): { rule: string; reason: string } | undefined {
  if (claim.trust >= policy.mergeTrust) return undefined;
  // Was it ever named by anyone more trusted, anywhere in the log? When, its sender would choose.
  if (node.trust > claim.trust) return { rule: 'S10', reason: 'a more trusted sender knows this identifier' };
  if (roleOf(policy, node.id.kind) !== 'login') return undefined;
  const owner = graph.node(claim.owner as IdentifierKey);
  const metHere = (one: Node | undefined) => one !== undefined && compareSights(policy.order, one.met, claim) === 0;
  if (metHere(node) || metHere(owner)) return undefined;
  return { rule: 'S11', reason: 'both people were known already; only a trusted merge joins them' };
}

/** [L3] `first-login` and `last-login`: one owner for all time. */
function forGood(
  policy: Policy,
  claims: readonly Claim[],
  which: 'first' | 'last',
  refuse: Refuse,
  refusals: Refusal[],
): Links {
  let winner: Claim | undefined;
  for (const claim of claims) {
    if (claim.owner === null) continue;
    if (winner === undefined) winner = claim;
    else if (which === 'last' ? claim.trust >= winner.trust : policy.order === 'time' && claim.trust > winner.trust)
      winner = claim;
  }
  if (winner === undefined) return { stretches: [own], refusals };
  for (const claim of claims) {
    if (claim.owner !== null && claim.owner !== winner.owner)
      refuse(
        claim,
        which === 'first' ? 'L3a' : 'L3b',
        which === 'first'
          ? 'somebody else logged in on this device first'
          : 'somebody else logged in on this device later',
      );
  }
  const first = claims.find((claim) => claim.owner === winner.owner) as Claim;
  return {
    stretches: [
      {
        ...always,
        owner: winner.owner,
        claim: which === 'first' ? winner : first,
        rule: which === 'first' ? 'L3a' : 'L3b',
      },
    ],
    refusals,
  };
}

/** [L6] `by-interval`: the login that encloses a moment; before the first login, that login; after a logout, nobody. */
const byInterval = (claims: readonly Claim[], refuse: Refuse, refusals: Refusal[]): Links => ({
  stretches: byTrust(claims, intervals, (claim, owner) => {
    if (claim.owner !== owner) refuse(claim, 'S10', 'a more trusted sender says who uses this device');
  }),
  refusals,
});

/** The intervals of claims that all count. */
function intervals(claims: readonly Claim[]): readonly Link[] {
  const stretches: { from: Instant; to: Instant; owner: IdentifierKey | null; claim: Claim | null; rule: string }[] =
    [];
  for (const claim of claims) {
    const now = stretches.at(-1);
    if (now !== undefined && now.owner === claim.owner) continue;
    const from = now === undefined && claim.owner !== null ? always.from : claim.time;
    if (now === undefined && claim.owner === null) stretches.push({ ...own, to: from, rule: 'L6c' });
    if (now !== undefined) now.to = from;
    stretches.push({
      from,
      to: always.to,
      owner: claim.owner,
      claim: claim.owner === null ? null : claim,
      rule: claim.owner === null ? 'L6c' : now === undefined ? 'L6b' : 'L6a',
    });
  }
  return stretches.length === 0 ? [own] : stretches.filter((one) => one.from < one.to);
}
