import { LONG, sumsOf } from '../evidence/claim-sums.ts';
import type { Graph, Node } from '../evidence/graph.ts';
import { limitPerDay } from '../policy/breaker.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Instant } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import { joins } from './cluster.ts';
import type { PersonOf } from './reach.ts';
import { type Moment, reachAt } from './reach-at.ts';
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
  if (policy.sharedDevice !== 'reach-bound' || policy.order !== 'time' || policy.afterLogout !== 'nobody')
    return undefined;
  if (roleOf(policy, node.id.kind) !== 'anonymous') return undefined;
  // [M6] What was said of those that merges made one with it.
  const claims = node.edges.some(joins) ? claimsInCommon(graph, policy, node) : node.claims;
  if (claims === undefined || claims.length <= LONG) return undefined;
  const limit = limitPerDay(policy, node.id.kind, node.key);
  if (limit !== undefined && claims.length > limit) return undefined;
  const sums = sumsOf(claims);
  const { byTrust, kinds, odd } = sums;
  // [U5] A pin, [K4] what was forgotten between others.
  if (odd > 0 || byTrust[3].claims > 0 || byTrust[0].claims > 2 * policy.caps.changes) return undefined;
  // [L2] Claims to people outrank those to other devices.
  const ranks = new Set([...kinds].map(([kind, times]) => times > 0 && roleOf(policy, kind) === 'anonymous'));
  return ranks.size > 1 ? undefined : reachAt(claims, sums, policy.reach, personOf, time);
}
