import { asTold, counted } from '../evidence/changes-of-hands.ts';
import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { sortNameOf } from '../evidence/kept-claims.ts';
import { compareClaims } from '../evidence/order.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { type Identifier, type IdentifierKey, identifierOf, type Trust } from '../words/ids.ts';
import type { Among } from './among.ts';
import { levels, nameIn, type Part, type PartNames, partsOf } from './merged-parts.ts';
import { type Ears, type Open, wordsBetween } from './words-between.ts';

/** Identifiers that merges made one, and what was said of each. */
export interface Together {
  readonly members: ReadonlySet<IdentifierKey>;
  /** For each of `levels`: which identifiers merges of at least that trust made one. */
  readonly parts: readonly Part[];
  /** In evidence order: what they list, and where they change hands what was set aside besides. */
  readonly said: readonly Said[];
  /** Where one of them may have said more that is not among it; none of identifiers that are said to be one owner's. */
  readonly open: readonly Open[];
  readonly isOfOne: boolean;
  /** The kinds of their owners, null for none; the highest trust of them; whether one is the directory's. */
  readonly owners: ReadonlySet<string | null>;
  readonly trust: Trust;
  readonly isRecorded: boolean;
  /** The strongest identifier of a role among those that merges of a trust made one, found when it is asked for. */
  readonly tops: Map<string, Identifier>;
  /** By kind: what all of that kind have in common, where every merge that makes a difference is between all of them. */
  readonly likenesses: Map<string, string>;
  /** What counts for identifiers for which the same counts, found once for all of them, by what they have in common. */
  readonly alike: Map<string, readonly Claim[]>;
  /** Is something among it that they do not list? */
  readonly isFound: boolean;
  /** So many claims they list, of whomever. */
  readonly listed: number;
  /** What public keys say between the changes that count is not among it ([K4]). */
  readonly isSome?: boolean;
  /** Of more words as many are found again as there must be ([K4]). */
  readonly most: number;
  /** What counted for them until more was said of one, and what has changed since. */
  readonly before?: Pick<Together, 'alike'> & Change;
}

export interface Change {
  readonly gone: ReadonlySet<Said>;
  readonly come: readonly Said[];
}

/** What one of them says. */
export type Listed = Pick<Together, 'said' | 'open'>;

/** A claim of one of them, and how it counts for the others, by the trust of the way there. */
export interface Said {
  readonly member: IdentifierKey;
  readonly partsOfMember: PartNames;
  readonly claim: Claim;
  readonly ownerKind: string | null;
  readonly forOthers: Map<Trust, Claim>;
}

/** So many words more are no reason to look at all again. */
const MANY = 256;

/** What is said of identifiers that merges made one, of which nothing is known yet. */
export function findTogether(
  graph: Graph,
  policy: Policy,
  { members, parts, isOfOne, listed, nodes }: Among,
): Together {
  const lists = nodes.map((one) => listOf(policy, members, parts, one, isOfOne));
  // One entry may say it of several of them: whoever is asked first changes nothing.
  const words = lists.flatMap(({ said }) => said).sort((a, b) => compareSaid(policy, a, b));
  const open = lists.flatMap((list) => list.open);
  const found = isOfOne ? { said: words, open } : withBetween(graph, policy, members, parts, words, open);
  const said = isOfOne ? words : countedOf(policy, members, found.said);
  const isFound = found.said !== words;
  return {
    members,
    parts,
    said,
    open: found.open,
    isOfOne,
    listed,
    isFound,
    most: 2 * said.length + MANY,
    ...summary(said),
  };
}

/** Words of merged identifiers with what was set aside between them, as far as it is read. */
export function withBetween(
  graph: Graph,
  policy: Policy,
  members: Together['members'],
  parts: Together['parts'],
  words: readonly Said[],
  open: readonly Open[],
  word = wordOf,
): Pick<Together, 'said' | 'open'> {
  const found = wordsBetween(
    graph,
    (a, b) => compareSaid(policy, a, b),
    words,
    open,
    earsOf(policy, members, parts, words),
    policy.caps.changes,
    word,
  );
  return { said: found.words, open: found.open };
}

/** A claim as one of merged identifiers says it. */
export const saidOf = (member: IdentifierKey, partsOfMember: PartNames, claim: Claim): Said => ({
  member,
  partsOfMember,
  claim,
  ownerKind: claim.owner === null ? null : identifierOf(claim.owner).kind,
  forOthers: new Map(),
});

/** A word, as it counts. */
export const withClaim = (word: Said, claim: Claim): Said => (word.claim === claim ? word : wordOf(word, claim));

/** A word of the identifier of another. */
export const wordOf = ({ member, partsOfMember }: Said, claim: Claim): Said => saidOf(member, partsOfMember, claim);

