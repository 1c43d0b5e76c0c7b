import { type Policy, roleOf } from '../policy/policy.ts';
import type { Entry } from '../words/command.ts';
import { type Identifier, type Instant, keyOf, type PersonId, type Position, type Trust } from '../words/ids.ts';
import { gapsWith } from './gaps.ts';
import type { Draft, Node, Sight } from './graph.ts';
import { again, nodeOf } from './node.ts';
import { compareSights } from './order.ts';

/** When and with how much trust an entry says what it says. */
export const sight = (entry: Entry): Sight => ({
  time: entry.time,
  tie: entry.insertId ?? '',
  position: entry.position,
  trust: entry.trust,
});

/** The node of an identifier that nobody named before, and that founds a person of this id. */
export function firstSeen(draft: Draft, entry: Entry, id: Identifier, person: PersonId): Node {
  const key = keyOf(id);
  const number = draft.ghost(key)?.number ?? draft.nextNumber();
  return nodeOf({ key, id, number, person, met: sight(entry), trust: entry.trust, lastSeen: entry.time });
}

/** The version of a known node after an entry has named it; `claims` are those it lists then. */
export function seenAgain(policy: Policy, entry: Entry, known: Node, claims = known.claims): Node {
  const { time } = entry;
  const lastSeen = Math.max(known.lastSeen, time);
  const gaps = gapsOf(policy, known, time);
  // The usual case: met before, and seen again.
  const isLater = policy.order === 'time' ? time > known.lastSeen : entry.position > known.met.position;
  const trust = Math.max(entry.trust, known.trust) as Trust;
  const told = toldOf(policy, entry, known);
  if (isLater) return again(known, known.met, trust, lastSeen, claims, gaps, told);
  const now = sight(entry);
  const order = compareSights(policy.order, now, known.met);
  const isEarlier = order < 0 || (order === 0 && entry.trust < known.met.trust);
  const isSame =
    !isEarlier && lastSeen === known.lastSeen && trust === known.trust && gaps === known.gaps && told === known.told;
  if (isSame && claims === known.claims) return known;
  return again(known, isEarlier ? now : known.met, trust, lastSeen, claims, gaps, told);
}

/** [S10] Asked of a profile [R3], and of anything where evidence goes by arrival [P3]. */
function toldOf(policy: Policy, { time, trust, position }: Entry, known: Node): Node['told'] {
  if (policy.order === 'time' && roleOf(policy, known.id.kind) !== 'profile') return undefined;
  const { met, lastSeen, told } = known;
  if (trust > known.trust) return { first: position, lastSeen: time };
  if (trust < known.trust) return told ?? { first: met.position, lastSeen };
  return told === undefined || time <= told.lastSeen ? told : { ...told, lastSeen: time };
}

/** The first time in the log that those named an identifier who are trusted most of all that did. */
export const firstTold = ({ met, told }: Node): Position => told?.first ?? met.position;
/** The latest moment that they name, ms. */
export const lastTold = ({ lastSeen, told }: Node): Instant => told?.lastSeen ?? lastSeen;

/** Does a node read as it did when an entry has named it? Its last sighting alone says nothing of whose it was at a moment. */
export const readsAlike = (policy: Policy, entry: Entry, known: Node): boolean =>
  entry.trust <= known.trust && gapsOf(policy, known, entry.time) === known.gaps;

/** Only what several people may use has visits ([L7c]). */
function gapsOf(policy: Policy, { id, gaps, met, lastSeen }: Node, time: Instant): Node['gaps'] {
  if (policy.sharedDevice !== 'reach-bound' || roleOf(policy, id.kind) !== 'anonymous') return gaps;
  return gapsWith(gaps, met.time, lastSeen, time, policy.reach.ms);
}
