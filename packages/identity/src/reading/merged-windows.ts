import { changesIn, counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Node } from '../evidence/graph.ts';
import { sortNameOf } from '../evidence/kept-claims.ts';
import { Notes } from '../evidence/notes.ts';
import { compareClaims } from '../evidence/order.ts';
import type { Policy } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { Heap } from './heap.ts';

/** Of merged identifiers together so many times `caps.changes` changes count, of each by itself, from either end ([K4]). */
export const TOGETHER = 4;

export const mostChanges = ({ caps }: Policy): number => TOGETHER * caps.changes;

/** What one of merged identifiers lists, as it counts by itself. */
export interface Listing {
  readonly member: Node;
  readonly claims: readonly Claim[];
  /** Places of what public keys say, and whether it changes hands there; of the rest. */
  readonly ofPublic: readonly number[];
  readonly isChange: readonly boolean[];
  readonly ofOthers: readonly number[];
  /** The places of the next of its sort in its run, and of the one before; -1 where there is none. */
  readonly next: readonly number[];
  readonly before: readonly number[];
}

const listings = new Notes<readonly Claim[], { readonly policy: Policy; readonly listing: Omit<Listing, 'member'> }>();

/** Found once for a list: of many merged identifiers an item changes one. */
export function listingOf(policy: Policy, member: Node): Listing {
  let known = listings.get(member.claims);
  if (known?.policy !== policy)
    listings.set(member.claims, (known = { policy, listing: findListing(policy, member.claims) }));
  return { member, ...known.listing };
}

function findListing(policy: Policy, listed: readonly Claim[]): Omit<Listing, 'member'> {
  const claims = counted(policy, listed, true);
  const isChangeAt = changesIn(policy, claims, true);
  const [ofPublic, isChange, ofOthers]: [number[], boolean[], number[]] = [[], [], []];
  const [next, befores]: [number[], number[]] = [[], []];
  const lasts = new Map<string, number>();
  let before: Claim | undefined;
  for (const [at, claim] of claims.entries()) {
    next.push(-1);
    if (claims[at - 1]?.owner !== claim.owner) lasts.clear();
    const sort = sortNameOf(claim);
    const last = lasts.get(sort);
    befores.push(last ?? -1);
    if (last !== undefined) next[last] = at;
    lasts.set(sort, at);
    if (claim.trust > 0) {
      ofOthers.push(at);
      continue;
    }
    isChange[at] = before === undefined || isChangeAt(before, at);
    ofPublic.push(at);
    before = claim;
  }
  // Where nobody's time begins may be told of the same moment as the word before it.
  if (claims !== listed)
    ofPublic.sort((a, b) => compareClaims(policy.order, claims[a] as Claim, claims[b] as Claim) || a - b);
  return { claims, ofPublic, isChange, ofOthers, next, before: befores };
}

/** A word at a place of a listing. */
export interface Place {
  readonly listing: Listing;
  readonly at: number;
  readonly claim: Claim;
  readonly member: IdentifierKey;
}

export const placeIn = (listing: Listing, at: number): Place => ({
  listing,
  at,
  claim: listing.claims[at] as Claim,
  member: listing.member.key,
});

interface Window {
  /** The public words of it, from this end on. */
  readonly words: readonly Place[];
  /** The first word that is not among them; undefined where all are. */
  readonly end: Place | undefined;
  /** They end there whatever else lies between: each by itself changed hands too often. */
  readonly isFull: boolean;
}

/**
 * What public keys say of merged identifiers from one end, up to as many changes as count: of owner, or of each by itself.
 * @param compare in order
 * @param isLeftOut words that none of them says to the others
 */
function windowFrom(
  policy: Policy,
  listings: readonly Listing[],
  way: 1 | -1,
  compare: (a: Place, b: Place) => number,
  isLeftOut: (claim: Claim) => boolean,
): Window {
  const taken = listings.map(() => 0);
  const words: Place[] = [];
  const heap = new Heap<{ readonly place: Place; readonly i: number }>((a, b) => way * compare(a.place, b.place));
  const push = (i: number): void => {
    const listing = listings[i] as Listing;
    const { ofPublic, claims } = listing;
    for (; (taken[i] as number) < ofPublic.length; taken[i] = (taken[i] as number) + 1) {
      const at = ofPublic.at(way === 1 ? (taken[i] as number) : -1 - (taken[i] as number)) as number;
      if (isLeftOut(claims[at] as Claim)) continue;
      heap.push({ place: placeIn(listing, at), i });
      return;
    }
  };
  for (const i of listings.keys()) push(i);
  let owner: IdentifierKey | null | undefined;
  let [changes, each] = [policy.caps.changes, mostChanges(policy)];
  // From the end on a change is noticed by the word before it.
  const after = listings.map((): number | undefined => undefined);
  for (let next = heap.pop(); next !== undefined; next = heap.pop()) {
    const { place, i } = next;
    const { claim } = place;
    if (owner !== claim.owner) changes -= 1;
    owner = claim.owner;
    const before = after[i];
    const isChange =
      way === 1 ? place.listing.isChange[place.at] : before === undefined || place.listing.isChange[before];
    if (isChange === true) each -= 1;
    after[i] = place.at;
    if (changes < 0 || each < 0) return { words, end: place, isFull: each < 0 };
    words.push(place);
    taken[i] = (taken[i] as number) + 1;
    push(i);
  }
  return { words, end: undefined, isFull: false };
}

/** The words of a window, and those that do not count in either: what merged identifiers list is read so far. */
interface Windows {
  readonly places: readonly Place[];
  /** What is between ends there, whatever is found ([K4]). */
  readonly first: Place | undefined;
  readonly last: Place | undefined;
}

/** What is read of merged identifiers: what public keys say up to where it counts from both ends, and all that others say. */
export function windowsOf(
  policy: Policy,
  listings: readonly Listing[],
  compare: (a: Place, b: Place) => number,
  isLeftOut: (claim: Claim) => boolean,
): Windows {
  const [head, tail] = ([1, -1] as const).map((way) => windowFrom(policy, listings, way, compare, isLeftOut)) as [
    Window,
    Window,
  ];
  const isAll = head.end === undefined || tail.end === undefined || compare(head.end, tail.end) > 0;
  // In order, but for what others say: what is nearly in order is sorted soon.
  const places = isAll ? wordsOf(listings, ({ ofPublic }) => ofPublic, isLeftOut) : [...head.words];
  // Where they end nobody's time begins and ends.
  if (!isAll) places.push(head.end, tail.end, ...tail.words.toReversed());
  places.push(...wordsOf(listings, ({ ofOthers }) => ofOthers, isLeftOut));
  return {
    places,
    first: head.isFull ? head.end : undefined,
    last: tail.isFull ? tail.end : undefined,
  };
}

const wordsOf = (
  listings: readonly Listing[],
  some: (listing: Listing) => readonly number[],
  isLeftOut: (claim: Claim) => boolean,
): Place[] =>
  listings.flatMap((listing) =>
    some(listing)
      .map((at) => placeIn(listing, at))
      .filter(({ claim }) => !isLeftOut(claim)),
  );
