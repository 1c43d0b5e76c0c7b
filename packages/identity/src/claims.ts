import type { Entry } from './command.ts';
import type { Claim, Draft, Node } from './graph.ts';
import type { IdentifierKey } from './ids.ts';
import { again } from './node.ts';
import { compareClaims } from './order.ts';
import type { Policy } from './policy.ts';

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
 * [L4] A node lists every claim at which something changes: of a run of claims for one owner the first, the last, and
 * each that is more trusted than all before it in the run. The rest say nothing new *so far* and go to the evidence.
 * A late claim for somebody else inside a run reads them again, so the result is the same as if every claim had been
 * listed all along.
 */
export function addClaim(draft: Draft, policy: Policy, node: Node, claim: Claim): Node {
  const { claims } = node;
  const last = claims.at(-1);
  if (last === undefined) return withClaims(node, [claim]);
  const order = policy.order;
  const ahead = compareClaims(order, last, claim);
  if (ahead === 0) return node;
  // The usual case: the same owner again, a little later.
  if (
    ahead < 0 &&
    last.owner === claim.owner &&
    claims.at(-2)?.owner === claim.owner &&
    claim.trust <= last.trust &&
    claims.at(-2)!.trust >= last.trust
  ) {
    if (order === 'time') draft.keep(node.key, [last]);
    return withClaims(node, [...claims.slice(0, -1), claim]);
  }
  if (ahead < 0) return settle(draft, policy, node, [...claims, claim]);

  const at = claims.findIndex((other) => compareClaims(order, other, claim) >= 0);
  const after = claims[at] as Claim;
  if (compareClaims(order, after, claim) === 0) return node;
  const before = claims[at - 1];
  const insideRun = before !== undefined && before.owner === after.owner && before.owner !== claim.owner;
  const kept = insideRun ? draft.evidence(node.key, before, after) : [];
  const between = [...kept, claim].sort((a, b) => compareClaims(order, a, b));
  return settle(draft, policy, node, [...claims.slice(0, at), ...between, ...claims.slice(at)], kept);
}

const withClaims = (node: Node, claims: readonly Claim[]): Node => again(node, node.met, node.lastSeen, claims);

/** Keeps what a node must list of its claims and hands the rest to the evidence, but for `kept`, which is there already. */
function settle(draft: Draft, policy: Policy, node: Node, claims: readonly Claim[], kept: readonly Claim[] = []): Node {
  const listed: Claim[] = [];
  const spare: Claim[] = [];
  let highest = -1;
  claims.forEach((claim, i) => {
    const first = claims[i - 1]?.owner !== claim.owner;
    const last = claims[i + 1]?.owner !== claim.owner;
    if (first) highest = -1;
    if (first || last || claim.trust > highest) listed.push(claim);
    else if (!kept.includes(claim)) spare.push(claim);
    highest = Math.max(highest, claim.trust);
  });
  if (spare.length > 0 && policy.order === 'time') draft.keep(node.key, spare);
  return withClaims(node, listed);
}
