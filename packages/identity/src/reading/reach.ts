import type { Claim } from '../evidence/graph.ts';
import type { Reach } from '../policy/policy.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { byTrust } from './by-trust.ts';

/** A stretch of a shared identifier's time, and the claim that says whose it is; null: nobody's. `to` is exclusive. */
export interface ReachStretch {
  readonly from: Instant;
  readonly to: Instant;
  readonly owner: IdentifierKey | null;
  readonly claim: Claim | null;
  readonly rule: 'L6' | 'L7a' | 'L7b' | 'L7c';
}

/** [L4] Within a part of a run no silence is longer, ms: what two logins reach across, however many people there are. */
export const longestSilence = ({ ms, crowdedMs }: Reach): number => 2 * Math.min(ms, crowdedMs);

/** The person an owner is: two identifiers of one person are one ([L6]). */
export type PersonOf = (owner: IdentifierKey) => IdentifierKey;

type Refuse = (claim: Claim, rule: string, reason: string) => void;

const whole = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY } as const;

/** [L6] Shared is what two people were said to have, or what somebody left. */
export const isSharedBy = (claims: readonly Claim[]): boolean =>
  claims.some((claim) => claim.owner === null || claim.owner !== claims[0]?.owner);

/**
 * Whose an anonymous identifier was, moment by moment, under `sharedDevice: 'reach-bound'` ([L6], [L7]).
 * Claims in evidence order, only those that stand. `visits`: when each visit of it began, oldest first, ms ([L7c]); asked where it
 * decides.
 */
export const reachBound = (
  claims: readonly Claim[],
  reach: Reach,
  personOf: PersonOf,
  visits: () => readonly Instant[],
  refuse: Refuse,
): readonly ReachStretch[] =>
  byTrust(
    claims,
    (some) => stretchesOf(some, reach, personOf, visits),
    (claim, owner) => {
      if (claim.owner === null || personOf(owner) !== personOf(claim.owner))
        refuse(claim, 'S10', 'a more trusted sender says who uses this device');
    },
  );

const nobody: ReachStretch = { ...whole, owner: null, claim: null, rule: 'L7c' };

/** The stretches of claims that all count. */
function stretchesOf(
  told: readonly Claim[],
  reach: Reach,
  personOf: PersonOf,
  visits: () => readonly Instant[],
): readonly ReachStretch[] {
  const claims = leavingOnce(told);
  const logins = claims.filter((claim) => claim.owner !== null);
  const [first] = logins;
  if (first === undefined) return [nobody];
  const people = new Set(logins.map((claim) => personOf(claim.owner as IdentifierKey))).size;
  if (people === 1 && logins.length === claims.length)
    return [{ ...whole, owner: first.owner, claim: first, rule: 'L6' }];
  // [K3] Where very many people come and go, a word reaches less far.
  const far = people > reach.crowd ? reach.crowdedMs : reach.ms;
  // [L7b] What one person left behind is theirs up to their last login, if it was mostly they who came.
  // Visits are anybody's word: they take nothing away that a more trusted sender told.
  const isTheirs =
    people === 1 &&
    !reach.strict &&
    (logins.some((claim) => claim.trust > 0) ||
      shareOfVisits(visits(), logins, longestSilence(reach)) >= reach.soleShare);
  const sole = isTheirs ? (logins.at(-1) as Claim) : undefined;
  const out = new Stretches();
  if (sole !== undefined) out.add(sole.time, sole.owner, sole, 'L7b');
  return stretchesReached(claims, far, reach.leftMs, out);
}

/** Nobody leaves twice. */
export const leavingOnce = (claims: readonly Claim[]): readonly Claim[] =>
  claims.filter((claim, i) => claim.owner !== null || i === 0 || claims[i - 1]?.owner !== null);

/**
 * [L7a] [L7c] Up to where the words reach, ms, of which nobody leaves twice; what lies between two of them follows from
 * these and from the login before, and from what is said again and again.
 */
