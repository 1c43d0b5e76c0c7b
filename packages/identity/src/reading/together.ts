import { setAsideOf } from '../evidence/claims.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { compareClaims } from '../evidence/order.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type Identifier, type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';
import { GraphAtRest } from './at-rest.ts';
import type { Regrown } from './remembered.ts';

/** Identifiers that merges made one, and what was said of each. */
export interface Together {
  readonly members: ReadonlySet<IdentifierKey>;
  /** For each of `levels`: which identifiers merges of at least that trust made one. */
  readonly parts: readonly Part[];
  /** In evidence order; of identifiers that are said to be one owner's, what they list. */
  readonly said: readonly Said[];
  readonly isOfOne: boolean;
  /** The kinds of their owners, null for none; the highest trust of them; whether one is the directory's. */
  readonly owners: ReadonlySet<string | null>;
  readonly trust: Trust;
  readonly isRecorded: boolean;
  /** The strongest identifier of a role among those that merges of a trust made one, found when it is asked for. */
  readonly tops: Map<string, Identifier>;
  /** What counts for identifiers for which the same counts, found once for all of them, by what they have in common. */
  readonly alike: Map<string, readonly Claim[]>;
  /** What counted for them until more was said of one, and what has changed since. */
  readonly before?: Pick<Together, 'alike'> & Change;
}

interface Change {
  readonly gone: ReadonlySet<Said>;
  readonly come: readonly Said[];
}

/** Parts by the name of each; most often all merges are of one trust, and make all of them one or none. */
type Part = ReadonlyMap<IdentifierKey, IdentifierKey> | 'all' | 'none';

/** Of an identifier the name of its part. */
export const nameIn = (part: Part | undefined, key: IdentifierKey): string | undefined =>
  part === 'all' ? part : part === 'none' ? key : part?.get(key);

/** The trusts a merge can have that make a difference, from the most. */
export const levels = [3, 2, 1] as const satisfies readonly Trust[];

/** In which part an identifier is at each of `levels`. */
export type PartNames = readonly (string | undefined)[];
export const partsOf = (parts: Together['parts'], key: IdentifierKey): PartNames =>
  parts.map((part) => nameIn(part, key));

type NodeOf = (key: IdentifierKey) => Node | undefined;

/** A claim of one of them, and how it counts for the others, by the trust of the way there. */
export interface Said {
  readonly member: IdentifierKey;
  readonly partsOfMember: PartNames;
  readonly claim: Claim;
  readonly ownerKind: string | null;
  readonly forOthers: Map<Trust, Claim>;
}

