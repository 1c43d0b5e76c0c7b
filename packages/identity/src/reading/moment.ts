import { counted } from '../evidence/changes-of-hands.ts';
import { changed, isRefused, LONG, type Sums, summedUp, sumsOf } from '../evidence/claim-sums.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { Notes } from '../evidence/notes.ts';
import { limitPerDay } from '../policy/breaker.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Instant } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import { intervalAt } from './by-interval.ts';
import { joins } from './cluster.ts';
import { ownerForGood } from './for-good.ts';
import { type Moment, own } from './link.ts';
import type { PersonOf } from './reach.ts';
import { reachAt } from './reach-at.ts';
import { claimsInCommon } from './shared-claims.ts';

/**
 * Of an identifier of which much was said, whose it is at one moment, ms, as {@link linksOf} says; undefined where that
 * takes a reading of all of it, or where little was said.
 */
export function momentOf(
  graph: Graph,
  policy: Policy,
  node: Node,
  time: Instant,
  personOf: PersonOf,
): Moment | undefined {
  // Who asks of many moments reads them all once.
  if (graph instanceof GraphAtRest || (node.claims.length <= LONG && node.edges.length === 0)) return undefined;
  if (roleOf(policy, node.id.kind) !== 'anonymous') return undefined;
  // [M6] What was said of those that merges made one with it.
  const listed = node.edges.some(joins) ? claimsInCommon(graph, policy, node) : node.claims;
  if (listed === undefined || listed.length <= LONG) return undefined;
  const claims = standing(policy, listed);
  if (claims.length === 0) return { ...own, trust: 0 };
  const limit = limitPerDay(policy, node.id.kind, node.key);
  if (limit !== undefined && claims.length > limit) return undefined;
  const sums = sumsOf(claims);
  // [U5] A pin, [R6] a word of the directory.
  if (sums.ofDirectory > 0 || sums.byTrust[3].claims > 0) return undefined;
  // [L2] Claims to people outrank those to other devices.
  const ranks = new Set([...sums.kinds].map(([kind, times]) => times > 0 && roleOf(policy, kind) === 'anonymous'));
  return ranks.size > 1 ? undefined : momentIn(policy, claims, sums, time, personOf);
}

const known = new Notes<readonly Claim[], readonly Claim[]>();

/** The claims that count, [K4] between which some were forgotten, without those that are refused or unverified. */
function standing(policy: Policy, listed: readonly Claim[]): readonly Claim[] {
  const claims = counted(policy, listed);
  const sums = sumsOf(claims);
  if (sums.refused === 0) return claims;
  if (sums.refused === claims.length) return [];
  let stand = known.get(claims);
  if (stand === undefined) {
    stand = claims.filter((claim) => !isRefused(claim));
    known.set(claims, summedUp(stand, changed(sums, claims.filter(isRefused), [])));
  }
  return stand;
}

/** The same of claims that all stand. */
function momentIn(
  policy: Policy,
  claims: readonly Claim[],
  sums: Sums,
  time: Instant,
  personOf: PersonOf,
): Moment | undefined {
  const { sharedDevice, order, afterLogout } = policy;
  if (sharedDevice === 'reach-bound')
    return order === 'time' && afterLogout === 'nobody'
      ? reachAt(claims, sums, policy.reach, personOf, time)
      : undefined;
  const isCrowd = isCrowded(policy, sums);
  if (isCrowd === undefined) return undefined;
  const logins = sums.byTrust.map((sum, trust) => (trust === 0 && isCrowd ? 0 : sum.claims - sum.logouts));
  if (sharedDevice === 'by-interval' && order === 'arrival') return undefined;
  const found =
    sharedDevice === 'by-interval'
      ? intervalAt(policy, claims, logins, time)
      : ownerForGood(policy, claims, logins, sharedDevice === 'first-login' ? 'first' : 'last');
  return isCrowd ? { ...found, isCrowd } : found;
}

/** [K3] Do public keys name more owners than they are believed for? Undefined where that takes counting all of them. */
function isCrowded({ caps }: Policy, { byTrust }: Sums): boolean | undefined {
  const { claims, logouts, owners, others } = byTrust[0];
  if (claims - logouts <= caps.peoplePerIdentifier) return false;
  if (owners.size > caps.peoplePerIdentifier) return true;
  return others > 0 ? undefined : false;
}
