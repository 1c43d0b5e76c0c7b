import type { Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { cluster, joins } from '../reading/cluster.ts';
import type { Entry, Join } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { isAnonymousShape, isOwnDevice } from '../words/stand-in.ts';
import type { Note } from '../words/verdict.ts';
import { admit } from './admit.ts';
import { asCopy } from './copy.ts';
import { joinNodes } from './join-nodes.ts';
import { Plan } from './plan.ts';

/** Mixpanel's original merge. The checks run in the vendor's order; a refused edit is kept with the vendor's reason. */
export function decideJoin(graph: Graph, rules: Rules, entry: Entry, join: Join): Decision {
  // [G3] An edit makes the two one, so it is of both.
  const named = { ids: [join.one, join.other], whoseNo: 'each', belief: 'all' } as const;
  const admitted = admit(graph, rules.policy, entry, named);
  if ('verdict' in admitted) return unchanged(admitted.verdict);
  return asCopy(admitted, edit(new Plan(graph, rules, entry), join, admitted.ids.length));
}

/** The edit itself. `distinct`: how many different ids it names. */
function edit(plan: Plan, { how, one, other }: Join, distinct: number): Decision {
  const { before: graph, policy, entry } = plan;
  const refuse = (rule: string, code: string, text: string): Decision => {
    if (distinct >= 2) return joinNodes(plan, one, other, how, { rule, code, text });
    const reason = 'the vendor’s merge rules refuse it';
    const notes: readonly Note[] = [{ effect: 'refused', rule, reason, code, text }];
    return { verdict: { status: 'applied', rule, reason, notes }, facts: [] };
  };

  // [J1] An id is not merged with itself.
  if (distinct < 2)
    return refuse('J1', 'errSameIDs', `Identified and anon ID are same in the identify request ${one.value}`);
  const anonymous = graph.node(keyOf(other));
  if (how === 'identify') {
    if (!isAnonymousShape(other.value))
      return refuse(
        'J2',
        'errAnonDistinctIdNonGUIDForm',
        `$anon_distinct_id didn't match expected GUID pattern: ${other.value}`,
      );
    // [J3] An anonymous id is identified once; aliases and merges do not count.
    if (
      anonymous?.edges.some(
        (edge) => edge.how === 'identify' && !edge.identified && joins(edge) && edge.other !== keyOf(one),
      )
    )
      return refuse('J3', 'errAnonDistinctIdAssignedAlready', `$anon_distinct_id already identified: ${other.value}`);
  }
  // [J4] An alias is given once.
  if (how === 'alias' && anonymous?.edges.some((edge) => edge.how === 'alias' && !edge.identified && joins(edge)))
    return refuse('J4', 'errAliasAlreadyExists', 'alias already exists with the id');
  // [J6] A public key never joins two clusters that both hold a known id (S11), an alias neither; the vendor's import may.
  const mayNotJoin = bothKnown(graph, policy, one, other) || (how === 'identify' && isTaken(graph, one, other));
  if (entry.trust < policy.mergeTrust && mayNotJoin)
    return refuse('S11', 'errAnonDistinctIdAssignedAlready', `$anon_distinct_id already identified: ${other.value}`);
  // [J5] A cluster has a largest size.
  const size = clusterSize(graph, one, other);
  if (size > policy.caps.perPerson)
    return refuse(
      'J5',
      'errManyIDs',
      `too many distinctIDs mapped together, Cluster size: ${size} Max limit: ${policy.caps.perPerson}`,
    );
  return joinNodes(plan, one, other, how, undefined);
}

function members(graph: Graph, id: Identifier): readonly Node[] {
  const node = graph.node(keyOf(id));
  return node === undefined ? [] : cluster(graph, node);
}

function bothKnown(graph: Graph, policy: Policy, one: Identifier, other: Identifier): boolean {
  const mine = members(graph, one);
  const theirs = members(graph, other);
  if (mine.some((node) => theirs.includes(node))) return false;
  return mine.some((node) => isSomebody(policy, node)) && theirs.some((node) => isSomebody(policy, node));
}

/**
 * An id that was identified, or one that the customer's backend knows: it tells of its own users. What the vendor's
 * SDKs mark as a device's is nobody's name.
 */
const isSomebody = (policy: Policy, node: Node): boolean => isIdentified(node) || isBackends(policy, node);

const isIdentified = (node: Node): boolean => node.edges.some((edge) => edge.identified === true && joins(edge));

const isBackends = (policy: Policy, node: Node): boolean =>
  node.trust >= policy.mergeTrust && !isOwnDevice(node.id.value);

/** Is what a page calls anonymous somebody's own identified id, and not this user's? An SDK whose user changed sends the last one. */
function isTaken(graph: Graph, one: Identifier, other: Identifier): boolean {
  const anonymous = graph.node(keyOf(other));
  return (
    anonymous !== undefined &&
    isIdentified(anonymous) &&
    !members(graph, one).some((node) => node.key === anonymous.key)
  );
}

function clusterSize(graph: Graph, one: Identifier, other: Identifier): number {
  const keys = new Set([...members(graph, one), ...members(graph, other)].map((node) => node.key));
  return new Set([...keys, keyOf(one), keyOf(other)]).size;
}
