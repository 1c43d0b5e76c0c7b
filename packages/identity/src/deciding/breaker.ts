import type { Edge, Node } from '../evidence/graph.ts';
import { dayOf, limitPerDay } from '../policy/breaker.ts';
import type { Policy } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Plan } from './plan.ts';

/** An operator's merge is meant. */
const counts = (edge: Pick<Edge, 'how' | 'trust' | 'refused'>): boolean =>
  edge.how !== 'together' && edge.trust < 3 && (edge.refused === undefined || edge.refused === 'K6');

/**
 * [K6] Whether one more merge gives an identifier more people on its day than the breaker allows. It goes by the merges
 * that were told of that day, in whatever order they came.
 */
export function isOverDay(policy: Policy, { time, trust }: Entry, { key, id, edges }: Node, other: Node): boolean {
  const limit = limitPerDay(policy, id.kind, key);
  if (limit === undefined || trust === 3) return false;
  const day = edges.filter((edge) => counts(edge) && dayOf(edge.time) === dayOf(time));
  return (
    day.some(({ refused }) => refused === 'K6') || new Set([...day.map((edge) => edge.other), other.key]).size > limit
  );
}

/** [K6] The merges of that day join nobody any more. */
export function undoDay(plan: Plan, key: IdentifierKey): void {
  const isTheirs = (edge: Edge) =>
    counts(edge) && edge.refused === undefined && dayOf(edge.time) === dayOf(plan.entry.time);
  for (const { other, position } of plan.node(key).edges.filter(isTheirs))
    plan.say({ type: 'parted', one: key, other, merge: position, rule: 'K6' });
}