/** [M6] What comes by way of a page's merge counts as a page's word: for whom are these identifiers read? */
function earsOf(
  policy: Policy,
  members: Together['members'],
  parts: Together['parts'],
  words: readonly Said[],
): readonly Ears[] {
  const isPublic = ({ claim }: Said) => claim.trust === 0;
  const trusted = new Set(words.filter((word) => !isPublic(word)).map(({ member }) => member));
  if (trusted.size === 0) return [{ isPublic, isHeard: () => false }];
  const part = parts[levels.indexOf(1)];
  if (part === 'all') return [{ isPublic, isHeard: () => true }];
  const names = new Set([...trusted].map((key) => nameIn(part, key)));
  const ears = [...names].map((name): Ears => {
    const isOthers = (word: Said) => nameIn(part, word.member) !== name;
    return { isPublic: (word) => isPublic(word) || isOthers(word), isHeard: () => true };
  });
  if ([...members].some((key) => !names.has(nameIn(part, key))))
    ears.push({ isPublic: () => true, isHeard: () => true });
  if (mayPart(policy, { members, owners: ownersOf(words) })) ears.push({ isPublic, isHeard: () => false });
  return ears;
}

/**
 * [K4] What some of them do not hear ([M6]) counts among what public keys say of all of them. Else what one hears says
 * which changes count.
 */
export function countedOf(policy: Policy, members: Together['members'], said: readonly Said[]): readonly Said[] {
  if (!mayPart(policy, { members, owners: ownersOf(said) })) return said;
  const claims = said.map(({ claim }) => claim);
  const counts = counted(policy, claims);
  if (counts === claims) return said;
  const of = new Map(said.map((one) => [one.claim, one]));
  return counts.map((claim) => {
    const word = of.get(asTold(claim));
    if (word !== undefined) return withClaim(word, claim);
    // Where nobody's time begins.
    const { position, time, tie } = claim;
    const isFirst = (one: Claim) => one.position === position && one.time === time && one.tie === tie;
    const first = said.find((one) => isFirst(one.claim)) as Said;
    return wordOf(first, claim);
  });
}

type Word = Pick<Said, 'claim' | 'member'>;
export const compareSaid = (policy: Policy, a: Word, b: Word): number =>
  compareClaims(policy.order, a.claim, b.claim) ||
  (a.member === b.member ? a.claim.position - b.claim.position : a.member < b.member ? -1 : 1);

const ownersOf = (said: readonly Said[]): Together['owners'] => new Set(said.map(({ ownerKind }) => ownerKind));

export const summary = (
  said: readonly Said[],
): Pick<Together, 'owners' | 'trust' | 'isRecorded' | 'tops' | 'likenesses' | 'alike'> => ({
  owners: ownersOf(said),
  trust: levels.find((level) => said.some(({ claim }) => claim.trust >= level)) ?? 0,
  isRecorded: said.some(({ claim }) => claim.directory === true),
  tops: new Map(),
  likenesses: new Map(),
  alike: new Map(),
});

/**
 * What is said of one of some that are one, but of those themselves: what it lists; beside another owner's words [K4] as
 * if it were shared, and where it may have said more.
 */
export function listOf(
  policy: Policy,
  members: Together['members'],
  parts: Together['parts'],
  member: Node,
  isOfOne: boolean,
): Listed {
  const partsOfMember = partsOf(parts, member.key);
  const said: Said[] = [];
  const open: Open[] = [];
  const lasts = new Map<string, Said>();
  let owner: IdentifierKey | null | undefined;
  for (const claim of isOfOne ? member.claims : counted(policy, member.claims, true)) {
    if (claim.owner !== owner) lasts.clear();
    owner = claim.owner;
    if (owner !== null && members.has(owner)) continue;
    const to = saidOf(member.key, partsOfMember, claim);
    said.push(to);
    if (isOfOne) continue;
    const sort = sortNameOf(claim);
    const from = lasts.get(sort);
    lasts.set(sort, to);
    if (from !== undefined && isOpen(policy, from.claim, claim)) open.push({ from, to });
  }
  return { said, open };
}

/** May the same have been said between two? Where silences are listed a part of a run says since when ([L4]). */
export const isOpen = ({ sharedDevice }: Policy, from: Claim, { since }: Claim): boolean =>
  sharedDevice !== 'reach-bound' || (since !== undefined && since <= from.time);

/** Is one of their owners of a role that one of them has too ([M6])? */
export function mayPart(policy: Policy, { members, owners }: Pick<Together, 'members' | 'owners'>): boolean {
  const roles = new Set([...owners].map((kind) => (kind === null ? undefined : roleOf(policy, kind))));
  // Nearly always all of them are of one kind.
  let before: string | undefined;
  for (const key of members) {
    if (before !== undefined && key.startsWith(before)) continue;
    const { kind } = identifierOf(key);
    if (roles.has(roleOf(policy, kind))) return true;
    before = `${kind}:`;
  }
  return false;
}
