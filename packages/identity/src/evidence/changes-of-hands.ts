import type { Policy } from '../policy/policy.ts';
import { isSharedBy, longestSilence } from '../reading/reach.ts';
import { changed, type Sums, summedUp, sumsOf } from './claim-sums.ts';
import type { Claim } from './graph.ts';

/**
 * [K4] Of what public keys say of one identifier the first and the latest `caps.changes` changes of owner count; between
 * them it belongs to itself. Without it one page that signs two users in and out makes a node of any size. What is
 * forgotten depends on the claims alone: a late one never brings a forgotten one back.
 *
 * The claims as they are read: of those between, the first says "nobody's from here on" and the others nothing.
 */
export function counted(policy: Policy, claims: readonly Claim[]): readonly Claim[] {
  if (claims.length <= 2 * policy.caps.changes) return claims;
  const sums = sumsOf(claims);
  const between = forgotten(policy, claims, sums);
  if (between === undefined) return claims;
  if (between.counted === undefined) {
    const nobody = nobodyFrom(claims[between.first] as Claim);
    const left = between.replacedBy([nobody]);
    // Of merged identifiers most may be forgotten: what is left is summed up sooner than that is taken away.
    const isLess = between.claims.length < left.length;
    between.counted = summedUp(left, isLess ? changed(sums, between.claims, [nobody]) : undefined);
  }
  return between.counted;
}

/**
 * The claims as a node lists them: of those between, the first and the last, which mark where the others were, and one
 * for somebody else where nothing besides would say that the identifier is shared.
 * @param sums of all of them, where they are known
 */
export function withinChanges(policy: Policy, claims: readonly Claim[], sums: Sums | undefined): readonly Claim[] {
  if (claims.length <= 2 * policy.caps.changes) return summedUp(claims, sums);
  const known = sums ?? sumsOf(claims);
  const between = forgotten(policy, claims, known);
  if (between === undefined || between.claims.length <= 2) return summedUp(claims, known);
  const ends = [between.claims[0], between.claims.at(-1)] as [Claim, Claim];
  const left = between.replacedBy(ends);
  if (isSharedBy(left) || !isSharedBy(claims)) return summedUp(left, changed(known, between.claims, ends));
  const other = between.claims.find(({ owner }) => owner !== claims[0]?.owner) as Claim;
  const marks = [ends[0], other, ends[1]] as const;
  return summedUp(between.replacedBy(marks), changed(known, between.claims, marks));
}

const nobodyFrom = ({ time, tie, position, trust, wire, directory }: Claim): Claim => ({
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
    const kept = new Set(more);
    // A backend may have said very much in between: more than a call takes arguments.
    const others = all.slice(this.first, this.last + 1).filter((claim) => !isPublic(claim) || kept.has(claim));
    return all.slice(0, this.first).concat(first as Claim, others, all.slice(this.last + 1));
  }
}

const isPublic = ({ trust }: Claim): boolean => trust === 0;

function forgotten(policy: Policy, claims: readonly Claim[], sums: Sums): Between | undefined {
  const { changes } = policy.caps;
  if (claims.length <= 2 * changes || sums.byTrust[0].claims <= 2 * changes) return undefined;
  if (sums.forgotten?.policy !== policy) sums.forgotten = { policy, between: findForgotten(policy, claims) };
  return sums.forgotten.between;
}

function findForgotten(policy: Policy, claims: readonly Claim[]): Between | undefined {
  const { changes } = policy.caps;
  const silent = policy.sharedDevice === 'reach-bound' && isSharedBy(claims);
  const starts: number[] = [];
  let before: Claim | undefined;
  for (let i = 0; i < claims.length; i++) {
    const claim = claims[i] as Claim;
    if (claim.trust !== 0) continue;
    if (before === undefined || before.owner !== claim.owner || (silent && isAfterSilence(policy, before, claim)))
      starts.push(i);
    before = claim;
  }
  if (starts.length <= 2 * changes) return undefined;
  const first = starts[changes] as number;
  const end = starts.at(-changes) as number;
  let last = end - 1;
  while (!isPublic(claims[last] as Claim)) last -= 1;
  return new Between(claims, first, last);
}

/** Where logins have a reach a long silence is as much to keep as a change of owner. */
const isAfterSilence = (policy: Policy, before: Claim, { time, since }: Claim): boolean =>
  time - before.time > longestSilence(policy.reach) && (since === undefined || since > before.time);
