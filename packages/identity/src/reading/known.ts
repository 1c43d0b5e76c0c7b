import { isKnownProfile } from '../directory/record.ts';
import type { Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { joins } from './cluster.ts';

/**
 * A person with a login identifier is known; so is a cluster of handles in which one was identified, and a profile
 * whose record holds a login identifier ([R2]).
 */
export const isKnown = (policy: Policy, members: readonly Node[]): boolean =>
  members.some((member) => {
    const role = roleOf(policy, member.id.kind);
    if (role === 'profile') return isKnownProfile(policy.directory, member);
    return (
      role === 'login' || (role === 'handle' && member.edges.some((edge) => edge.identified === true && joins(edge)))
    );
  });
