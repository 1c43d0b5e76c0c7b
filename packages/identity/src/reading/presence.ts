import { counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type Identifier, type Instant, identifierOf, type Trust } from '../words/ids.ts';

/** Who is signed in on a visitor or a device. */
export type Presence =
  | { readonly type: 'signed-in'; readonly login: Identifier; readonly lastSaid: Instant }
  | { readonly type: 'signed-out'; readonly login: Identifier }
  | { readonly type: 'stranger' };

/**
 * [N1] Whoever the last login on an anonymous identifier named is signed in there, until a logout; after it they are
 * still who this browser is known to belong to. Only words of at least `trust` count, or anybody could sign anybody in.
 * `lastSaid` is the last login, ms.
 */
export function presenceOf(policy: Policy, node: Node | undefined, trust: Trust): Presence {
  // A pin ([U5]) says whose it is and not who is there.
  const said = counted(policy, node?.claims ?? []).filter(
    (claim) => claim.trust >= trust && claim.trust < 3 && isPresence(policy, claim),
  );
  const last = said.at(-1);
  const named = said.findLast((claim) => claim.owner !== null);
  if (last === undefined || named?.owner == null) return { type: 'stranger' };
  const login = identifierOf(named.owner);
  if (last.owner === null) return { type: 'signed-out', login };
  return { type: 'signed-in', login, lastSaid: last.time };
}

const isPresence = (policy: Policy, claim: Claim): boolean =>
  claim.owner === null || roleOf(policy, identifierOf(claim.owner).kind) === 'login';
