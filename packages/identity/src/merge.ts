import type { Entry, Merge } from './command.ts';
import { isOfDenied } from './consent.ts';
import { decideItem, type Rules } from './decide.ts';
import { PROFILE } from './directory/record.ts';
import { withEdge } from './evidence/edges.ts';
import type { Draft, Edge, Node } from './graph.ts';
import { type Identifier, type IdentifierKey, keyOf } from './ids.ts';
import { meet, sight } from './meet.ts';
import { cluster, ownerAt } from './owner.ts';
import { type Policy, roleOf } from './policy.ts';
import { readIds } from './read-ids.ts';
import { type Note, rejected, suppressed, type Verdict } from './verdict.ts';

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

/** Writes an edge at both ends; a refused one too, so that "why not" has an answer. Said again it counts as its most trusted word. */
export function addEdge(
  draft: Draft,
  entry: Entry,
  one: IdentifierKey,
  other: IdentifierKey,
  how: Edge['how'],
  refused: string | undefined,
): void {
  const a = draft.node(one) as Node;
  const isSame = (end: IdentifierKey) => (edge: Edge) =>
    edge.other === end && edge.how === how && edge.refused === refused;
  const before = a.edges.find(isSame(other));
  if (before !== undefined && before.trust >= entry.trust) return;
  const edge = { ...sight(entry), how, wire: entry.wire, ...(refused === undefined ? {} : { refused }) };
  const identified = how === 'identify' || how === 'alias' ? ({ identified: true } as const) : {};
  const others = (node: Node, end: IdentifierKey) =>
    before === undefined ? node.edges : node.edges.filter((old) => !isSame(end)(old));
  draft.put({ ...a, edges: withEdge(others(a, other), { ...edge, ...identified, other }) });
  const b = draft.node(other) as Node;
  draft.put({ ...b, edges: withEdge(others(b, one), { ...edge, other: one }) });
}

/** Joins two identifiers, or keeps why not. Used by Merge and Join. */
export function joinNodes(
  draft: Draft,
  rules: Rules,
  entry: Entry,
  one: Identifier,
  other: Identifier,
  how: Edge['how'],
  refused: string | undefined,
  why?: Pick<Note, 'code' | 'text'>,
): Verdict {
  const { policy } = rules;
  const a = meet(draft, rules, entry, one);
  const b = meet(draft, rules, entry, other);
  const together = refused === undefined && cluster(draft, a).some((node) => node.key === b.key);
  const size = (node: Node) => cluster(draft, node).reduce((sum, member) => sum + 1 + member.below.length, 0);
  const rule = refused ?? (!together && size(a) + size(b) > policy.caps.perPerson ? 'K2' : undefined);
  addEdge(draft, entry, a.key, b.key, how, rule);
  const person = ownerAt(draft, policy, a.key, entry.time)?.person;
  const outcome = { anchor: one, ...(person === undefined ? {} : { person }) };
  if (rule === undefined)
    return {
      status: 'applied',
      ...outcome,
      notes: together
        ? []
        : [
            {
              effect: 'joined',
              rule: how === 'merge' ? 'M1' : 'J1',
              reason: 'two people became one',
              one: a.key,
              other: b.key,
            },
          ],
    };
  const reason =
    rule === 'K2'
      ? 'the person has as many identifiers as the limit allows'
      : rule === 'S11'
        ? 'a public key may not join two known people'
        : 'the vendor’s merge rules refuse it';
  const note: Note = { effect: 'refused', rule, reason, one: a.key, other: b.key, ...why };
  return {
    status: rule === 'S11' ? 'rejected' : rule === 'K2' && how === 'merge' ? 'quarantined' : 'applied',
    rule,
    reason,
    ...outcome,
    notes: [note],
  };
}
