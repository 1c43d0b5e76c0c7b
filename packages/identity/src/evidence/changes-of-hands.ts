import type { Policy } from '../policy/policy.ts';
import { isSharedBy, longestSilence } from '../reading/reach.ts';
import type { Instant } from '../words/ids.ts';
import { alter, changed, type Sums, summedUp, sumsOf } from './claim-sums.ts';
import type { Claim } from './graph.ts';
import { sortNameOf } from './kept-claims.ts';

/**
 * [K4] Of what public keys say of one identifier the first and the latest `caps.changes` changes of owner count; between
 * them it belongs to itself. Without it one page that signs two users in and out makes a node of any size. What is
 * forgotten depends on the claims alone: a late one never brings a forgotten one back.
 *
 * The claims as they are read: of those between, the first says "nobody's from here on" and the others nothing.
 * @param isMerged silences count although one owner alone is named: what others said of those merged with it is read beside
 */
export function counted(policy: Policy, claims: readonly Claim[], isMerged = false): readonly Claim[] {
  if (claims.length <= 2 * policy.caps.changes) return claims;
  const sums = sumsOf(claims);
  const between = forgotten(policy, claims, sums, isMerged);
  if (between === undefined) return claims;
  if (between.counted === undefined) {
    const nobody = nobodyFrom(claims[between.first] as Claim);
    const left = saidSince(between.replacedBy([nobody]), between.first + 1, claims[between.last] as Claim);
    // Of merged identifiers most may be forgotten: what is left is summed up sooner than that is taken away.
    const isLess = between.claims.length < left.length;
    between.counted = summedUp(left, isLess ? changed(sums, between.claims, [nobody]) : undefined);
  }
  return between.counted;
}

/**
 * The claims as a node lists them: of those between, the first and the last, which mark where the others were, and one
 * for somebody else where nothing besides would say that the identifier is shared. Where only a merge makes silences
 * count, the first and the last of each sort too: as long as all that are merged are one owner's, nothing is forgotten.
 * @param claims a list that nobody else has
 * @param sums of all of them, where they are known; what is left is summed up in them
 */
export function withinChanges(
  policy: Policy,
  claims: readonly Claim[],
  sums: Sums | undefined,
  isMerged: boolean,
): readonly Claim[] {
  if (claims.length <= 2 * policy.caps.changes) return summedUp(claims, sums);
  const known = sums ?? sumsOf(claims);
  const between = forgotten(policy, claims, known, isMerged);
  if (between === undefined || between.claims.length <= 2) return summedUp(claims, known);
  const ends = [between.claims[0], between.claims.at(-1)] as [Claim, Claim];
  if (!isSharedBy(claims)) {
    const marks = between.claims.filter(isEndAmong(claims, ends));
    return marked(policy, claims, known, between, between.replacedBy(marks), marks, isMerged);
  }
  const left = between.replacedBy(ends);
  if (isSharedBy(left)) return marked(policy, claims, known, between, left, ends, isMerged);
  const other = between.claims.find(({ owner }) => owner !== claims[0]?.owner) as Claim;
  const marks = [ends[0], other, ends[1]];
  return marked(policy, claims, known, between, between.replacedBy(marks), marks, isMerged);
}

/** Is a claim one of these, or of all the first or the last of its sort? */
function isEndAmong(claims: readonly Claim[], ends: readonly Claim[]): (claim: Claim) => boolean {
  const [firsts, lasts] = [new Map<string, Claim>(), new Map<string, Claim>()];
  for (const claim of claims) {
    const sort = sortNameOf(claim);
    if (!firsts.has(sort)) firsts.set(sort, claim);
    lasts.set(sort, claim);
  }
  const listed = new Set([...ends, ...firsts.values(), ...lasts.values()]);
  return (claim) => listed.has(claim);
}

/** What is left, of which it is known already that what is between the same changes is forgotten: the marks. */
function marked(
  policy: Policy,
  claims: readonly Claim[],
  known: Sums,
  between: Between,
  left: readonly Claim[],
  marks: readonly Claim[],
  isMerged: boolean,
): readonly Claim[] {
  const sums = alter(known, between.claims, marks);
  const last = between.last - (claims.length - left.length);
  if (sums !== undefined) sums.forgotten = { policy, isMerged, between: new Between(left, between.first, last) };
  return summedUp(left, sums);
}

/** Claims that are read as if less were said before them, by what they were told as. */
const toldAs = new WeakMap<Claim, Claim>();

/** A claim as it was told, of one that {@link counted} gives. */
export const asTold = (claim: Claim): Claim => toldAs.get(claim) ?? claim;

/**
 * Claims of which nothing that public keys say up to some moment counts: what was said again and again up to one after it
 * was so only since the first of its sort there.
 */
