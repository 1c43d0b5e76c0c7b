import type { Node } from '../evidence/graph.ts';
import type { Policy } from '../policy/policy.ts';
import { joins } from '../reading/cluster.ts';
import { isOwnDevice } from '../words/stand-in.ts';

/**
 * [J6] A handle that was identified, or one that the customer's backend knows: it tells of its own users. What the
 * vendor's SDKs mark as a device's is nobody's name.
 */
export const isSomebody = (policy: Policy, node: Node): boolean => isIdentified(node) || isBackends(policy, node);

export const isIdentified = (node: Node): boolean => node.edges.some((edge) => edge.identified === true && joins(edge));

const isBackends = (policy: Policy, node: Node): boolean =>
  node.trust >= policy.mergeTrust && !isOwnDevice(node.id.value);
