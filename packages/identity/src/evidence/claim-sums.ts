import { type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';
import type { Claim } from './graph.ts';

/** Shorter lists are read as quickly as they are summed up. */
export const LONG = 64;
/** Of so many owners each is known; of more only that there are more. */
const MOST_OWNERS = 16;

/** What the claims of one trust say together: how many there are, how many sign out, and whom the others name how often. */
export interface Sum {
  claims: number;
  logouts: number;
  owners: Map<IdentifierKey, number>;
  /** There are more owners than are counted. */
  isMore: boolean;
}

/**
 * What a long list of claims says as a whole. Carried on from version to version of the list, so that a word more on a
 * device that thousands had in turn costs as much as it moves, and not as much as was ever said ([L7]).
 */
export class Sums {
  readonly byTrust: readonly [Sum, Sum, Sum, Sum];
  /** How often owners of each kind are named. */
  readonly kinds: Map<string, number>;
  /** Claims that are refused, unverified, or the directory's: they are read one by one. */
  odd: number;

  constructor(of?: Sums) {
    const copy = (trust: Trust): Sum => {
      const sum = of?.byTrust[trust];
      return sum === undefined
        ? { claims: 0, logouts: 0, owners: new Map(), isMore: false }
        : { ...sum, owners: new Map(sum.owners) };
    };
    this.byTrust = [copy(0), copy(1), copy(2), copy(3)];
    this.kinds = new Map(of?.kinds);
    this.odd = of?.odd ?? 0;
  }

  add(claim: Claim): void {
    const sum = this.#count(claim, 1);
    if (claim.owner === null) return;
    const times = sum.owners.get(claim.owner);
    if (times === undefined && sum.owners.size === MOST_OWNERS) sum.isMore = true;
    else sum.owners.set(claim.owner, (times ?? 0) + 1);
  }

  /** Whether it can be told what is left without the claim. */
  remove(claim: Claim): boolean {
    const sum = this.#count(claim, -1);
    if (claim.owner === null) return true;
    if (sum.isMore) return false;
    const times = sum.owners.get(claim.owner) ?? 0;
    if (times > 1) sum.owners.set(claim.owner, times - 1);
    else sum.owners.delete(claim.owner);
    return times > 0;
  }

  #count(claim: Claim, by: 1 | -1): Sum {
    const sum = this.byTrust[claim.trust];
    sum.claims += by;
    if (isOdd(claim)) this.odd += by;
    if (claim.owner === null) sum.logouts += by;
    else {
      const { kind } = identifierOf(claim.owner);
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + by);
    }
    return sum;
  }
}

const isOdd = ({ refused, unverified, directory }: Claim): boolean =>
  refused !== undefined || unverified !== undefined || directory !== undefined;

const known = new WeakMap<readonly Claim[], Sums>();

/** The sums of a list of claims, which never changes. */
export function sumsOf(claims: readonly Claim[]): Sums {
  let sums = known.get(claims);
  if (sums === undefined) {
    known.set(claims, (sums = new Sums()));
    for (const claim of claims) sums.add(claim);
  }
  return sums;
}

/** Notes the sums of a list that differs from `before` by a few claims, where those of `before` were ever asked for. */
export function sumUp(
  before: readonly Claim[],
  after: readonly Claim[],
  gone: readonly Claim[],
  come: readonly Claim[],
): void {
  const sums = after.length > LONG ? known.get(before) : undefined;
  if (sums === undefined) return;
  const next = new Sums(sums);
  const kept = new Set(gone);
  for (const claim of come) if (!kept.delete(claim)) next.add(claim);
  for (const claim of kept) if (!next.remove(claim)) return;
  known.set(after, next);
}