export function saidSince(claims: readonly Claim[], from: number, forgotten: Claim): readonly Claim[] {
  const isCut = ({ since, trust }: Claim): boolean => since !== undefined && since <= forgotten.time && trust === 0;
  if (!claims.some((claim, at) => at >= from && isCut(claim))) return claims;
  const firsts = new Map<string, Claim>();
  return claims.map((claim, at) => {
    if (at < from || claim.trust > 0) return claim;
    const sort = sortNameOf(claim);
    const first = firsts.get(sort) ?? claim;
    firsts.set(sort, first);
    if (!isCut(claim)) return claim;
    const now = { ...claim, since: first.time };
    toldAs.set(now, claim);
    return now;
  });
}

/** From a claim on it is nobody's. */
export const nobodyFrom = ({ time, tie, position, trust, wire, directory }: Claim): Claim => ({
  time,
  tie,
  position,
  trust,
  wire,
  owner: null,
  ...(directory === undefined ? {} : { directory }),
});

/** The claims that are forgotten: those of public keys between two places. */
export class Between {
  readonly first: number;
  readonly last: number;
  readonly claims: readonly Claim[];
  /** What is read instead of all of them, once it was asked for. */
  counted: readonly Claim[] | undefined;
  readonly #all: readonly Claim[];

  constructor(all: readonly Claim[], first: number, last: number) {
    this.#all = all;
    this.first = first;
    this.last = last;
    const inside = all.slice(first, last + 1);
    this.claims = inside.every(isPublic) ? inside : inside.filter(isPublic);
  }

  /** All claims with these of the forgotten ones, in their order: the first where those began, the last where they ended. */
  replacedBy([first, ...more]: readonly Claim[]): readonly Claim[] {
    const all = this.#all;
    // One copy, and not a piece after the other: every item of a device that changes hands makes such lists.
    const list = all.slice();
    list[this.first] = first as Claim;
    let to = this.first + 1;
    for (let i = this.first; i < all.length; i++) {
      const claim = all[i] as Claim;
      if (i > this.last || !isPublic(claim) || more.includes(claim)) list[to++] = claim;
    }
    list.length = to;
    return list;
  }
}

const isPublic = ({ trust }: Claim): boolean => trust === 0;

function forgotten(policy: Policy, claims: readonly Claim[], sums: Sums, isMerged: boolean): Between | undefined {
  const { changes } = policy.caps;
  if (claims.length <= 2 * changes || sums.byTrust[0].claims <= 2 * changes) return undefined;
  if (sums.forgotten?.policy !== policy || sums.forgotten.isMerged !== isMerged)
    sums.forgotten = { policy, isMerged, between: findForgotten(policy, claims, isMerged) };
  return sums.forgotten.between;
}

function findForgotten(policy: Policy, claims: readonly Claim[], isMerged: boolean): Between | undefined {
  const { changes } = policy.caps;
  const isChange = changesIn(policy, claims, isMerged);
  // From both ends up to where the changes are used up: what is between is not looked at.
  let first = 0;
  let before: Claim | undefined;
  for (let left = changes; first < claims.length; first++) {
    const claim = claims[first] as Claim;
    if (!isPublic(claim)) continue;
    if ((before === undefined || isChange(before, first)) && --left < 0) break;
    before = claim;
  }
  let last = claims.length - 1;
  let after = -1;
  for (let left = changes; last >= first; last--) {
    const claim = claims[last] as Claim;
    if (!isPublic(claim)) continue;
    if (after >= 0 && isChange(claim, after) && --left === 0) break;
    after = last;
  }
  return last < first ? undefined : new Between(claims, first, last);
}

/** Do some claims change hands at a place, after the public claim before it, or is there a silence that counts as much? */
export function changesIn(
  policy: Policy,
  claims: readonly Claim[],
  isMerged: boolean,
): (before: Claim, at: number) => boolean {
  const silent = policy.sharedDevice === 'reach-bound' && (isMerged || isSharedBy(claims));
  const isSilent = silent ? silences(policy, claims) : () => false;
  return (before, at) => before.owner !== (claims[at] as Claim).owner || isSilent(before, at);
}

/**
 * Where logins have a reach a long silence is as much to keep as a change of owner. Is there one before the public claim
 * at a place, after the one before it of the same owner? None where the same is said again and again up to one further on.
 */
function silences(policy: Policy, claims: readonly Claim[]): (before: Claim, at: number) => boolean {
  const longest = longestSilence(policy.reach);
  const known = new Map<number, Instant>();
  const sinceOf = (at: number): Instant => {
    const places: number[] = [];
    let since = Number.POSITIVE_INFINITY;
    for (let i = at; i < claims.length; i++) {
      const { owner, trust } = claims[i] as Claim;
      if (trust > 0) continue;
      if (owner !== claims[at]?.owner) break;
      const found = known.get(i);
      if (found === undefined) places.push(i);
      else {
        since = found;
        break;
      }
    }
    for (const i of places.reverse()) known.set(i, (since = Math.min(since, claims[i]?.since ?? since)));
    return since;
  };
  return (before, at) => {
    const { time, since } = claims[at] as Claim;
    if (time - before.time <= longest || (since !== undefined && since <= before.time)) return false;
    return sinceOf(at) > before.time;
  };
}
