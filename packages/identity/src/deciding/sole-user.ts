import { isBelow } from '../evidence/claims.ts';
import type { Node } from '../evidence/graph.ts';
import type { Policy, Role } from '../policy/policy.ts';
import type { IdentifierKey } from '../words/ids.ts';

/** Has nobody else ever been said to use an anonymous identifier? Then one more word of `owner` makes it theirs, or leaves it so. */
export function isSoleUser(policy: Policy, role: Role, node: Node | undefined, owner: IdentifierKey): boolean {
  if (role !== 'anonymous' || (policy.sharedDevice !== 'by-interval' && policy.sharedDevice !== 'reach-bound'))
    return false;
  if (node === undefined) return true;
  return (
    node.edges.length === 0 && node.claims.every((claim) => isBelow(claim, owner) && claim.directory === undefined)
  );
}
