import type { Entry } from './command.ts';
import type { Rules } from './decide.ts';
import type { Draft, Node, Sight } from './graph.ts';
import { type Identifier, keyOf } from './ids.ts';
import { compareSights } from './order.ts';

/** When and with how much trust an entry says what it says. */
export const sight = (entry: Entry): Sight => ({
  time: entry.time,
  tie: entry.insertId ?? '',
  position: entry.position,
  trust: entry.trust,
});

/** [P1] Puts the node of an identifier, made if it is new: every identifier founds a person of its own until something links it. */
export function meet(draft: Draft, rules: Rules, entry: Entry, id: Identifier, key = keyOf(id)): Node {
  const known = draft.node(key);
  if (known !== undefined) {
    // The usual case: met before, and seen again.
    const isLater = rules.policy.order === 'time' ? entry.time > known.met.time : entry.position > known.met.position;
    if (isLater) {
      if (entry.time <= known.lastSeen) return known;
      const seen = { ...known, lastSeen: entry.time };
      draft.put(seen);
      return seen;
    }
    const now = sight(entry);
    const order = compareSights(rules.policy.order, now, known.met);
    const earlier = order < 0 || (order === 0 && entry.trust < known.met.trust);
    if (!earlier && entry.time <= known.lastSeen) return known;
    const seen = { ...known, met: earlier ? now : known.met, lastSeen: Math.max(known.lastSeen, entry.time) };
    draft.put(seen);
    return seen;
  }
  // [P2] Two identifiers that would found the same id: the later one takes the next.
  let attempt = 0;
  let person = rules.derive(entry.project, id, attempt);
  for (let other = draft.founder(person); other !== undefined && other.key !== key; other = draft.founder(person)) {
    attempt += 1;
    person = rules.derive(entry.project, id, attempt);
  }
  const node = {
    key,
    id,
    number: draft.nextNumber(),
    person,
    met: sight(entry),
    lastSeen: entry.time,
    claims: [],
    below: [],
    edges: [],
    writes: [],
    consents: [],
  };
  draft.put(node);
  return node;
}
