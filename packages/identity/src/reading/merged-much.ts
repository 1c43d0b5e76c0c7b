import { nobodyFrom, saidSince } from '../evidence/changes-of-hands.ts';
import type { Claim, Graph } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import type { Among } from './among.ts';
import { partsOf } from './merged-parts.ts';
import { listingOf, mostChanges, type Place, placeIn, TOGETHER, windowsOf } from './merged-windows.ts';
import {
  compareSaid,
  countedOf,
  isOpen,
  type Said,
  saidOf,
  summary,
  type Together,
  withBetween,
  withClaim,
  wordOf,
} from './together.ts';
import type { Open } from './words-between.ts';

/**
 * [K4] May merged identifiers that several had list more than counts of all of them together? No more of a few than each
 * may list: they are all read, and remembered.
 */
export const isMuch = (
  policy: Policy,
  { members, isOfOne, listed }: Pick<Together, 'members' | 'isOfOne' | 'listed'>,
): boolean => !isOfOne && members.size > TOGETHER && listed > mostChanges(policy);

/**
 * What is said of identifiers that list much, as far as it counts: what public keys say is read from both ends, and what
 * lies between is not looked at. So a word of one of them costs as much however many were merged, but for a look at each.
 * @param before what was found of them before, where no more are merged since
 */
export function findSome(
  graph: Graph,
  policy: Policy,
  { members, parts, nodes, listed }: Among,
  before: readonly Said[] = [],
): Together {
  const isOwn = ({ owner }: Claim): boolean => owner !== null && members.has(owner);
  const saids = new Map(before.map((one) => [one.claim, one]));
  const saidAt = ({ claim, member }: Place): Said => {
    let said = saids.get(claim);
    if (said === undefined) saids.set(claim, (said = saidOf(member, partsOf(parts, member), claim)));
    return said;
  };
  const compare = (a: Pick<Said, 'claim' | 'member'>, b: Pick<Said, 'claim' | 'member'>): number =>
    compareSaid(policy, a, b);
  const listings = nodes.map((one) => listingOf(policy, one));
  const { places, first, last } = windowsOf(policy, listings, compare, isOwn);
  const isKept = new Set(places.map(saidAt));
  const open: Open[] = [];
  for (const place of places) {
    const { listing, at, claim } = place;
    const said = saidAt(place);
    const [previous, next] = [listing.before[at] as number, listing.next[at] as number];
    const to = next < 0 ? undefined : placeIn(listing, next);
    if (to !== undefined && isOpen(policy, claim, to.claim)) open.push({ from: said, to: saidAt(to) });
    const from = previous < 0 ? undefined : placeIn(listing, previous);
    if (from !== undefined && isOpen(policy, from.claim, claim) && !isKept.has(saidAt(from)))
      open.push({ from: saidAt(from), to: said });
  }
  // Where each by itself changed hands too often they become nobody's: what lies beside is read, as at any change of hands.
  const marks = [first, last].flatMap((place) => (place === undefined ? [] : [changeAfter(saidAt(place))]));
  const words = [...isKept, ...marks].sort(compare);
  const found = withBetween(graph, policy, members, parts, words, open);
  const limited = withinWindows(
    policy,
    found.said.filter((one) => !marks.includes(one)),
    first,
    last,
  );
  const said = countedOf(policy, members, limited);
  const isOfOne = false;
  return { members, parts, said, open: [], isOfOne, listed, isFound: true, isSome: true, most: 0, ...summary(said) };
}

/** [K4] What public keys say from the first change that does not count to the last one: that it is nobody's. */
function withinWindows(policy: Policy, said: readonly Said[], first?: Place, last?: Place): readonly Said[] {
  const [head, tail] = [endOf(policy, said, 1, first), endOf(policy, said, -1, last)];
  const [from, to] = [head.at, tail.at];
  if (from > to) return said;
  // By changes of all of them together, what is between two is found to be nobody's by these.
  if (!head.isFull && !tail.isFull) return said.filter((word, at) => at <= from || at >= to || !isPublic(word));
  const claims = said.map(({ claim }) => claim);
  const since = saidSince(claims, to + 1, claims[to] as Claim);
  return said.flatMap((word, at) => {
    if (at < from || at > to || !isPublic(word)) return [withClaim(word, since[at] as Claim)];
    if (at > from) return [];
    return [nobodyAfter(word)];
  });
}

/** They are nobody's from a word on, after what others say of that very moment ([O3]). */
const nobodyAfter = (word: Said): Said => wordOf(word, { ...nobodyFrom(word.claim), tie: `${word.claim.tie}\u0000` });

/** The same for a look at what lies beside, by arrival too. */
function changeAfter(word: Said): Said {
  const nobody = nobodyAfter(word);
  return wordOf(word, { ...nobody.claim, position: word.claim.position + 0.5 });
}

const isPublic = ({ claim }: Said): boolean => claim.trust === 0;

/**
 * The place of the first of some words, from one end on, that does not count for the changes of all of them together; or
 * the one where each by itself changed hands too often.
 */
function endOf(
  policy: Policy,
  said: readonly Said[],
  way: 1 | -1,
  full: Place | undefined,
): { readonly at: number; readonly isFull: boolean } {
  let owner: IdentifierKey | null | undefined;
  let left = policy.caps.changes;
  for (let at = way === 1 ? 0 : said.length - 1; at >= 0 && at < said.length; at += way) {
    const word = said[at] as Said;
    if (!isPublic(word)) continue;
    if (word.claim.owner !== owner) left -= 1;
    owner = word.claim.owner;
    if (left < 0) return { at, isFull: false };
    if (full !== undefined && way * compareSaid(policy, word, full) >= 0) return { at, isFull: true };
  }
  return { at: way === 1 ? said.length : -1, isFull: false };
}
