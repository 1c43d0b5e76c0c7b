import type { Policy } from '../policy/policy.ts';
import { isSharedBy, longestSilence } from '../reading/reach.ts';
import type { Entry } from '../words/command.ts';
import type { IdentifierKey } from '../words/ids.ts';
import { withinChanges } from './changes-of-hands.ts';
import { summedUp, sumsAfter } from './claim-sums.ts';
import type { Claim, Draft, Graph, Node, Sight } from './graph.ts';
import { placeOf } from './halving.ts';
import { nameOf, sortNameOf } from './kept-claims.ts';
import { again } from './node.ts';
import { compareClaims, compareKept } from './order.ts';
import { alone, endOfRun, isAnotherOf, listedOf, startOfRun } from './runs.ts';

/** What an entry claims of an identifier: it is this owner's from now on, or nobody's. */
export const claimOf = (entry: Entry, owner: IdentifierKey | null): Claim => ({
  time: entry.time,
  tie: entry.insertId ?? '',
  position: entry.position,
  trust: entry.trust,
  owner,
  wire: entry.wire,
});

/** A node with a claim more. */
export function withClaim(draft: Draft, policy: Policy, node: Node, claim: Claim): Node {
  const claims = claimsWith(draft, policy, node, claim);
  return claims === node.claims ? node : again(node, node.met, node.trust, node.lastSeen, claims);
}

/**
 * The claims that a node lists when one is added to them.
 *
 * [L4] Of a run of claims for one owner a node lists the first and the last of each sort: of each trust, and of those
 * believed, unverified, refused and said by the directory. Whatever reads claims leaves some sorts out and asks where a
 * run begins or ends, so the rest say nothing new *so far* and are set aside. A late claim for somebody else inside a
 * run reads again those beside it. Where logins have a reach and the identifier is shared, or merged, silences count too:
 * the ends of each part of a run without a long one are listed, the later with the moment its part began.
 *
 * Costs what the runs beside the claim list, and a copy of the list; the list is bounded by [K4]. Once for an identifier,
 * when it becomes shared or is merged, it costs as much as was said of it.
 */
export function claimsWith(draft: Draft, policy: Policy, node: Node, claim: Claim): readonly Claim[] {
  const { claims } = node;
  const { order } = policy;
  const last = claims.at(-1);
  if (last === undefined) return [claim];
  const ahead = compareClaims(order, last, claim);
  if (ahead === 0) return claims;
  const wasShared = countsSilences(policy, node);
  if (ahead < 0 && !draft.listsAll && isAnotherOf(last, claim) && !wasShared && isAnotherOf(claims.at(-2), last)) {
    // The usual case: the same owner again, a little later.
    setAside(draft, policy, node, [last]);
    return later(node, summedUp(claims.with(-1, claim), sumsAfter(claims, [last], [claim])));
  }
  const at = ahead < 0 ? claims.length : placeAmong(policy, claims, claim);
  const after = claims[at];
  if (after !== undefined && compareClaims(order, after, claim) === 0) return claims;
  if (draft.listsAll) return claims.toSpliced(at, 0, claim);
  if (isSetAside(draft, policy, node, at, claim)) return claims;
  const silence =
    policy.sharedDevice === 'reach-bound' && (wasShared || claim.owner !== last.owner)
      ? longestSilence(policy.reach)
      : undefined;
  const becomesShared = silence !== undefined && !wasShared;
  const before = claims[at - 1];
  const splits = before !== undefined && before.owner === after?.owner && before.owner !== claim.owner;
  // Only the runs on both sides of it can list less, or more, than before.
  const from = becomesShared ? 0 : startOfRun(claims, at - 1);
  const to = becomesShared ? claims.length : endOfRun(claims, at);
  const run = claims.slice(from, to);
  // A claim inside a run parts it, and each part lists its own ends of every sort; where silences begin to count, all of them.
  const apart = becomesShared
    ? setAsideAmong(draft, node, run)
    : splits
      ? endsBeside(draft, policy, node, run, claim)
      : [];
  const listedNow = becomesShared ? run.map(alone) : run;
  const { listed, spare } = listedOf(
    [...listedNow, ...apart, claim].sort((a, b) => compareClaims(order, a, b)),
    silence,
  );
  setAside(draft, policy, node, apart.length === 0 ? spare : spare.filter((one) => !apart.includes(one)));
  const sums = sumsAfter(claims, run, listed);
  const now = withinChanges(policy, claims.toSpliced(from, to - from, ...listed), sums, node.edges.length > 0);
  return ahead < 0 && !becomesShared ? later(node, now) : now;
}

/** Lists of merged identifiers, by those that a later claim made of them. */
const earlier = new WeakMap<readonly Claim[], WeakRef<readonly Claim[]>>();

function later({ edges, claims }: Node, now: readonly Claim[]): readonly Claim[] {
  if (edges.length > 0) earlier.set(now, new WeakRef(claims));
  return now;
}

/** Does a list of a merged identifier say all that another does, and one later claim? Only where it was just made of it. */
export const saysOneMore = (now: readonly Claim[], before: readonly Claim[]): boolean =>
  earlier.get(now)?.deref() === before;

/** Are silences among what is said of an identifier listed? Those of one that is merged count as soon as any of them is shared. */
const countsSilences = (policy: Policy, { claims, edges }: Node): boolean =>
  policy.sharedDevice === 'reach-bound' && (edges.length > 0 || isSharedBy(claims));

