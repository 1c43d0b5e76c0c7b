import { PROFILE } from '../directory/record.ts';
import type { Draft } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import { isOfDenied } from '../reading/consent.ts';
import { ownerAt } from '../reading/links.ts';
import type { Entry, Merge } from '../words/command.ts';
import { type Identifier, keyOf } from '../words/ids.ts';
import { rejected, suppressed, type Verdict } from '../words/verdict.ts';
import { joinNodes } from './edge.ts';
import { decideItem } from './item.ts';
import { readIds } from './read-ids.ts';

/** [M1] Two known people are joined by a trusted word and by nothing else. */
export function decideMerge(draft: Draft, rules: Rules, entry: Entry, command: Merge): Verdict {
  const { policy } = rules;
  const read = readIds(policy, [command.one, command.other]);
  if ('problem' in read) return rejected('V1', read.problem);
  if (entry.repeats !== undefined) return { status: 'duplicate', rule: 'D1', repeats: entry.repeats, notes: [] };
  const [strong, weak] = read.ids;
  if (strong === undefined || weak === undefined) return rejected('M4', 'a merge names two different identifiers');
  // [M3] A device is not merged with a person, it is used by one: that is evidence like any other.
  const [role, above] = [roleOf(policy, weak.kind), roleOf(policy, strong.kind)];
  if ((role === 'anonymous' && above !== 'anonymous') || (role === 'contact' && above === 'login'))
    return decideItem(draft, rules, entry, read.ids, { type: 'Identify', ids: read.ids });
  // [G3] Nothing is stored of either while one of them says no.
  const met = read.ids.map((id) => draft.node(keyOf(id)));
  if (met.some((node) => node !== undefined && isOfDenied(draft, policy, node, entry.time))) return suppressed();
  // [M6] Two devices are no two known people: anybody may say that they are one visitor's.
  if (role === 'anonymous') return joinNodes(draft, rules, entry, strong, weak, 'merge', undefined);
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
