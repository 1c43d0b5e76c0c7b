import type { Edge, Graph, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { cluster, clusterByTrusted, joins } from '../reading/cluster.ts';
import type { Entry, Join } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { isAnonymousShape } from '../words/stand-in.ts';
import type { Note } from '../words/verdict.ts';
import { type Admitted, admit } from './admit.ts';
import { believable } from './believe.ts';
import { asCopy } from './copy.ts';
import { isIdentified, isSomebody } from './handle.ts';
import { tellItem } from './item.ts';
import { joinNodes } from './join-nodes.ts';
import { Plan } from './plan.ts';

/** Mixpanel's original merge. The checks run in the vendor's order; a refused edit is kept with the vendor's reason. */
export function decideJoin(graph: Graph, rules: Rules, entry: Entry, join: Join): Decision {
  // [G3] An edit makes the two one, so it is of both.
  const named = { ids: [join.one, join.other], whoseNo: 'each', belief: 'all' } as const;
  const admitted = admit(graph, rules.policy, entry, named);
  if ('verdict' in admitted) return unchanged(admitted.verdict);
  return asCopy(admitted, edit(new Plan(graph, rules, entry), join, admitted));
}

/** The edit itself. */
function edit(plan: Plan, { how, one, other }: Join, admitted: Admitted): Decision {
  const { before: graph, policy, entry } = plan;
  const distinct = admitted.ids.length;
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
    if (anonymous?.edges.some((edge) => isGiven(edge, 'identify', entry) && edge.other !== keyOf(one)))
      return refuse('J3', 'errAnonDistinctIdAssignedAlready', `$anon_distinct_id already identified: ${other.value}`);
  }
  // [J4] An alias is given once.
  if (how === 'alias' && anonymous?.edges.some((edge) => isGiven(edge, 'alias', entry)))
    return refuse('J4', 'errAliasAlreadyExists', 'alias already exists with the id');
  // [J6] A public key never joins two clusters that both hold a known id (S11), an alias neither; the vendor's import may.
  const mayNotJoin = bothKnown(graph, policy, one, other) || (how === 'identify' && isTaken(graph, one, other));
  if (entry.trust < policy.mergeTrust && mayNotJoin)
    return refuse('S11', 'errAnonDistinctIdAssignedAlready', `$anon_distinct_id already identified: ${other.value}`);
  // [E2] In enforce a page joins nobody to whom it names: its backend does, who signs that name beside it.
  const believed = believable(graph, policy, entry, admitted.ids);
  if (believed.unverified !== undefined)
    return tellItem(plan, { ...admitted, ...believed }, { type: 'Identify', ids: believed.ids });
  // [J5] A cluster has a largest size.
  const size = clusterSize(graph, entry, one, other);
  if (size > policy.caps.perPerson)
    return refuse(
      'J5',
      'errManyIDs',
      `too many distinctIDs mapped together, Cluster size: ${size} Max limit: ${policy.caps.perPerson}`,
    );
  const joined = joinNodes(plan, one, other, how, undefined);
  return joined.verdict.status === 'applied'
    ? { verdict: { ...joined.verdict, notes: [...believed.notes, ...joined.verdict.notes] }, facts: joined.facts }
    : joined;
}

/** Was an id given to somebody by such an edit? [S10] What pages said keeps nobody more trusted from saying it. */
const isGiven = (edge: Edge, how: Edge['how'], { trust }: Entry): boolean =>
  edge.how === how && edge.identified !== true && joins(edge) && (edge.trust > 0 || trust === 0);

function members(graph: Graph, id: Identifier, counts = cluster): readonly Node[] {
  const node = graph.node(keyOf(id));
  return node === undefined ? [] : counts(graph, node);
}

function bothKnown(graph: Graph, policy: Policy, one: Identifier, other: Identifier): boolean {
  const mine = members(graph, one);
  const theirs = members(graph, other);
  if (mine.some(({ key }) => theirs.some((node) => node.key === key))) return false;
  return mine.some((node) => isSomebody(policy, node)) && theirs.some((node) => isSomebody(policy, node));
}

/** Is what a page calls anonymous somebody's own identified id, and not this user's? An SDK whose user changed sends the last one. */
function isTaken(graph: Graph, one: Identifier, other: Identifier): boolean {
  const anonymous = graph.node(keyOf(other));
  return (
    anonymous !== undefined &&
    isIdentified(anonymous) &&
    !members(graph, one).some((node) => node.key === anonymous.key)
  );
}

/** [S10] What pages joined fills no limit of anybody more trusted. */
function clusterSize(graph: Graph, { trust }: Entry, one: Identifier, other: Identifier): number {
  const counts = trust === 0 ? cluster : clusterByTrusted;
  const keys = [one, other].flatMap((id) => members(graph, id, counts).map((node) => node.key));
  return new Set([...keys, keyOf(one), keyOf(other)]).size;
}
