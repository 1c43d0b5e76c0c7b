import type { Entry } from '../command.ts';
import type { Claim, Draft, Node } from '../graph.ts';
import type { IdentifierKey } from '../ids.ts';
import { again } from '../node.ts';
import { compareClaims } from '../order.ts';
import type { Policy } from '../policy.ts';
import { withinChanges } from './changes-of-hands.ts';

/** What an entry claims of an identifier: it is this owner's from now on, or nobody's. */
export const claimOf = (entry: Entry, owner: IdentifierKey | null): Claim => ({
  time: entry.time,
  tie: entry.insertId ?? '',
  position: entry.position,
  trust: entry.trust,
  owner,
  wire: entry.wire,
});

/**
 * Adds a claim to those a node lists.
 *
 * [L4] Of a run of claims for one owner a node lists the first and the last of each sort: of each trust, and of those
 * believed, unverified, refused and said by the directory. Whatever reads claims leaves some sorts out and asks where a
 * run begins or ends, so the rest say nothing new *so far* and are set aside. A late claim for somebody else inside a
 * run reads them again.
 *
 * Costs what the runs beside the claim list, and a copy of the list; the list is bounded by [K4].
 */
export function addClaim(draft: Draft, policy: Policy, node: Node, claim: Claim): Node {
  const { claims } = node;
  const { order } = policy;
  const last = claims.at(-1);
  if (last === undefined) return withClaims(node, [claim]);
  const ahead = compareClaims(order, last, claim);
  if (ahead === 0) return node;
  if (ahead < 0 && !draft.listsAll && isAnotherOf(claims.at(-2), last) && isAnotherOf(last, claim)) {
    // The usual case: the same owner again, a little later.
    setAside(draft, policy, node, [last]);
    return withClaims(node, claims.with(-1, claim));
  }
  const at = ahead < 0 ? claims.length : placeOf(policy, claims, claim);
  const after = claims[at];
  if (after !== undefined && compareClaims(order, after, claim) === 0) return node;
  const before = claims[at - 1];
  const splits = before !== undefined && before.owner === after?.owner && before.owner !== claim.owner;
  const again = splits && !draft.listsAll ? draft.evidence(node.key, before, after) : [];
  const between = [...again, claim].sort((a, b) => compareClaims(order, a, b));
  if (draft.listsAll) return withClaims(node, claims.toSpliced(at, 0, ...between));
  // Only the runs on both sides of it can list less, or more, than before.
  const from = startOfRun(claims, at - 1);
  const to = endOfRun(claims, at);
  const { listed, spare } = listedOf([...claims.slice(from, at), ...between, ...claims.slice(at, to)]);
  setAside(draft, policy, node, again.length === 0 ? spare : spare.filter((one) => !again.includes(one)));
  return withClaims(node, withinChanges(policy, claims.toSpliced(from, to - from, ...listed)));
}

const withClaims = (node: Node, claims: readonly Claim[]): Node => again(node, node.met, node.lastSeen, claims);

/** Under `order: 'arrival'` nothing comes late, so what is set aside would never be read. */
function setAside(draft: Draft, policy: Policy, node: Node, claims: readonly Claim[]): void {
  if (claims.length > 0 && policy.order === 'time') draft.keep(node.key, claims);
}

/** Did adding a claim only say again, a little later, what the one before it said? Then no link can have changed. */
export const saidAgain = (before: readonly Claim[], after: readonly Claim[]): boolean =>
  before === after ||
  (before.length === after.length &&
    before.at(-2) === after.at(-2) &&
    isAnotherOf(after.at(-2), after.at(-1) as Claim) &&
    isAnotherOf(before.at(-1), after.at(-1) as Claim));

/** Two claims of one sort for one owner. */
const isAnotherOf = (one: Claim | undefined, other: Claim): boolean =>
  one !== undefined && one.owner === other.owner && isLike(one, other);

const isLike = (one: Claim, other: Claim): boolean =>
  one.trust === other.trust &&
  one.unverified === other.unverified &&
  one.directory === other.directory &&
  one.refused === other.refused;

/** Of neighbouring claims, in order, those a node must list ([L4]), and those it need not. */
function listedOf(claims: readonly Claim[]): { listed: readonly Claim[]; spare: readonly Claim[] } {
  const listed: Claim[] = [];
  const spare: Claim[] = [];
  for (let from = 0; from < claims.length; ) {
    const to = endOfRun(claims, from);
    const sorts: { readonly first: number; last: number }[] = [];
    for (let i = from; i < to; i++) {
      const sort = sorts.find(({ first }) => isLike(claims[first] as Claim, claims[i] as Claim));
      if (sort === undefined) sorts.push({ first: i, last: i });
      else sort.last = i;
    }
    const ends = new Set(sorts.flatMap(({ first, last }) => [first, last]));
    for (let i = from; i < to; i++) (ends.has(i) ? listed : spare).push(claims[i] as Claim);
    from = to;
  }
  return { listed, spare };
}

/** The place of a claim among those listed: before the first that is not earlier. */
function placeOf(policy: Policy, claims: readonly Claim[], claim: Claim): number {
  let from = 0;
  let to = claims.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (compareClaims(policy.order, claims[middle] as Claim, claim) < 0) from = middle + 1;
    else to = middle;
  }
  return from;
}

function startOfRun(claims: readonly Claim[], at: number): number {
  let from = Math.max(at, 0);
  while (from > 0 && claims[from - 1]?.owner === claims[from]?.owner) from -= 1;
  return from;
}

/** Where the run that holds `at` ends, exclusive. */
function endOfRun(claims: readonly Claim[], at: number): number {
  let to = at;
  while (to < claims.length && claims[to]?.owner === claims[at]?.owner) to += 1;
  return to;
}
