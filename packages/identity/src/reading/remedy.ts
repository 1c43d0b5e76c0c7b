import type { Claim, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, Trust } from '../words/ids.ts';

/**
 * What would change it, where two identifiers are kept apart ([X2]): in words, and so that it can be tried. After it
 * they are one person, or something else is named that keeps them apart.
 * `tell`: one of them was never named · `merge`: a merge of `one` and `other` · `trust`: the same word from somebody more
 * trusted · `policy`: these fields of the policy.
 */
export type Remedy = { readonly says: string } & (
  | { readonly how: 'tell' }
  | {
      readonly how: 'merge' | 'trust';
      readonly one: IdentifierKey;
      readonly other: IdentifierKey;
      readonly trust: Trust;
    }
  | { readonly how: 'policy'; readonly policy: Partial<Policy> }
);

const from: Readonly<Record<Trust, string>> = {
  0: 'a public key',
  1: 'the customer’s backend, signed',
  2: 'the server key',
  3: 'an operator',
};

/** What was never named is nobody's yet: of the one that was asked about, of one of the two, or of both. */
export const unseen = (which: 'alone' | 'one' | 'both'): Remedy => ({ how: 'tell', says: toName[which] });

const toName = {
  alone: 'an item that names it: until then there is nothing to explain',
  one: 'an item that names it: until then there is nothing to compare',
  both: 'items that name them: until then there is nothing to compare',
} as const;

/** What gives somebody a moment that nobody's login reaches ([L7]). */
export const reached: Remedy = {
  how: 'tell',
  says: 'a login there that reaches this moment, or a policy by which one does',
};

/** A merge joins any two people, if whoever states it is trusted enough ([M1]). */
export function byMerge(policy: Policy, one: IdentifierKey, other: IdentifierKey): Remedy {
  const trust = Math.max(policy.mergeTrust, 2) as Trust;
  return { how: 'merge', one, other, trust, says: `a merge of the two people, stated by ${from[trust]}` };
}

/** What would make a claim, or a merge, count that a rule refused; undefined where only a merge does. */
export function ofRefused(policy: Policy, rule: string, node: Node, claim: Claim | undefined): Remedy | undefined {
  const { caps } = policy;
  switch (rule) {
    case 'E2':
      return {
        how: 'policy',
        policy: { identityMode: 'open' },
        says: 'identity mode “open” or “report”, or the same word from the server key',
      };
    case 'K1':
    case 'K2': {
      const perKind = Object.fromEntries(Object.keys(caps.perKind).map((role) => [role, UNLIMITED]));
      return {
        how: 'policy',
        policy: { caps: { ...caps, perPerson: UNLIMITED, perKind: perKind as typeof caps.perKind } },
        says: `a higher limit: caps.${rule === 'K1' ? 'perKind' : 'perPerson'} of the policy`,
      };
    }
    case 'K3':
      return {
        how: 'policy',
        policy: { caps: { ...caps, peoplePerIdentifier: UNLIMITED } },
        says: 'a higher limit: caps.peoplePerIdentifier of the policy',
      };
    case 'K5':
    case 'K6':
      return {
        how: 'policy',
        policy: { breaker: { ...policy.breaker, perDay: {} } },
        says: 'a higher limit, breaker.perDay of the policy, or the value among breaker.trusted',
      };
    case 'U5':
      return claim?.owner == null
        ? undefined
        : {
            how: 'trust',
            one: node.key,
            other: claim.owner,
            trust: 3,
            says: `the same word from ${from[3]}, said later`,
          };
    case 'S10':
      // Whoever has a contact or a login keeps it [L1], however trusted the next word is.
      return claim?.owner == null || roleOf(policy, node.id.kind) !== 'anonymous'
        ? undefined
        : {
            how: 'trust',
            one: node.key,
            other: claim.owner,
            trust: node.trust,
            says: `the same word from ${from[node.trust]}, which knows this identifier too`,
          };
    default:
      return undefined;
  }
}

const UNLIMITED = 1_000_000;
