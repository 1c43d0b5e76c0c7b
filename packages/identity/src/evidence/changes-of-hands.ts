import type { Policy } from '../policy/policy.ts';
import { isSharedBy, longestSilence } from '../reading/reach.ts';
import { sumsOf } from './claim-sums.ts';
import type { Claim } from './graph.ts';

/**
 * [K4] Of what public keys say of one identifier the first and the latest `caps.changes` changes of owner count; between
 * them it belongs to itself. Without it one page that signs two users in and out makes a node of any size. What is
 * forgotten depends on the claims alone: a late one never brings a forgotten one back.
 *
 * The claims as they are read: of those between, the first says "nobody's from here on" and the others nothing.
 */
export function counted(policy: Policy, claims: readonly Claim[]): readonly Claim[] {
  const between = forgotten(policy, claims);
  if (between === undefined) return claims;
  return claims.flatMap((claim, i) => (!between.has(i) ? [claim] : between.first === i ? [nobodyFrom(claim)] : []));
}

/** The claims as a node lists them: of those between, the first and the last, which mark where the others were. */
export function withinChanges(policy: Policy, claims: readonly Claim[]): readonly Claim[] {
  const between = forgotten(policy, claims);
  if (between === undefined) return claims;
  return claims.filter((_, i) => !between.has(i) || i === between.first || i === between.last);
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

interface Between {
  readonly first: number;
  readonly last: number;
  has(i: number): boolean;
}

function forgotten(policy: Policy, claims: readonly Claim[]): Between | undefined {
  const { changes } = policy.caps;
  if (claims.length <= 2 * changes || sumsOf(claims).byTrust[0].claims <= 2 * changes) return undefined;
  const silent = policy.sharedDevice === 'reach-bound' && isSharedBy(claims);
  const isPublic = (i: number) => claims[i]?.trust === 0;
  const starts: number[] = [];
  let before: Claim | undefined;
  claims.forEach((claim, i) => {
    if (!isPublic(i)) return;
    if (before === undefined || before.owner !== claim.owner || (silent && isAfterSilence(policy, before, claim)))
      starts.push(i);
    before = claim;
  });
  if (starts.length <= 2 * changes) return undefined;
  const first = starts[changes] as number;
  const end = starts.at(-changes) as number;
  let last = end - 1;
  while (!isPublic(last)) last -= 1;
  return { first, last, has: (i) => i >= first && i <= last && isPublic(i) };
}

/** Where logins have a reach a long silence is as much to keep as a change of owner. */
const isAfterSilence = (policy: Policy, before: Claim, { time, since }: Claim): boolean =>
  time - before.time > longestSilence(policy.reach) && (since === undefined || since > before.time);
