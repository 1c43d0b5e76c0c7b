import { withEdge } from '../evidence/edges.ts';
import type { Draft, Edge, Node } from '../evidence/graph.ts';
import type { Rules } from '../policy/rules.ts';
import { cluster } from '../reading/cluster.ts';
import { ownerAt } from '../reading/links.ts';
import type { Entry } from '../words/command.ts';
import type { Identifier, IdentifierKey } from '../words/ids.ts';
import type { Note, Verdict } from '../words/verdict.ts';
import { isOverDay, undoDay } from './breaker.ts';
import { meet, sight } from './meet.ts';

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
  const over = refused ?? (!together && size(a) + size(b) > policy.caps.perPerson ? 'K2' : undefined);
  const tripped = over === undefined ? [a, b].filter((end) => isOverDay(policy, entry, end, end === a ? b : a)) : [];
  const rule = over ?? (tripped.length > 0 ? 'K6' : undefined);
  addEdge(draft, entry, a.key, b.key, how, rule);
  for (const { key } of tripped) undoDay(draft, entry, key);
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
              rule: how === 'merge' ? 'M1' : 'J0',
              reason: 'two people became one',
              one: a.key,
              other: b.key,
            },
          ],
    };
  const reason =
    rule === 'K2'
      ? 'the person has as many identifiers as the limit allows'
      : rule === 'K6'
        ? 'one of the two was merged with too many people on one day'
        : rule === 'S11'
          ? 'a public key may not join two known people'
          : 'the vendor’s merge rules refuse it';
  const note: Note = { effect: 'refused', rule, reason, one: a.key, other: b.key, ...why };
  return {
    status:
      rule === 'S11' ? 'rejected' : (rule === 'K2' && how === 'merge') || rule === 'K6' ? 'quarantined' : 'applied',
    rule,
    reason,
    ...outcome,
    notes: [note],
  };
}
