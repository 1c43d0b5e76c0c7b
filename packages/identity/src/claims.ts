import type { Claim, Draft, Node } from './graph.ts';
import { compareClaims } from './order.ts';
import type { Policy } from './policy.ts';

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
  if (last === undefined) return { ...node, claims: [claim] };
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
    return { ...node, claims: claims.with(-1, claim) };
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
  return { ...node, claims: listed };
}