/** A node that is about to be merged for the first time: as one that is shared it lists silences ([L4]). */
export function listedToMerge(draft: Draft, policy: Policy, node: Node): Node {
  const { claims } = node;
  if (policy.sharedDevice !== 'reach-bound' || draft.listsAll || claims.length < 2 || countsSilences(policy, node))
    return node;
  const apart = setAsideAmong(draft, node, claims);
  const all = [...claims.map(alone), ...apart].sort((a, b) => compareClaims(policy.order, a, b));
  const { listed, spare } = listedOf(all, longestSilence(policy.reach));
  setAside(
    draft,
    policy,
    node,
    spare.filter((one) => !apart.includes(one)),
  );
  return { ...node, claims: withinChanges(policy, listed, undefined, true) };
}

/** The claims that a node has set aside between the first and the last of some it lists. */
function setAsideAmong(graph: Graph, node: Node, run: readonly Claim[]): readonly Claim[] {
  const [first, last] = [run[0], run.at(-1)];
  return first === undefined || last === undefined || first === last ? [] : setAsideOf(graph, node, first, last);
}

/**
 * What a run has set aside that is listed where a claim parts it: of each sort the last before and the first after it,
 * if they lie between two that are listed, and where silences count in one part of the run.
 */
function endsBeside(graph: Graph, policy: Policy, node: Node, run: readonly Claim[], claim: Claim): readonly Claim[] {
  const { order } = policy;
  const isBefore = (one: Claim): boolean => compareClaims(order, one, claim) < 0;
  const middle = run.findIndex((one) => !isBefore(one));
  const lasts = new Map(run.slice(0, middle).map((one) => [sortNameOf(one), one]));
  const ends: Claim[] = [];
  for (const after of run.slice(middle)) {
    const sort = sortNameOf(after);
    const before = lasts.get(sort);
    lasts.delete(sort);
    if (before === undefined || (after.since !== undefined && after.since > before.time)) continue;
    for (const one of graph.beside(node.key, after, claim)) {
      if (compareClaims(order, one, before) <= 0 || compareClaims(order, one, after) >= 0) continue;
      // What is set aside between two has been said again and again since the part began.
      ends.push(isBefore(one) && after.since !== undefined ? { ...one, since: after.since } : one);
    }
  }
  return ends;
}

/**
 * The claims of a node between two moments that it does not list, each once: one that was put back may be both ([U3]), and
 * one that was listed again meanwhile is kept twice.
 */
export function setAsideOf(graph: Graph, node: Node, after: Sight, before: Sight): readonly Claim[] {
  const kept = graph.evidence(node.key, after, before);
  if (kept.length === 0) return kept;
  const seen = new Set(node.claims.map(nameOf));
  const isNews = (claim: Claim): boolean => !seen.has(nameOf(claim));
  return kept.filter((claim) => isNews(claim) && seen.add(nameOf(claim)));
}

/** Does a late claim say what one says that was set aside ([O3])? Only where it lies between two of its sort that a run lists. */
function isSetAside(graph: Graph, policy: Policy, { key, claims }: Node, at: number, claim: Claim): boolean {
  if (policy.order === 'arrival') return false;
  const isOfRun = (place: number): boolean => claims[place]?.owner === claim.owner;
  let [before, after] = [at - 1, at];
  while (isOfRun(before) && !isAnotherOf(claims[before], claim)) before -= 1;
  while (isOfRun(after) && !isAnotherOf(claims[after], claim)) after += 1;
  if (!isOfRun(before) || !isOfRun(after)) return false;
  const justAfter = { ...claim, tie: `${claim.tie}\u0000` };
  return graph.beside(key, claim, justAfter).some((one) => compareKept(one, claim) === 0);
}

/** Under `order: 'arrival'` nothing comes late, but what one of merged identifiers says may lie between two words of another ([M6]). */
function setAside(draft: Draft, policy: Policy, node: Node, claims: readonly Claim[]): void {
  if (claims.length === 0) return;
  draft.keep(node.key, policy.order === 'time' ? claims : claims.map((claim) => asKept(policy, claim)));
}

/** A claim as it is set aside. */
export function asKept({ order }: Policy, claim: Claim): Claim {
  const made = alone(claim);
  return order === 'arrival' ? { ...made, byArrival: true } : made;
}

/**
 * Does a claim only say again, a little later, what the last two said? Then no link can change by it. Of a merged
 * identifier it is what the last said: what lies before it may be listed or set aside ([L4]).
 */
export function saysAgain(policy: Policy, node: Node | undefined, claim: Claim): boolean {
  const { claims, edges } = node ?? { claims: [], edges: [] };
  const isMerged = edges.length > 0;
  const last = claims.at(-1);
  if (last === undefined) return false;
  const ahead = compareClaims(policy.order, last, claim);
  if (ahead < 0) return isAnotherOf(last, claim) && (isMerged || isAnotherOf(claims.at(-2), last));
  const same = ahead === 0 ? last : isMerged ? undefined : claims[placeAmong(policy, claims, claim)];
  return same !== undefined && compareClaims(policy.order, same, claim) === 0;
}

/** Is a claim one by which its identifier stands among those below `owner`? */
export const isBelow = (claim: Claim | undefined, owner: IdentifierKey): boolean =>
  claim !== undefined && claim.owner === owner && claim.unverified === undefined && claim.refused === undefined;

/** The place of a claim among those listed: before the first that is not earlier. */
const placeAmong = ({ order }: Policy, claims: readonly Claim[], claim: Claim): number =>
  placeOf(claims, (one) => compareClaims(order, one, claim) < 0);
