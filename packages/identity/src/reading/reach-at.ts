import type { Sum, Sums } from '../evidence/claim-sums.ts';
import type { Claim } from '../evidence/graph.ts';
import { placeAfter } from '../evidence/order.ts';
import type { Reach } from '../policy/policy.ts';
import type { Instant, Trust } from '../words/ids.ts';
import { always, type Moment } from './link.ts';
import { leavingOnce, type PersonOf, type ReachStretch, stretchesReached } from './reach.ts';

const nobody: Moment = { ...always, owner: null, rule: 'L7c', trust: 0 };

/**
 * What `reachBound` says of one moment, ms, by a look at the claims around it; undefined where it takes all of them.
 * Claims in evidence order by time, all of which stand, and their sums.
 */
export function reachAt(
  claims: readonly Claim[],
  { byTrust }: Sums,
  reach: Reach,
  personOf: PersonOf,
  time: Instant,
): Moment | undefined {
  // [S10] Each lesser trust is asked only of the moments that those above leave to nobody.
  let left = nobody;
  for (const level of [3, 2, 1, 0] as const) {
    if (byTrust[level]?.claims === 0) continue;
    const here = atLevel(claims, byTrust.slice(level), level, reach, personOf, time);
    if (here === undefined || here.owner !== null) return here;
    left = { ...nobody, from: Math.max(left.from, here.from), to: Math.min(left.to, here.to) };
  }
  return left;
}

/** The same, of the claims of at least a trust. */
function atLevel(
  claims: readonly Claim[],
  sums: readonly Sum[],
  level: Trust,
  reach: Reach,
  personOf: PersonOf,
  time: Instant,
): Moment | undefined {
  const first = claims.find((claim) => isLogin(claim, level));
  if (first === undefined) return nobody;
  const people = new Set(sums.flatMap(({ owners }) => [...owners.keys()].map(personOf))).size;
  if (sums.some(({ others }) => others > 0) && people <= Math.max(reach.crowd, 1)) return undefined;
  const isLeft = sums.some(({ logouts }) => logouts > 0);
  if (people === 1 && !isLeft) return { ...nobody, owner: first.owner, rule: 'L6', trust: level };
  let sole: Claim | undefined;
  if (people === 1 && !reach.strict) {
    // [L7b] What decides are visits, where nobody but pages told of logins.
    if (level === 0 && !sums.slice(1).some((sum) => sum.claims > sum.logouts)) return undefined;
    sole = claims.findLast((claim) => isLogin(claim, level)) as Claim;
    if (time < sole.time) return { ...nobody, owner: sole.owner, rule: 'L7b', trust: level };
  }
  const far = people > reach.crowd ? reach.crowdedMs : reach.ms;
  for (let logins = 2; ; logins *= 4) {
    const near = around(claims, level, time, logins);
    const stretches = stretchesReached(near.claims, far, reach.leftMs);
    const found = stretches.find(({ to }) => time < to) ?? (stretches.at(-1) as ReachStretch);
    // What follows on the last login of the only person is one stretch with all that is theirs before it.
    const isSoles = sole !== undefined && found.from <= sole.time;
    if (found.owner !== null) return { ...found, rule: isSoles ? 'L7b' : found.rule, trust: level };
    // What lies beyond may belong to the same stretch.
    const isWhole = (near.isFirst || found.from > near.from) && (near.isLast || found.to < near.to);
    if (isWhole) return { ...nobody, from: Math.max(found.from, sole?.time ?? nobody.from), to: found.to };
  }
}

const isLogin = ({ owner, trust }: Claim, level: number): boolean => owner !== null && trust >= level;

/**
 * Claims of a trust around a moment that read between `from` and `to` as all of them do: from a login before it, up to
 * a login of somebody else after it, where whatever was said again and again [L4] has ended.
 */
function around(claims: readonly Claim[], level: number, time: Instant, logins: number) {
  let start = placeAfter(claims, time);
  let end = start;
  for (let seen = 0; start > 0 && seen < logins; ) {
    start -= 1;
    if (isLogin(claims[start] as Claim, level)) seen += 1;
  }
  let before = claims.slice(start, end).findLast(({ trust }) => trust >= level)?.owner;
  for (let seen = 0; end < claims.length && seen < logins; end++) {
    const { owner, trust } = claims[end] as Claim;
    if (trust < level) continue;
    if (owner !== null && before !== undefined && owner !== before) seen += 1;
    before = owner;
  }
  const [isFirst, isLast] = [start === 0, end === claims.length];
  return {
    claims: leavingOnce(claims.slice(start, end).filter(({ trust }) => trust >= level)),
    from: claims[start]?.time ?? nobody.from,
    to: claims[end - 1]?.time ?? nobody.to,
    isFirst,
    isLast,
  };
}
