import { profileNow } from '../directory/merge-along.ts';
import { confirm, holds } from '../directory/record.ts';
import type { Graph } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import type { Entry, Merge } from '../words/command.ts';
import { type Decision, unchanged } from '../words/fact.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { type Judged, rejected } from '../words/verdict.ts';
import { admit } from './admit.ts';
import { asCopy } from './copy.ts';
import { tellItem } from './item.ts';
import { joinNodes } from './join-nodes.ts';
import { Plan } from './plan.ts';

/** [M1] Two known people are joined by a trusted word and by nothing else. */
export function decideMerge(graph: Graph, rules: Rules, entry: Entry, command: Merge): Decision {
  const { policy } = rules;
  const ids = [command.one, command.other];
  const isUse = saysUse(policy, command);
  // [G3] A merge is of both.
  const asked = isUse
    ? ({ whoseNo: 'anchor', belief: 'evidence' } as const)
    : ({ whoseNo: 'each', belief: 'all' } as const);
  const admitted = admit(graph, policy, entry, { ...asked, ids, unfit: alone });
  if ('verdict' in admitted) return unchanged(admitted.verdict);
  const plan = new Plan(graph, rules, entry);
  if (isUse) return tellItem(plan, admitted, { type: 'Identify', ids });
  const [strong, weak] = admitted.ids as [Identifier, Identifier];
  return asCopy(admitted, join(plan, strong, weak));
}

/** [M4] */
const alone = (ids: readonly Identifier[]): Judged<'rejected'> | undefined =>
  ids.length < 2 ? rejected('M4', 'a merge names two different identifiers') : undefined;

/** [M3] A device is not merged with a person, it is used by one: that is evidence like any other. So is a person's contact. */
function saysUse(policy: Policy, { one, other }: Merge): boolean {
  const roles = [roleOf(policy, one.kind), roleOf(policy, other.kind)];
  const isDevices = roles.filter((role) => role === 'anonymous').length === 1;
  return isDevices || (roles.includes('contact') && roles.includes('login'));
}

function join(plan: Plan, strong: Identifier, weak: Identifier): Decision {
  const { policy, entry } = plan;
  // [M6] Two devices are no two known people: anybody may say that they are one visitor's.
  if (roleOf(policy, weak.kind) === 'anonymous') return joinNodes(plan, strong, weak, 'merge', undefined);
  const objection = entry.trust < policy.mergeTrust ? { rule: 'S11' } : undefined;
  const profileOf = (id: Identifier) =>
    objection === undefined ? profileHaving(plan, id) : profileNow(plan, keyOf(id));
  const [one, other] = [profileOf(strong), profileOf(weak)];
  if (keyOf(one) === keyOf(other)) return { verdict: { status: 'applied', anchor: one, notes: [] }, facts: [] };
  if (objection === undefined) {
    confirmIn(plan, one, strong);
    confirmIn(plan, other, weak);
  }
  return joinNodes(plan, one, other, 'merge', objection);
}

/** [S10] The same where somebody so trusted names it: a page's word may not give it to a profile any more. */
function profileHaving(plan: Plan, id: Identifier): Identifier {
  const key = keyOf(id);
  if (keyOf(profileNow(plan, key)) === key) return id;
  plan.meet(id);
  return profileNow(plan, key);
}

/** [S10] What is merged as a profile is that profile's by the word of whoever merges, so no page puts another in its place. */
function confirmIn(plan: Plan, profile: Identifier, id: Identifier): void {
  const holder = plan.graph.node(keyOf(profile));
  if (holder !== undefined && holds(holder, keyOf(id))) confirm(plan, keyOf(id), keyOf(profile));
}
