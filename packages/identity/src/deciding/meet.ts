import { gapsWith } from '../evidence/gaps.ts';
import type { Draft, Node, Sight } from '../evidence/graph.ts';
import { again, nodeOf } from '../evidence/node.ts';
import { compareSights } from '../evidence/order.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { Rules } from '../policy/rules.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, type Instant, keyOf, type Trust } from '../words/ids.ts';

/** When and with how much trust an entry says what it says. */
export const sight = (entry: Entry): Sight => ({
  time: entry.time,
  tie: entry.insertId ?? '',
  position: entry.position,
  trust: entry.trust,
});

/** [P1] Puts the node of an identifier, made if it is new: every identifier founds a person of its own until something links it. */
export function meet(draft: Draft, rules: Rules, entry: Entry, id: Identifier): Node {
  const known = draft.node(keyOf(id));
  if (known === undefined) return found(draft, rules, entry, id);
  const seen = see(rules.policy, entry, known);
  draft.put(seen);
  return seen;
}

/** The version of a known node after this entry has named it. Not put yet. */
export function see(policy: Policy, entry: Entry, known: Node): Node {
  const { time } = entry;
  const lastSeen = Math.max(known.lastSeen, time);
  const gaps = seenAgain(policy, known, time);
  // The usual case: met before, and seen again.
  const isLater = policy.order === 'time' ? time > known.lastSeen : entry.position > known.met.position;
  const trust = Math.max(entry.trust, known.trust) as Trust;
  if (isLater) return again(known, known.met, trust, lastSeen, known.claims, gaps);
  const now = sight(entry);
  const order = compareSights(policy.order, now, known.met);
  const isEarlier = order < 0 || (order === 0 && entry.trust < known.met.trust);
  if (!isEarlier && lastSeen === known.lastSeen && trust === known.trust && gaps === known.gaps) return known;
  return again(known, isEarlier ? now : known.met, trust, lastSeen, known.claims, gaps);
}

/** Only what several people may use has visits ([L7c]). */
function seenAgain(policy: Policy, { id, gaps, met, lastSeen }: Node, time: Instant): Node['gaps'] {
  if (policy.sharedDevice !== 'reach-bound' || roleOf(policy, id.kind) !== 'anonymous') return gaps;
  return gapsWith(gaps, met.time, lastSeen, time, policy.reach.ms);
}

/** Makes and puts the node of an identifier that nobody named before. */
export function found(draft: Draft, rules: Rules, entry: Entry, id: Identifier): Node {
  const key = keyOf(id);
  // [P2] Two identifiers that would found the same id: the later one takes the next.
  let attempt = 0;
  let person = rules.derive(entry.project, id, attempt);
  for (let other = draft.founder(person); other !== undefined && other.key !== key; other = draft.founder(person)) {
    attempt += 1;
    person = rules.derive(entry.project, id, attempt);
  }
  const { trust, time } = entry;
  const number = draft.ghost(key)?.number ?? draft.nextNumber();
  const node = nodeOf({ key, id, number, person, met: sight(entry), trust, lastSeen: time });
  draft.put(node);
  return node;
}