export function stretchesReached(
  claims: readonly Claim[],
  far: number,
  leftMs: number,
  out = new Stretches(),
): readonly ReachStretch[] {
  const said = saidThroughout(claims);
  let left: Claim | undefined;
  let head = claims[0] as Claim;
  for (const [i, claim] of claims.entries()) {
    if (claim.owner !== null) left = claim;
    const next = claims[i + 1];
    const until = next?.time ?? whole.to;
    if (i === 0) reachBack(out, claim.time, nextLogin(claims, 0), far, whole.from);
    // [L7a] The latest login reaches forward …
    // What was said twice at one moment was said by the first.
    if (claims[i - 1]?.owner !== claim.owner || claims[i - 1]?.time !== claim.time) head = claim;
    if (claim.owner !== null) out.add(Math.min(said[i] ? until : claim.time + far, until), claim.owner, head, 'L7a');
    const ahead = nextLogin(claims, i + 1);
    // … for a moment after a logout it is still whoever left, if no login reaches back to it …
    if (claim.owner === null && left !== undefined) {
      const back = ahead === undefined ? whole.to : ahead.time - far;
      out.add(Math.min(claim.time + leftMs, until, Math.max(back, claim.time)), left.owner, left, 'L7a');
    }
    // … before one as long as a login reaches …
    if (claim.owner !== null && next?.owner === null)
      reachBack(out, until, { ...claim, time: next.time }, far, claim.time);
    // … and the next login reaches back.
    reachBack(out, until, ahead, far, claim.time);
  }
  return out.list();
}

/**
 * Of the visits up to the last login, the share that holds a login, or lies between two no further apart than the longest
 * silence: those between the ends of a part of a run are not listed ([L4]). `visits`: when each began, oldest first, ms.
 */
function shareOfVisits(visits: readonly Instant[], logins: readonly Claim[], longest: number): number {
  const parts = partsOf(logins, longest);
  const last = parts.at(-1)?.to as Instant;
  const until = visits.findLastIndex((begin) => begin <= last) + 1;
  let held = 0;
  let at = 0;
  for (let i = 0; i < until; i++) {
    const [begin, end] = [i === 0 ? whole.from : (visits[i] as Instant), visits[i + 1] ?? whole.to];
    while (at < parts.length && (parts[at] as Part).to < begin) at += 1;
    if (at < parts.length && (parts[at] as Part).from < end) held += 1;
  }
  return until === 0 ? 1 : held / until;
}

interface Part {
  readonly from: Instant;
  to: Instant;
}

/** The times, in order, in which logins follow one another without a silence. */
function partsOf(logins: readonly Claim[], longest: number): readonly Part[] {
  const parts: Part[] = [];
  const ends = logins.map(({ time, since = time }) => ({ from: since, to: time })).sort((a, b) => a.from - b.from);
  for (const { from, to } of ends) {
    const last = parts.at(-1);
    if (last === undefined || from - last.to > longest) parts.push({ from, to });
    else last.to = Math.max(last.to, to);
  }
  return parts;
}

/** For each claim: was the same said again and again until the next one ([L4])? */
function saidThroughout(claims: readonly Claim[]): readonly boolean[] {
  const said = claims.map(() => false);
  let since = whole.to;
  for (let i = claims.length - 1; i > 0; i--) {
    const [before, claim] = [claims[i - 1] as Claim, claims[i] as Claim];
    since = Math.min(since, claim.since ?? whole.to);
    if (before.owner !== claim.owner) since = whole.to;
    said[i - 1] = since <= before.time;
  }
  return said;
}

/** Up to a moment: nobody's until the next login reaches it, but for what the claim before already has. */
function reachBack(out: Stretches, until: Instant, ahead: Claim | undefined, far: number, since: Instant): void {
  const from = ahead === undefined ? until : Math.min(Math.max(ahead.time - far, since), until);
  out.add(from, null, null, 'L7c');
  if (ahead !== undefined) out.add(until, ahead.owner, ahead, 'L7a');
}

function nextLogin(claims: readonly Claim[], from: number): Claim | undefined {
  for (let i = from; i < claims.length; i++) if ((claims[i] as Claim).owner !== null) return claims[i];
  return undefined;
}

/** Stretches one after another; what ends before the one before it is dropped, neighbours of one owner are one. */
class Stretches {
  readonly #list: {
    from: Instant;
    to: Instant;
    owner: IdentifierKey | null;
    claim: Claim | null;
    rule: ReachStretch['rule'];
  }[] = [];

  add(to: Instant, owner: IdentifierKey | null, claim: Claim | null, rule: ReachStretch['rule']): void {
    const last = this.#list.at(-1);
    const from = last?.to ?? whole.from;
    if (to <= from) return;
    if (last !== undefined && last.owner === owner) last.to = to;
    else this.#list.push({ from, to, owner, claim, rule });
  }

  list(): readonly ReachStretch[] {
    this.add(whole.to, null, null, 'L7c');
    return this.#list;
  }
}
