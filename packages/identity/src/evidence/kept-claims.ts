import type { Claim } from './graph.ts';
import { placeOf } from './halving.ts';
import { compareKept } from './order.ts';

/** Tells the claims of one node apart: an entry may make several. */
export const nameOf = ({ position, tie, owner }: Claim): string => `${position} ${owner ?? ''} ${tie}`;

/** What tells the sorts of claims apart ([L4]): for whom, how trusted, and how it is believed. */
export const sortNameOf = ({ owner, trust, unverified, directory, refused, gone }: Claim): string =>
  `${trust}${unverified === undefined ? '' : 'u'}${directory === undefined ? '' : 'd'}${gone === undefined ? '' : 'g'} ${refused ?? ''} ${owner ?? ''}`;

/** Of claims in the order they were kept those that are said still, each as it was kept last ([U3]). */
export const lastKept = (kept: Iterable<Claim>): readonly Claim[] =>
  [...new Map(Array.from(kept, (claim) => [nameOf(claim), claim])).values()].filter(({ gone }) => gone === undefined);

/** Of kept claims those of each sort in evidence order, and the last version of each. */
interface KeptIndex {
  /** So many of the list are in it. */
  size: number;
  readonly byName: Map<string, Claim>;
  readonly bySort: Map<string, Claim[]>;
}

const indexes = new WeakMap<readonly Claim[], KeptIndex>();

/**
 * Of kept claims of a sort with `like` the last before a moment and the first after it, as far as there are any; a claim
 * that was kept again counts as it was kept last. Found by an index that is made when a list is first asked, and grows
 * with it.
 * @param kept in the order they were kept: a list that changes only by being added to
 * @param stands whether a claim is to be found; all are where it is left out
 */
export function keptBeside(
  kept: readonly Claim[],
  like: Claim,
  at: Claim,
  stands: (claim: Claim) => boolean = () => true,
): readonly Claim[] {
  const sort = indexOf(kept).bySort.get(sortNameOf(like)) ?? [];
  let before = placeIn(sort, at) - 1;
  while (before >= 0 && !stands(sort[before] as Claim)) before -= 1;
  let after = placeAfterIn(sort, at);
  while (after < sort.length && !stands(sort[after] as Claim)) after += 1;
  return [...sort.slice(Math.max(before, 0), before + 1), ...sort.slice(after, after + 1)];
}

/** A kept claim as it was kept last; undefined where it was not. `kept` as in {@link keptBeside}. */
export const keptAs = (kept: readonly Claim[], claim: Claim): Claim | undefined =>
  indexOf(kept).byName.get(nameOf(claim));

/** Of some claims the last before a moment and the first after it, as far as there are any; of equals as they are told. */
export function nearest(claims: readonly Claim[], at: Claim): readonly Claim[] {
  let before: Claim | undefined;
  let after: Claim | undefined;
  for (const claim of claims) {
    const order = compareKept(claim, at);
    if (order < 0 && (before === undefined || compareKept(before, claim) <= 0)) before = claim;
    if (order > 0 && (after === undefined || compareKept(claim, after) < 0)) after = claim;
  }
  return [before, after].filter((claim) => claim !== undefined);
}

function indexOf(kept: readonly Claim[]): KeptIndex {
  let index = indexes.get(kept);
  if (index === undefined) indexes.set(kept, (index = { size: 0, byName: new Map(), bySort: new Map() }));
  for (; index.size < kept.length; index.size++) add(index, kept[index.size] as Claim);
  return index;
}

function add({ byName, bySort }: KeptIndex, claim: Claim): void {
  const name = nameOf(claim);
  const was = byName.get(name);
  if (was !== undefined) {
    const sort = bySort.get(sortNameOf(was)) as Claim[];
    sort.splice(sort.indexOf(was, placeIn(sort, was)), 1);
  }
  byName.set(name, claim);
  const sort = bySort.get(sortNameOf(claim));
  if (sort === undefined) bySort.set(sortNameOf(claim), [claim]);
  else sort.splice(placeAfterIn(sort, claim), 0, claim);
}

/** How many of some claims in order are before a moment; `placeAfterIn`: not after it. */
const placeIn = (sorted: readonly Claim[], at: Claim): number => placeOf(sorted, (claim) => compareKept(claim, at) < 0);
const placeAfterIn = (sorted: readonly Claim[], at: Claim): number =>
  placeOf(sorted, (claim) => compareKept(claim, at) <= 0);
