import type { Policy } from '../policy/policy.ts';
import { type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';
import type { Between } from './changes-of-hands.ts';
import type { Claim } from './graph.ts';
import { Notes } from './notes.ts';

/** Shorter lists are read as quickly as they are summed up. */
export const LONG = 64;
/** Of so many owners each is known; of more only that there are more. */
const MOST_OWNERS = 16;

/** What the claims of one trust say together: how many there are, how many sign out, and whom the others name how often. */
export interface Sum {
  claims: number;
  logouts: number;
  owners: Map<IdentifierKey, number>;
  /** How many name owners beyond those. */
  others: number;
}

/**
 * What a long list of claims says as a whole. Carried on from version to version of the list, so that a word more on a
 * device that thousands had in turn costs as much as it moves, and not as much as was ever said ([L7]).
 */
export class Sums {
  readonly byTrust: [Sum, Sum, Sum, Sum];
  /** How often owners of each kind are named. */
  readonly kinds: Map<string, number>;
  /** Claims that are refused or unverified, and those of the directory. */
  refused: number;
  ofDirectory: number;
  /** What was found of them under the policy that asked last, as of a merged identifier or not. */
  forgotten: { readonly policy: Policy; readonly isMerged: boolean; readonly between: Between | undefined } | undefined;
  /** Which of the trusts are its own, and not those of the sums it began with. */
  readonly #own: [boolean, boolean, boolean, boolean];

  constructor(of?: Sums) {
    this.byTrust = of === undefined ? [none(), none(), none(), none()] : [...of.byTrust];
    this.kinds = copyOf(of?.kinds);
    this.refused = of?.refused ?? 0;
    this.ofDirectory = of?.ofDirectory ?? 0;
    const isOwn = of === undefined;
    this.#own = [isOwn, isOwn, isOwn, isOwn];
  }

  add(claim: Claim): void {
    const sum = this.#count(claim, 1);
    if (claim.owner === null) return;
    const times = sum.owners.get(claim.owner);
    if (times === undefined && sum.owners.size === MOST_OWNERS) sum.others += 1;
    else sum.owners.set(claim.owner, (times ?? 0) + 1);
  }

  /** Whether it can be told what is left without the claim. */
  remove(claim: Claim): boolean {
    const sum = this.#count(claim, -1);
    if (claim.owner === null) return true;
    const times = sum.owners.get(claim.owner);
    if (times === undefined) {
      sum.others -= 1;
      return sum.others >= 0;
    }
    if (times > 1) sum.owners.set(claim.owner, times - 1);
    else sum.owners.delete(claim.owner);
    // One of the others would be counted in its place.
    return times > 1 || sum.others === 0;
  }

  #count(claim: Claim, by: 1 | -1): Sum {
    const sum = this.#ownSum(claim.trust);
    sum.claims += by;
    if (isRefused(claim)) this.refused += by;
    if (claim.directory === true) this.ofDirectory += by;
    if (claim.owner === null) sum.logouts += by;
    else {
      const { kind } = identifierOf(claim.owner);
      this.kinds.set(kind, (this.kinds.get(kind) ?? 0) + by);
    }
    return sum;
  }

  #ownSum(trust: Trust): Sum {
    let sum = this.byTrust[trust];
    if (this.#own[trust]) return sum;
    sum = { ...sum, owners: copyOf(sum.owners) };
    this.byTrust[trust] = sum;
    this.#own[trust] = true;
    return sum;
  }
}

/** `new Map(of)` makes a pair of every entry first. */
function copyOf<K>(of: ReadonlyMap<K, number> | undefined): Map<K, number> {
  const copy = new Map<K, number>();
  of?.forEach((times, key) => copy.set(key, times));
  return copy;
}

const none = (): Sum => ({ claims: 0, logouts: 0, owners: new Map(), others: 0 });

/** Is a claim one that is kept and not believed? */
export const isRefused = ({ refused, unverified }: Claim): boolean => refused !== undefined || unverified !== undefined;

const known = new Notes<readonly Claim[], Sums>();

/** The sums of a list of claims, which never changes. */
export function sumsOf(claims: readonly Claim[]): Sums {
  let sums = known.get(claims);
  if (sums === undefined) {
    known.set(claims, (sums = new Sums()));
    for (const claim of claims) sums.add(claim);
  }
  return sums;
}

/** The sums of a list that differs from `before` by a few claims; undefined where those of `before` were never asked for. */
export const sumsAfter = (before: readonly Claim[], gone: readonly Claim[], come: readonly Claim[]): Sums | undefined =>
  changed(known.get(before), gone, come);

/** The same of sums at hand; undefined where they do not say. */
export const changed = (sums: Sums | undefined, gone: readonly Claim[], come: readonly Claim[]): Sums | undefined =>
  sums && alter(new Sums(sums), gone, come);

/** The same in the sums themselves, which nobody else has; where they do not say they are good for nothing more. */
export function alter(sums: Sums, gone: readonly Claim[], come: readonly Claim[]): Sums | undefined {
  const kept = new Set(gone);
  for (const claim of come) if (!kept.delete(claim)) sums.add(claim);
  for (const claim of kept) if (!sums.remove(claim)) return undefined;
  return sums;
}

/** Notes the sums of a list that was made of another, where they are known, and gives the list. */
export function summedUp(claims: readonly Claim[], sums: Sums | undefined): readonly Claim[] {
  if (sums !== undefined && claims.length > LONG) known.set(claims, sums);
  return claims;
}
