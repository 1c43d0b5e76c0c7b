import { MOST_REFUSED } from '../evidence/edges.ts';
import type { Edge, Node } from '../evidence/graph.ts';
import { dayOf, limitPerDay } from '../policy/breaker.ts';
import type { Policy } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import type { IdentifierKey, Instant, Trust } from '../words/ids.ts';
import type { Plan } from './plan.ts';

/** An operator's merge is meant. */
const counts = (edge: Pick<Edge, 'how' | 'trust' | 'refused'>): boolean =>
  edge.how !== 'together' && edge.trust < 3 && (edge.refused === undefined || edge.refused === 'K6');

/** What was told of a day, in whatever order it came: a merge that the breaker refused was told too. */
const toldOf = ({ edges }: Node, time: Instant): readonly Edge[] =>
  edges.filter((edge) => counts(edge) && dayOf(edge.time) === dayOf(time));

/** With how many an identifier was merged by those of at least this trust: a page's merges part none of a backend's [S10]. */
export const reach = (
  day: readonly Pick<Edge, 'trust' | 'other'>[],
  trust: Trust,
  more: readonly IdentifierKey[] = [],
): number => new Set([...day.filter((edge) => edge.trust >= trust).map((edge) => edge.other), ...more]).size;

/** [K6] Whether one more merge gives an identifier more people on its day than the breaker allows. */
export function isOverDay(policy: Policy, { time, trust }: Entry, node: Node, other: IdentifierKey): boolean {
  const limit = limitOver(policy, node);
  return limit !== undefined && trust < 3 && reach(toldOf(node, time), trust, [other]) > limit;
}

/** [K6] The merges of that day that stood before join nobody any more. */
export function undoDay(plan: Plan, node: Node): void {
  const limit = limitOver(plan.policy, node);
  if (limit === undefined) return;
  const day = toldOf(plan.node(node.key), plan.entry.time);
  for (const { other, position, trust, refused } of day)
    if (refused === undefined && reach(day, trust) > limit)
      plan.say({ type: 'parted', one: node.key, other, merge: position, rule: 'K6' });
}

/**
 * [K6] Is it this end that was merged with too many, and not only one of those? Of its refused merges some may be
 * forgotten ([M7]).
 */
export function isMergedTooOften(policy: Policy, node: Node): boolean {
  const limit = limitPerDay(policy, node.id.kind, node.key);
  if (limit === undefined) return false;
  const most = Math.min(limit, MOST_REFUSED - 1);
  return node.edges.some(({ refused, time, trust }) => refused === 'K6' && reach(toldOf(node, time), trust) > most);
}

/** The limit that one more merge may go over. */
function limitOver(policy: Policy, { id, key, edges }: Node): number | undefined {
  const limit = limitPerDay(policy, id.kind, key);
  return limit !== undefined && edges.length >= limit ? limit : undefined;
}