/** The place of something in a list in order: before the first that does not come before it. */
export function placeOf<T>(list: readonly T[], compare: (one: T) => number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(list[middle] as T) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What merges made one with an identifier; for a graph at rest it is found once for all of them. */
export function togetherWith(graph: Graph, policy: Policy, node: Node): Together {
  const afresh = () => findTogether(graph, policy, node);
  const nodeOf: NodeOf = (key) => (key === node.key ? node : graph.node(key));
  const again = (known: Regrown) => regrown(graph, policy, nodeOf, known);
  const find = () => graph.memories?.togetherWith(graph, policy, node, afresh, again) ?? afresh();
  if (!(graph instanceof GraphAtRest)) return find();
  const known = graph.together.get(node.key);
  if (known !== undefined) return known;
  const found = find();
  for (const key of found.members) graph.together.set(key, found);
  return found;
}

function findTogether(graph: Graph, policy: Policy, node: Node): Together {
  const nodeOf: NodeOf = (key) => (key === node.key ? node : graph.node(key));
  const members = reach(nodeOf, node.key, 0);
  const parts = partsAmong(nodeOf, members);
  const isOfOne = areOfOne(nodeOf, members);
  const claimsOf = (one: Node) => (isOfOne ? one.claims : whole(graph, policy, one));
  const said = [...members].map(nodeOf).flatMap((one) => saidOf(members, parts, one as Node, claimsOf));
  // One entry may say it of several of them: whoever is asked first changes nothing.
  said.sort((a, b) => compareSaid(policy, a, b));
  return { members, parts, said, isOfOne, ...summary(said) };
}

/**
 * Are identifiers that are one said to be one owner's, and never left by anybody? Then what they list says all: the first
 * and the last of each sort ([L4]).
 */
function areOfOne(nodeOf: NodeOf, members: ReadonlySet<IdentifierKey>): boolean {
  let only: IdentifierKey | undefined;
  for (const key of members)
    for (const { owner } of nodeOf(key)?.claims ?? []) {
      if (owner === null) return false;
      if (owner === only || members.has(owner)) continue;
      if (only !== undefined) return false;
      only = owner;
    }
  return true;
}

/** For each of `levels` which of some identifiers merges of at least that trust made one. */
function partsAmong(nodeOf: NodeOf, members: ReadonlySet<IdentifierKey>): readonly Part[] {
  const trusts = trustsIn(nodeOf, members);
  return levels.map((trust): Part => {
    if (trusts.every((one) => one >= trust)) return 'all';
    if (trusts.every((one) => one < trust)) return 'none';
    const names = new Map<IdentifierKey, IdentifierKey>();
    for (const key of members) {
      if (names.has(key)) continue;
      for (const one of reach(nodeOf, key, trust)) names.set(one, key);
    }
    return names;
  });
}

const compareSaid = (policy: Policy, a: Said, b: Said): number =>
  compareClaims(policy.order, a.claim, b.claim) ||
  (a.member === b.member ? a.claim.position - b.claim.position : a.member < b.member ? -1 : 1);

const summary = (said: readonly Said[]): Omit<Together, 'members' | 'parts' | 'said' | 'isOfOne'> => ({
  owners: new Set(said.map(({ ownerKind }) => ownerKind)),
  trust: levels.find((level) => said.some(({ claim }) => claim.trust >= level)) ?? 0,
  isRecorded: said.some(({ claim }) => claim.directory === true),
  tops: new Map(),
  alike: new Map(),
});

/** What was said of one of some that are one, but of those themselves. */
function saidOf(
  members: Together['members'],
  parts: Together['parts'],
  member: Node,
  claimsOf: (member: Node) => readonly Claim[],
): readonly Said[] {
  const partsOfMember = partsOf(parts, member.key);
  return claimsOf(member)
    .filter((claim) => claim.owner === null || !members.has(claim.owner))
    .map((claim): Said => {
      const ownerKind = claim.owner === null ? null : identifierOf(claim.owner).kind;
      return { member: member.key, partsOfMember, claim, ownerKind, forOthers: new Map() };
    });
}

/** Of so many new words all are put in order at once. */
const MANY = 64;

/** What was found before of the same identifiers, or of most of them; undefined where it is as well to look at all. */
function regrown(
  graph: Graph,
  policy: Policy,
  nodeOf: NodeOf,
  { known, fresh, members }: Regrown,
): Together | undefined {
  const [first, ...others] = known;
  const all = members ?? first.members;
  const isOfOne = first.isOfOne && areOfOne(nodeOf, all);
  // What they need not list says something beside another owner's.
  if (known.some((one) => one.isOfOne !== isOfOne)) return undefined;
  const claimsOf = (one: Node) => (isOfOne ? one.claims : whole(graph, policy, one));
  const parts = members === undefined ? first.parts : partsAmong(nodeOf, all);
  const keys = new Set(fresh.map(({ key }) => key));
  const now = new Map(fresh.flatMap((one) => saidOf(all, parts, one, claimsOf)).map((one) => [textOf(one), one]));
  const isLeft = (one: Said): boolean => {
    if (keys.has(one.member)) return now.delete(textOf(one));
    return members === undefined || one.claim.owner === null || !members.has(one.claim.owner);
  };
  const isAsBefore = parts.every((part, i) => typeof part === 'string' && part === first.parts[i]);
  const here = (one: Said): Said => ({ ...one, partsOfMember: partsOf(parts, one.member) });
  const gone = new Set(first.said.filter((one) => !isLeft(one)));
  const come = others.flatMap(({ said }) => said.filter(isLeft).map(here));
  come.push(...now.values());
  if (come.length > MANY && members === undefined) return undefined;
  const left = gone.size === 0 ? first.said : first.said.filter((one) => !gone.has(one));
  const said = withMore(isAsBefore ? left : left.map(here), come, (a, b) => compareSaid(policy, a, b));
  const together: Together = { members: all, parts, said, isOfOne, ...summary(said) };
  // With another identifier among them another may be the strongest.
  const isSame = members === undefined || (isAsBefore && !mayPart(policy, together));
  return isSame && come.length <= MANY
    ? {
        ...together,
        before: { alike: first.alike, gone, come },
        ...(members === undefined ? { tops: first.tops } : {}),
      }
    : together;
}

/** Is one of their owners of a role that one of them has too ([M6])? */
function mayPart(policy: Policy, { owners, members }: Together): boolean {
  const roles = new Set([...members].map((key) => roleOf(policy, identifierOf(key).kind)));
  return [...owners].some((kind) => kind !== null && roles.has(roleOf(policy, kind)));
}

/** A list in order with some more of them. */
function withMore<T>(list: readonly T[], more: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  if (more.length === 0) return list;
  if (more.length > MANY) return [...list, ...more].sort(compare);
  const all = [...list];
  for (const one of more)
    all.splice(
      placeOf(all, (other) => compare(other, one)),
      0,
      one,
    );
  return all;
}

/** All that is read of a word, and of whom it was said. */
const textOf = ({ member, claim }: Said): string => {
  const { position, tie, time, owner, trust, since, refused, unverified, directory } = claim;
  return `${position} ${time} ${trust} ${since} ${refused} ${unverified} ${directory} ${owner} ${member} ${tie}`;
};

/** How much the merges among some identifiers are trusted, each trust once. */
function trustsIn(nodeOf: NodeOf, members: ReadonlySet<IdentifierKey>): readonly Trust[] {
  const trusts = new Set<Trust>();
  for (const key of members)
    for (const edge of nodeOf(key)?.edges ?? [])
      if (edge.refused === undefined && members.has(edge.other)) trusts.add(edge.trust);
  return [...trusts];
}

/** Everyone a way of merges of at least this trust leads to. */
function reach(nodeOf: NodeOf, from: IdentifierKey, trust: Trust): ReadonlySet<IdentifierKey> {
  const found = new Set([from]);
  for (const key of found)
    for (const edge of nodeOf(key)?.edges ?? [])
      if (edge.refused === undefined && edge.trust >= trust && nodeOf(edge.other) !== undefined) found.add(edge.other);
  return found;
}

/** A node's claims with those it no longer lists: among the claims of another they may say something again. */
function whole(graph: Graph, policy: Policy, node: Node): readonly Claim[] {
  const [first, last] = [node.claims[0], node.claims.at(-1)];
  if (policy.order === 'arrival' || first === undefined || last === undefined || first === last) return node.claims;
  const kept = setAsideOf(graph, node, first, last);
  return kept.length === 0 ? node.claims : [...node.claims, ...kept];
}
