import type { Node } from '../evidence/graph.ts';
import { membersOf } from '../reading/cluster.ts';
import { ownerAt } from '../reading/links.ts';
import type { Conflict, Decision, Fact, Founded, Merged, Met } from '../words/fact.ts';
import type { Identifier } from '../words/ids.ts';
import type { Note } from '../words/verdict.ts';
import { isOverDay, undoDay } from './breaker.ts';
import { isOverTogether } from './caps.ts';
import type { Plan } from './plan.ts';

/** The rule that refuses to make two identifiers one, and a vendor's own words for it. */
export interface Objection extends Pick<Note, 'code' | 'text'> {
  readonly rule: string;
}

/** Joins two identifiers, or keeps why not. Used by Merge and Join. */
export function joinNodes(
  plan: Plan,
  one: Identifier,
  other: Identifier,
  how: Merged['how'],
  objection: Objection | undefined,
): Decision {
  const { policy, entry, facts } = plan;
  const [a, b] = [plan.meet(one), plan.meet(other)];
  const [left, right] = [plan.node(a), plan.node(b)];
  const { together, size } = measured(plan, left, right);
  const isFull = objection === undefined && !together && isOverTogether(plan, a, b, size);
  const isTripped = isOverDay(policy, entry, left, b) || isOverDay(policy, entry, right, a);
  const limit = isFull ? 'K2' : isTripped ? 'K6' : undefined;
  const { rule, ...why } = objection ?? { rule: limit };
  const ends = { one: a, other: b, how };
  plan.say(rule === undefined ? { type: 'merged', ...ends } : { type: 'conflict', ...ends, rule });
  if (rule === undefined || rule === 'K6') for (const end of [left, right]) undoDay(plan, end);
  const person = ownerAt(plan.graph, policy, a, entry.time)?.person;
  const outcome = { anchor: one, ...(person === undefined ? {} : { person }) };
  if (rule === undefined) {
    const joined = how === 'merge' ? 'M1' : 'J0';
    const note: Note = { effect: 'joined', rule: joined, reason: 'two people became one', one: a, other: b };
    return { verdict: { status: 'applied', ...outcome, notes: together ? [] : [note] }, facts };
  }
  const reason = reasonOf(rule);
  const notes: readonly Note[] = [{ effect: 'refused', rule, reason, one: a, other: b, ...why }];
  if (rule === 'S11')
    return { verdict: { status: 'rejected', rule, reason, ...outcome, notes }, facts: facts.filter(isOfConflict) };
  const status = (rule === 'K2' && how === 'merge') || rule === 'K6' ? 'quarantined' : 'applied';
  return { verdict: { status, rule, reason, ...outcome, notes }, facts };
}

/** Are two one already, and how many identifiers would they be together? */
function measured({ graph }: Plan, one: Node, other: Node): { together: boolean; size: number } {
  const [left, right] = [membersOf(graph, one), membersOf(graph, other)];
  const size = [...left, ...right].reduce((sum, member) => sum + 1 + member.below.length, 0);
  return { together: left.some((node) => node.key === other.key), size };
}

const isOfConflict = (fact: Fact): fact is Founded | Met | Conflict =>
  fact.type === 'founded' || fact.type === 'met' || fact.type === 'conflict';

function reasonOf(rule: string): string {
  if (rule === 'K2') return 'the person has as many identifiers as the limit allows';
  if (rule === 'K6') return 'one of the two was merged with too many people on one day';
  if (rule === 'S11') return 'a public key may not join two known people';
  return 'the vendor’s merge rules refuse it';
}
