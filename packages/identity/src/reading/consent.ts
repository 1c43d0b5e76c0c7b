import type { ConsentWord, Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, Instant, Trust } from '../words/ids.ts';
import { cluster, clusterByTrusted, membersOf, survivor } from './cluster.ts';
import { holderOf, momentAt, ownerOf } from './links.ts';
import type { Holding } from './spans.ts';

/** Whether somebody may be recorded. "Nobody asked" is a case of its own. */
export type ConsentState = 'not-asked' | 'granted' | 'denied';

/** A word as it counts for a person. `byPage`: pages alone said it, or say that what it was said of is this person's. */
interface Weighed extends ConsentWord {
  readonly byPage?: true;
}

/**
 * [G1] The last word counts, in the order it arrived: an opt-out works from its acknowledgement on (G20).
 * [G2] A grant below the trust of the denial it answers changes nothing (S17); a denial always counts, but of a person
 * one that pages alone brought to them answers no grant of somebody more trusted ([S10]).
 */
export function standingConsent(words: readonly Weighed[]): ConsentState {
  let state: ConsentState = 'not-asked';
  let trust = 0;
  for (const word of words.toSorted((a, b) => a.position - b.position)) {
    const isDenied: boolean = state === 'denied';
    const by = word.byPage === true ? 0 : word.trust;
    if (word.consent === 'denied') {
      if (word.byPage === true && state === 'granted' && trust > 0) continue;
      trust = isDenied ? Math.max(trust, by) : by;
      state = 'denied';
    } else if (!isDenied || by >= trust) {
      trust = state === 'granted' ? Math.max(trust, by) : by;
      state = 'granted';
    }
  }
  return state;
}

/** [G5] A word about forwarding alone does not stop us from keeping. */
const ofKeeping = (words: readonly Weighed[]): readonly Weighed[] => words.filter((word) => word.scope === undefined);

/** Did somebody say no at this very identifier? */
export const saidNo = (node: Node): boolean =>
  node.consents.length > 0 && standingConsent(ofKeeping(node.consents)) === 'denied';

/** The same, also where they spoke of forwarding alone: nothing that came by it goes out ([G3]). */
export const saidNoAtAll = (node: Node): boolean =>
  node.consents.length > 0 && standingConsent(node.consents) === 'denied';

/**
 * [G3] Did the person whose identifier this is at that moment say no, as it counts for an item of this trust? What a page
 * brought to somebody stops what pages say of them, and nothing more trusted ([S10]).
 */
export function isOfDenied(graph: Graph, policy: Policy, node: Node, time: Instant, trust: Trust): boolean {
  if (saidNo(node)) return true;
  // Nearly every login stands for itself.
  if (node.edges.length === 0 && node.claims.length === 0) return false;
  const holder = holderOf(graph, policy, node, time);
  // Nearly nobody was ever asked.
  if (node.consents.length + holder.consents.length + holder.edges.length === 0) return false;
  const held = roleOf(policy, node.id.kind) === 'anonymous' ? [] : node.consents;
  if (held.length === 0 && membersOf(graph, holder).every(({ consents }) => consents.length === 0)) return false;
  const owner = survivor(graph, policy, holder);
  const counted = (words: readonly Weighed[]) =>
    ofKeeping(trust === 0 ? words : words.filter((word) => word.byPage !== true || word.consent === 'granted'));
  return consentOf(graph, policy, owner, cluster(graph, owner), held, counted) === 'denied';
}

/** Do pages alone say that a person has an identifier at a moment, ms ([G4])? */
export function isByPages(graph: Graph, policy: Policy, node: Node, person: Node, time: Instant): boolean {
  if (roleOf(policy, node.id.kind) !== 'anonymous')
    return keysOf(cluster(graph, person)).has(node.key) && !keysOf(clusterByTrusted(graph, person)).has(node.key);
  const link = momentAt(graph, policy, node, time);
  const above = link.owner === null ? undefined : graph.node(link.owner);
  if (above === undefined) return false;
  const trust = 'trust' in link ? link.trust : (link.claim?.trust ?? 3);
  if (trust === 0) return !isSaidToo(graph, policy, node, person, time);
  return isByPages(graph, policy, above, person, time);
}

/** [L3a] By order of arrival a device is its first user's, whoever says so: did anybody say it whom we trust more? */
function isSaidToo(graph: Graph, policy: Policy, node: Node, person: Node, time: Instant): boolean {
  if (policy.order !== 'arrival' || policy.sharedDevice !== 'first-login') return false;
  return node.claims.some(({ owner, trust, refused }) => {
    const user = owner === null || trust === 0 || refused !== undefined ? undefined : graph.node(owner);
    if (user === undefined || ownerOf(graph, policy, user, time).key !== person.key) return false;
    return !isByPages(graph, policy, user, person, time);
  });
}

/** What a person said: see {@link consentOf}. */
export const consentOfPerson = (
  graph: Graph,
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  owned: readonly Holding[],
): ConsentState => consentOf(graph, policy, founder, members, consentsHeld(policy, members, owned));

/**
 * One denial among those that were merged, by the word of somebody trusted, denies for all; else the last word counts. A
 * page's word, and any that reaches the person by a page's word only, is weak ([G2]).
 * @param held what was said at identifiers that the person had
 */
function consentOf(
  graph: Graph,
  policy: Policy,
  founder: Node,
  members: readonly Node[],
  held: readonly Weighed[],
  counted = (words: readonly Weighed[]) => words,
): ConsentState {
  if (held.length === 0 && members.every(({ consents }) => consents.length === 0)) return 'not-asked';
  // Merged devices are nobody else: whoever may speak for one may speak for the other.
  const isDevice = roleOf(policy, founder.id.kind) === 'anonymous';
  // Those that more than pages made one with the founder.
  const trusted = keysOf(clusterByTrusted(graph, founder));
  const own = members.map(({ key, consents }): readonly Weighed[] =>
    isDevice ? consents : consents.map(trusted.has(key) ? asSaid : asByPage),
  );
  const isSure = (word: Weighed) => isDevice || word.byPage !== true;
  if (own.some((words) => standingConsent(counted(words).filter(isSure)) === 'denied')) return 'denied';
  return standingConsent(counted([...own.flat(), ...held]));
}

/** What was said of consent at identifiers of a person, without the members, as it counts for the person ([G2], [G4]). */
function consentsHeld(policy: Policy, members: readonly Node[], owned: readonly Holding[]): readonly Weighed[] {
  if (owned.every(({ node }) => node.consents.length === 0)) return [];
  const own = keysOf(members);
  /** How much those are trusted who gave each device to the person, at most. */
  const trusts = new Map<IdentifierKey, Trust>();
  return owned.flatMap(({ node, stretches }) => {
    if (own.has(node.key)) return [];
    if (roleOf(policy, node.id.kind) !== 'anonymous') return node.consents;
    let trust = trusts.get(node.key) ?? 0;
    for (const { claim } of stretches)
      if (claim?.owner != null) trust = Math.max(trust, Math.min(claim.trust, trusts.get(claim.owner) ?? 3)) as Trust;
    trusts.set(node.key, trust);
    return node.consents.map(trust === 0 ? asByPage : asSaid);
  });
}

/** By key: a graph may read a node anew each time it is asked for it. */
const keysOf = (nodes: readonly Node[]): ReadonlySet<IdentifierKey> => new Set(nodes.map(({ key }) => key));

const asByPage = (word: ConsentWord): Weighed => ({ ...word, byPage: true });

const asSaid = (word: ConsentWord): Weighed => (word.trust === 0 ? asByPage(word) : word);
