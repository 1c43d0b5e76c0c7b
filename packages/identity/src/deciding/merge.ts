import { PROFILE } from '../directory/record.ts';
import type { Draft } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { ownerAt } from '../reading/links.ts';
import type { Entry, Merge } from '../words/command.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { rejected, type Verdict } from '../words/verdict.ts';
import { admit } from './admit.ts';
import { joinNodes } from './edge.ts';
import { evidence, tellItem } from './item.ts';

/** [M1] Two known people are joined by a trusted word and by nothing else. */
export function decideMerge(draft: Draft, rules: Rules, entry: Entry, command: Merge): Verdict {
  const { policy } = rules;
  const ids = [command.one, command.other];
  const isUse = saysUse(policy, command);
  // [G3] A merge is of both.
  const asked = isUse ? evidence : ({ whoseNo: 'each', belief: 'all' } as const);
  const admitted = admit(draft, policy, entry, { ...asked, ids, unfit: alone });
  if ('verdict' in admitted) return admitted.verdict;
  if (isUse) return tellItem(draft, rules, entry, admitted, { type: 'Identify', ids });
  const [strong, weak] = admitted.ids as [Identifier, Identifier];
  const verdict = join(draft, rules, entry, strong, weak);
  // [D2] A later copy replaces the event; what it says of ids was said before.
  return admitted.copy === 'D2' && verdict.status === 'applied'
    ? { ...verdict, status: 'duplicate', rule: 'D2' }
    : verdict;
}

/** [M4] */
const alone = (ids: readonly Identifier[]): Verdict | undefined =>
  ids.length < 2 ? rejected('M4', 'a merge names two different identifiers') : undefined;

/** [M3] A device is not merged with a person, it is used by one: that is evidence like any other. So is a person's contact. */
function saysUse(policy: Policy, { one, other }: Merge): boolean {
  const roles = [roleOf(policy, one.kind), roleOf(policy, other.kind)];
  const isDevices = roles.filter((role) => role === 'anonymous').length === 1;
  return isDevices || (roles.includes('contact') && roles.includes('login'));
}

function join(draft: Draft, rules: Rules, entry: Entry, strong: Identifier, weak: Identifier): Verdict {
  const { policy } = rules;
  // [M6] Two devices are no two known people: anybody may say that they are one visitor's.
  if (roleOf(policy, weak.kind) === 'anonymous')
    return joinNodes(draft, rules, entry, strong, weak, 'merge', undefined);
  const refused = entry.trust < policy.mergeTrust ? 'S11' : undefined;
  const [one, other] = [profileOf(draft, policy, entry, strong), profileOf(draft, policy, entry, weak)];
  if (keyOf(one) === keyOf(other)) return { status: 'applied', anchor: one, notes: [] };
  return joinNodes(draft, rules, entry, one, other, 'merge', refused);
}

/** [M5] An identifier of a directory's record is merged as the profile that has it. */
function profileOf(draft: Draft, policy: Policy, entry: Entry, id: Identifier): Identifier {
  const owner = ownerAt(draft, policy, keyOf(id), entry.time);
  return owner?.id.kind === PROFILE ? owner.id : id;
}
