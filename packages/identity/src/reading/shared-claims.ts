import { summedUp, sumsAfter } from '../evidence/claim-sums.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { placeOf } from '../evidence/halving.ts';
import { compareClaims } from '../evidence/order.ts';
import { compareStrength, isStronger, type Policy, type Role, roleOf } from '../policy/policy.ts';
import { type Identifier, type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import { togetherWith } from './merged.ts';
import { levels, nameIn, type PartNames, partsOf } from './merged-parts.ts';
import type { Said, Together } from './together.ts';

/**
 * The claims that count for an identifier, in evidence order: its own, and
 * [M6] those of every identifier a merge made one with it, if they name somebody: they are one visitor's, or one
 * person's, so whoever logs in on one has them all. What comes by way of a merge is trusted no more than the merge.
 */
export function claimsFor(graph: Graph, policy: Policy, node: Node): readonly Claim[] {
  if (node.edges.length === 0) return node.claims;
  const together = togetherWith(graph, policy, node);
  if (together.members.size === 1) return node.claims;
  const alike = graph instanceof GraphAtRest ? likenessOf(policy, together, node) : undefined;
  return alike === undefined ? heard(policy, together, node) : heardAlike(policy, together, node, alike);
}

/**
 * [L7] What counts for a merged identifier as it does for all that are like it; undefined where its own words count
 * otherwise. It is one list as long as nothing more is said of any of them.
 */
export function claimsInCommon(graph: Graph, policy: Policy, node: Node): readonly Claim[] | undefined {
  const together = togetherWith(graph, policy, node);
  const alike = together.members.size === 1 ? undefined : likenessOf(policy, together, node);
  return alike === undefined ? undefined : heardAlike(policy, together, node, alike);
}

function heardAlike(policy: Policy, together: Together, node: Node, alike: string): readonly Claim[] {
  let claims = together.alike.get(alike);
  if (claims === undefined) {
    claims = heardSince(policy, together, node, alike) ?? heard(policy, together, node, alike);
    together.alike.set(alike, claims);
  }
  return claims;
}

/** The same by what counted before; undefined where that does not say, or not in which order. */
function heardSince(policy: Policy, together: Together, node: Node, alike: string): readonly Claim[] | undefined {
  const list = together.before?.alike.get(alike);
  if (together.before === undefined || list === undefined) return undefined;
  const mine = partsOf(together.parts, node.key);
  const heardOf = (some: Iterable<Said>) =>
    [...some].flatMap((said) => wordFor(policy, together, node, mine, said) ?? []);
  const [gone, come] = [heardOf(together.before.gone), heardOf(together.before.come)];
  const left = new Set(gone);
  const claims = list.filter((claim) => !left.has(claim));
  for (const claim of come) {
    const place = placeOf(claims, (one) => compareClaims(policy.order, one, claim) < 0);
    const next = claims[place];
    if (next !== undefined && compareClaims(policy.order, next, claim) === 0) return undefined;
    claims.splice(place, 0, claim);
  }
  return summedUp(claims, sumsAfter(list, gone, come));
}

/** `alike`: for all that are like it, and not for its own sake. */
function heard(policy: Policy, together: Together, node: Node, alike?: string): readonly Claim[] {
  const claims: Claim[] = [];
  const mine = partsOf(together.parts, node.key);
  for (const said of together.said) {
    const { member, claim } = said;
    if (alike === undefined && member === node.key)
      claims.push(isParting(policy, together, node, claim) ? { ...claim, refused: claim.refused ?? 'M6' } : claim);
    else {
      const word = wordFor(policy, together, node, mine, said);
      if (word !== undefined) claims.push(word);
    }
  }
  // What was sorted as it was said is nearly in order.
  return claims.sort((a, b) => compareClaims(policy.order, a, b));
}

/** What was said of another as it counts for an identifier, if it does. */
function wordFor(policy: Policy, together: Together, node: Node, mine: PartNames, said: Said): Claim | undefined {
  const { ownerKind, partsOfMember } = said;
  if (ownerKind !== null && isStronger(policy, node.id.kind, ownerKind)) return undefined;
  const word = heardBy(said, trustBetween(mine, partsOfMember));
  return isParting(policy, together, node, word) ? undefined : word;
}

/**
 * [M6] Would a claim part an identifier from those that merges, which its sender cannot overrule, made one with it? Its
 * owner, of their own role, is not stronger than all of them: they are named after the strongest, and stay.
 */
function isParting(policy: Policy, together: Together, { id, key }: Node, { owner, trust }: Claim): boolean {
  if (owner === null) return false;
  const above = identifierOf(owner);
  const role = roleOf(policy, id.kind);
  if (roleOf(policy, above.kind) !== role) return false;
  return compareStrength(policy, above, topOf(policy, together, key, trust, role)) > 0;
}

function topOf(policy: Policy, together: Together, key: IdentifierKey, trust: Trust, role: Role): Identifier {
  const part = trust === 0 ? undefined : together.parts[levels.indexOf(trust)];
  const name = `${role} ${trust} ${nameIn(part, key) ?? ''}`;
  let top = together.tops.get(name);
  if (top !== undefined) return top;
  top = identifierOf(key);
  for (const other of together.members) {
    const one = identifierOf(other);
    const isAmong = nameIn(part, other) === nameIn(part, key) && roleOf(policy, one.kind) === role;
    if (isAmong && compareStrength(policy, one, top) < 0) top = one;
  }
  together.tops.set(name, top);
  return top;
}

/**
 * What an identifier has in common with those for which the same claims count: their kind, and with whom they are one at
 * each trust that makes a difference. Undefined where its own claims count otherwise than for the others.
 */
function likenessOf(policy: Policy, together: Together, { id, key }: Node): string | undefined {
  const { owners, trust, isRecorded, parts, likenesses } = together;
  const known = likenesses.get(id.kind);
  if (known !== undefined) return known;
  const isHeard = (kind: string | null) => kind === null || isStronger(policy, kind, id.kind);
  if (isRecorded || ![...owners].every(isHeard)) return undefined;
  const names = levels.map((level, i) => (level > trust ? '' : nameIn(parts[i], key)));
  const likeness = [id.kind, ...names].join('\n');
  if (levels.every((level, i) => level > trust || parts[i] === 'all')) likenesses.set(id.kind, likeness);
  return likeness;
}

/** The trust of the best way between two: that of its weakest merge. */
function trustBetween(some: PartNames, others: PartNames): Trust {
  for (let i = 0; i < levels.length; i++) if (some[i] === others[i]) return levels[i] as Trust;
  return 0;
}

function heardBy({ member, claim, forOthers }: Said, trust: Trust): Claim {
  // One claim, by whichever way that is as good it is heard: what it says is found in a list by what it is.
  const counts = Math.min(claim.trust, trust) as Trust;
  let heard = forOthers.get(counts);
  if (heard === undefined) {
    heard = { ...claim, trust: counts, of: member };
    forOthers.set(counts, heard);
  }
  return heard;
}
