import type { Instant } from '../words/ids.ts';
import type { Claim } from './graph.ts';

/** A claim as it was made, without what its node adds. */
export function alone(claim: Claim): Claim {
  if (claim.since === undefined && claim.byArrival === undefined) return claim;
  const { since: _, byArrival: _also, ...made } = claim;
  return made;
}

/** Two claims of one sort for one owner ([L4]). */
export const isAnotherOf = (one: Claim | undefined, other: Claim): boolean =>
  one !== undefined && one.owner === other.owner && isLike(one, other);

const isLike = (one: Claim, other: Claim): boolean =>
  one.trust === other.trust &&
  one.unverified === other.unverified &&
  one.directory === other.directory &&
  one.refused === other.refused;

/**
 * Of neighbouring claims, in order, those a node must list ([L4]), and those it need not.
 * @param silence the longest silence within a part of a run, ms; undefined: silences do not count
 */
export function listedOf(
  claims: readonly Claim[],
  silence: number | undefined,
): { listed: readonly Claim[]; spare: readonly Claim[] } {
  const listed: Claim[] = [];
  const spare: Claim[] = [];
  for (let from = 0; from < claims.length; ) {
    const to = endOfRun(claims, from);
    const ends = endsOf(claims, from, to, silence);
    for (let i = from; i < to; i++) {
      const claim = claims[i] as Claim;
      const end = ends.get(i);
      if (end === undefined) spare.push(alone(claim));
      else listed.push(end === claim.since ? claim : end === null ? alone(claim) : { ...alone(claim), since: end });
    }
    from = to;
  }
  return { listed, spare };
}

/** The places of a run that are listed; with each, for the later end of a part, the moment the part began. */
function endsOf(
  claims: readonly Claim[],
  from: number,
  to: number,
  silence: number | undefined,
): ReadonlyMap<number, number | null> {
  const ends = new Map<number, number | null>();
  const sorts: { readonly of: Claim; start: number; first: number; last: number }[] = [];
  const close = ({ start, first, last }: (typeof sorts)[number]) => {
    ends.set(first, null);
    if (last !== first) ends.set(last, silence === undefined ? null : start);
  };
  let since: readonly Instant[] | undefined;
  for (let i = from; i < to; i++) {
    const claim = claims[i] as Claim;
    const sort = sorts.find(({ of }) => isLike(of, claim));
    if (sort === undefined) {
      sorts.push({ of: claim, start: claim.time, first: i, last: i });
      continue;
    }
    const before = claims[sort.last] as Claim;
    const goesOn =
      silence === undefined ||
      claim.time - before.time <= silence ||
      ((since ??= sincesOf(claims, from, to))[i - from] as Instant) <= before.time;
    if (!goesOn) {
      close(sort);
      sort.first = i;
      sort.start = claim.time;
    }
    sort.last = i;
  }
  for (const sort of sorts) close(sort);
  return ends;
}

/** For each claim of a run since when the same was said again and again up to it, or to one of its sort further on, ms. */
function sincesOf(claims: readonly Claim[], from: number, to: number): readonly Instant[] {
  const since: Instant[] = [];
  const sorts: { readonly of: Claim; since: Instant }[] = [];
  for (let i = to - 1; i >= from; i--) {
    const claim = claims[i] as Claim;
    let sort = sorts.find(({ of }) => isLike(of, claim));
    if (sort === undefined) sorts.push((sort = { of: claim, since: Number.POSITIVE_INFINITY }));
    sort.since = Math.min(sort.since, claim.since ?? sort.since);
    since[i - from] = sort.since;
  }
  return since;
}

/** Where the run that holds `at` begins. */
export function startOfRun(claims: readonly Claim[], at: number): number {
  let from = Math.max(at, 0);
  while (from > 0 && claims[from - 1]?.owner === claims[from]?.owner) from -= 1;
  return from;
}

/** Where the run that holds `at` ends, exclusive. */
export function endOfRun(claims: readonly Claim[], at: number): number {
  let to = at;
  while (to < claims.length && claims[to]?.owner === claims[at]?.owner) to += 1;
  return to;
}
