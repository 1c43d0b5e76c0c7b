import type { Draft, Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { cluster, joins } from '../reading/cluster.ts';
import type { Entry, Join } from '../words/command.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import type { Verdict } from '../words/verdict.ts';
import { admit } from './admit.ts';
import { joinNodes } from './edge.ts';

/** [J2] The shape of an anonymous id: five groups, perhaps after `$device:`. */
const guid = /^(\$device:)?[0-9a-z]+(-[0-9a-z]+){4}$/i;

/** Mixpanel's original merge. The checks run in the vendor's order; a refused edit is kept with the vendor's reason. */
export function decideJoin(draft: Draft, rules: Rules, entry: Entry, join: Join): Verdict {
  // [G3] An edit makes the two one, so it is of both.
  const named = { ids: [join.one, join.other], whoseNo: 'each', belief: 'all' } as const;
  const admitted = admit(draft, rules.policy, entry, named);
  if ('verdict' in admitted) return admitted.verdict;
  const verdict = edit(draft, rules, entry, join, admitted.ids.length);
  // [D2] A later copy replaces the event; what it says of ids was said before.
  return admitted.copy === 'D2' && verdict.status === 'applied'
    ? { ...verdict, status: 'duplicate', rule: 'D2' }
    : verdict;
}

/** The edit itself. `distinct`: how many different ids it names. */
function edit(draft: Draft, rules: Rules, entry: Entry, { how, one, other }: Join, distinct: number): Verdict {
  const refuse = (rule: string, code: string, text: string): Verdict => {
    if (distinct < 2)
      return {
        status: 'applied',
        rule,
        reason: 'the vendor’s merge rules refuse it',
        notes: [{ effect: 'refused', rule, reason: 'the vendor’s merge rules refuse it', code, text }],
      };
    return joinNodes(draft, rules, entry, one, other, how, rule, { code, text });
  };

  // [J1] An id is not merged with itself.
  if (distinct < 2)
    return refuse('J1', 'errSameIDs', `Identified and anon ID are same in the identify request ${one.value}`);
  const anonymous = draft.node(keyOf(other));
  if (how === 'identify') {
    if (!guid.test(other.value))
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
  const mayNotJoin = bothKnown(draft, rules.policy, one, other) || (how === 'identify' && isTaken(draft, one, other));
  if (entry.trust < rules.policy.mergeTrust && mayNotJoin)
    return refuse('S11', 'errAnonDistinctIdAssignedAlready', `$anon_distinct_id already identified: ${other.value}`);
  // [J5] A cluster has a largest size.
  const size = clusterSize(draft, one, other);
  if (size > rules.policy.caps.perPerson)
    return refuse(
      'J5',
      'errManyIDs',
      `too many distinctIDs mapped together, Cluster size: ${size} Max limit: ${rules.policy.caps.perPerson}`,
    );
  return joinNodes(draft, rules, entry, one, other, how, undefined);
}

function members(draft: Draft, id: Identifier): readonly Node[] {
  const node = draft.node(keyOf(id));
  return node === undefined ? [] : cluster(draft, node);
}

function bothKnown(draft: Draft, policy: Policy, one: Identifier, other: Identifier): boolean {
  const mine = members(draft, one);
  const theirs = members(draft, other);
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
  node.trust >= policy.mergeTrust && !node.id.value.startsWith('$device:');

/** Is what a page calls anonymous somebody's own identified id, and not this user's? An SDK whose user changed sends the last one. */
function isTaken(draft: Draft, one: Identifier, other: Identifier): boolean {
  const anonymous = draft.node(keyOf(other));
  return (
    anonymous !== undefined &&
    isIdentified(anonymous) &&
    !members(draft, one).some((node) => node.key === anonymous.key)
  );
}

function clusterSize(draft: Draft, one: Identifier, other: Identifier): number {
  const keys = new Set([...members(draft, one), ...members(draft, other)].map((node) => node.key));
  return new Set([...keys, keyOf(one), keyOf(other)]).size;
}
