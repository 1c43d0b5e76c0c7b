import { setAsideOf } from '../evidence/claims.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { compareClaims } from '../evidence/order.ts';
import { compareStrength, isStronger, type Policy, type Role, roleOf } from '../policy/policy.ts';
import { type Identifier, type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';

/** Identifiers that merges made one, and what was said of each. */
export interface Together {
  readonly members: ReadonlySet<IdentifierKey>;
  /** For each of `levels`: which identifiers merges of at least that trust made one. */
  readonly parts: readonly Part[];
  /** In evidence order. */
  readonly said: readonly Said[];
  /** The kinds of their owners, null for none; the highest trust of them; whether one is the directory's. */
  readonly owners: ReadonlySet<string | null>;
  readonly trust: Trust;
  readonly isRecorded: boolean;
  /** The strongest identifier of a role among those that merges of a trust made one, found when it is asked for. */
  readonly tops: Map<string, Identifier>;
  /** What counts for identifiers for which the same counts, found once for all of them, by what they have in common. */
  readonly alike: Map<string, readonly Claim[]>;
}

/** Parts by the name of each; most often all merges are of one trust, and make all of them one or none. */
type Part = ReadonlyMap<IdentifierKey, IdentifierKey> | 'all' | 'none';

const nameIn = (part: Part | undefined, key: IdentifierKey): string | undefined =>
  part === 'all' ? part : part === 'none' ? key : part?.get(key);

/** A claim of one of them, and how it counts for the others, by the trust of the way there. */
interface Said {
  readonly member: Node;
  readonly partsOfMember: PartNames;
  readonly claim: Claim;
  readonly ownerKind: string | null;
  readonly forOthers: Map<Trust, Claim>;
}

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
  if (claims === undefined) together.alike.set(alike, (claims = heard(policy, together, node, alike)));
  return claims;
}

/** `alike`: for all that are like it, and not for its own sake. */
function heard(policy: Policy, together: Together, node: Node, alike?: string): readonly Claim[] {
  const claims: Claim[] = [];
  const mine = partsOf(together.parts, node.key);
  for (const said of together.said) {
    const { member, claim, ownerKind, partsOfMember } = said;
    if (alike === undefined && member.key === node.key)
      claims.push(isParting(policy, together, node, claim) ? { ...claim, refused: claim.refused ?? 'M6' } : claim);
    else if (ownerKind === null || !isStronger(policy, node.id.kind, ownerKind)) {
      const word = heardBy(said, trustBetween(mine, partsOfMember));
      if (!isParting(policy, together, node, word)) claims.push(word);
    }
  }
  // What was sorted as it was said is nearly in order.
  return claims.sort((a, b) => compareClaims(policy.order, a, b));
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
  const { owners, trust, isRecorded, parts } = together;
  const isHeard = (kind: string | null) => kind === null || isStronger(policy, kind, id.kind);
  if (isRecorded || ![...owners].every(isHeard)) return undefined;
  return [id.kind, ...levels.map((level, i) => (level > trust ? '' : nameIn(parts[i], key)))].join('\n');
}

/** What merges made one with an identifier; for a graph at rest it is found once for all of them. */
function togetherWith(graph: Graph, policy: Policy, node: Node): Together {
  const afresh = () => findTogether(graph, policy, node);
  const find = () => graph.memories?.togetherWith(graph, policy, node, afresh) ?? afresh();
  if (!(graph instanceof GraphAtRest)) return find();
  const known = graph.together.get(node.key);
  if (known !== undefined) return known;
  const found = find();
  for (const key of found.members) graph.together.set(key, found);
  return found;
}

function findTogether(graph: Graph, policy: Policy, node: Node): Together {
  const nodeOf = (key: IdentifierKey) => (key === node.key ? node : graph.node(key));
  const members = reach(nodeOf, node.key, 0);
  const trusts = trustsIn(nodeOf, members);
  const parts = levels.map((trust): Part => {
    if (trusts.every((one) => one >= trust)) return 'all';
    if (trusts.every((one) => one < trust)) return 'none';
    const names = new Map<IdentifierKey, IdentifierKey>();
    for (const key of members) {
      if (names.has(key)) continue;
      for (const one of reach(nodeOf, key, trust)) names.set(one, key);
    }
    return names;
  });
  const said = [...members].flatMap((key) => {
    const member = nodeOf(key) as Node;
    const partsOfMember = partsOf(parts, key);
    return whole(graph, policy, member)
      .filter((claim) => claim.owner === null || !members.has(claim.owner))
      .map((claim): Said => {
        const ownerKind = claim.owner === null ? null : identifierOf(claim.owner).kind;
        return { member, partsOfMember, claim, ownerKind, forOthers: new Map() };
      });
  });
  // One entry may say it of several of them: whoever is asked first changes nothing.
  said.sort((a, b) => compareClaims(policy.order, a.claim, b.claim) || (a.member.key < b.member.key ? -1 : 1));
  return {
    members,
    parts,
    said,
    owners: new Set(said.map(({ ownerKind }) => ownerKind)),
    trust: levels.find((level) => said.some(({ claim }) => claim.trust >= level)) ?? 0,
    isRecorded: said.some(({ claim }) => claim.directory === true),
    tops: new Map(),
    alike: new Map(),
  };
}

/** How much the merges among some identifiers are trusted, each trust once. */
function trustsIn(
  nodeOf: (key: IdentifierKey) => Node | undefined,
  members: ReadonlySet<IdentifierKey>,
): readonly Trust[] {
  const trusts = new Set<Trust>();
  for (const key of members)
    for (const edge of nodeOf(key)?.edges ?? [])
      if (edge.refused === undefined && members.has(edge.other)) trusts.add(edge.trust);
  return [...trusts];
}

/** Everyone a way of merges of at least this trust leads to. */
function reach(
  nodeOf: (key: IdentifierKey) => Node | undefined,
  from: IdentifierKey,
  trust: Trust,
): ReadonlySet<IdentifierKey> {
  const found = new Set([from]);
  for (const key of found)
    for (const edge of nodeOf(key)?.edges ?? [])
      if (edge.refused === undefined && edge.trust >= trust && nodeOf(edge.other) !== undefined) found.add(edge.other);
  return found;
}

const levels = [3, 2, 1] as const satisfies readonly Trust[];
type PartNames = readonly (string | undefined)[];
const partsOf = (parts: Together['parts'], key: IdentifierKey): PartNames => parts.map((part) => nameIn(part, key));

/** The trust of the best way between two: that of its weakest merge. */
function trustBetween(some: PartNames, others: PartNames): Trust {
  for (let i = 0; i < levels.length; i++) if (some[i] === others[i]) return levels[i] as Trust;
  return 0;
}

function heardBy({ member, claim, forOthers }: Said, trust: Trust): Claim {
  let heard = forOthers.get(trust);
  if (heard === undefined) {
    heard = { ...claim, trust: Math.min(claim.trust, trust) as Trust, of: member.key };
    forOthers.set(trust, heard);
  }
  return heard;
}

/** A node's claims with those it no longer lists: among the claims of another they may say something again. */
function whole(graph: Graph, policy: Policy, node: Node): readonly Claim[] {
  const [first, last] = [node.claims[0], node.claims.at(-1)];
  if (policy.order === 'arrival' || first === undefined || last === undefined || first === last) return node.claims;
  const kept = setAsideOf(graph, node, first, last);
  return kept.length === 0 ? node.claims : [...node.claims, ...kept];
}
