import type { Claim, Graph, Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import type { IdentifierKey, Instant } from '../words/ids.ts';
import { atRest } from './at-rest.ts';
import { claimId } from './claim-id.ts';
import { survivor } from './cluster.ts';
import { linkAt, linksOf } from './links.ts';
import { meaningOf } from './meaning.ts';
import type { PersonOf } from './reach.ts';
import { spanInWords } from './span-in-words.ts';

/** Why a moment of an identifier is somebody's or nobody's. */
export interface Why {
  readonly rule: string;
  /** The nearest word it rests on; null where none does. */
  readonly claim: string | null;
  readonly isOwned: boolean;
  /** `they logged in four minutes later`; `more than half an hour from any login` */
  readonly because: string;
  /** The whole: `theirs, because they logged in four minutes later`; `nobody’s: more than half an hour from any login`. */
  readonly says: string;
}

const theirs = (rule: string, claim: string | null, because: string): Why => ({
  ...{ rule, claim, because, isOwned: true },
  says: `theirs, because ${because}`,
});
const nobodys = (rule: string, because: string): Why => ({
  ...{ rule, claim: null, because, isOwned: false },
  says: `nobody’s: ${because}`,
});

/** Asks whose an identifier was at a moment; undefined when nobody ever named it. `time` in ms. */
export type Whys = (key: IdentifierKey, time: Instant) => Why | undefined;

/**
 * [X1] Whose identifiers were, moment by moment, in words of time. Made once for all the moments of an answer, of a graph
 * that does not change until the last of them was asked.
 */
export function whysIn(given: Graph, policy: Policy): Whys {
  const graph = atRest(given);
  const whys = linkWhysIn(graph, policy);
  return (key, time) => {
    const node = graph.node(key);
    return node && whys((sharedFrom(graph, policy, node) ?? node).key, time);
  };
}

/** What is whose it is for a time, from an identifier upward: of a session that is always its device's, the device. */
export function sharedFrom(graph: Graph, policy: Policy, node: Node): Node | undefined {
  const [first, second] = linksOf(graph, policy, node).stretches;
  if (second !== undefined || first?.rule === 'L7c') return node;
  const above = first?.owner == null ? undefined : graph.node(first.owner);
  return above && roleOf(policy, above.id.kind) === 'anonymous' ? sharedFrom(graph, policy, above) : undefined;
}

/** The same of the link alone that an identifier has at a moment, whosever that is. */
export function linkWhysIn(given: Graph, policy: Policy): Whys {
  const graph = atRest(given);
  const people = new Map<IdentifierKey, IdentifierKey>();
  const personOf: PersonOf = (owner) => {
    const known = people.get(owner) ?? survivor(graph, policy, graph.node(owner) as Node).key;
    people.set(owner, known);
    return known;
  };
  const logins = new Map<string, readonly Claim[]>();
  const loginsOf = (node: Node, owner: IdentifierKey) => {
    const name = `${node.key} ${owner}`;
    const found =
      logins.get(name) ??
      node.claims.filter((one) => stands(one) && one.owner !== null && personOf(one.owner) === personOf(owner));
    logins.set(name, found);
    return found;
  };
  return (key, time) => {
    const node = graph.node(key);
    if (node === undefined) return undefined;
    const link = linkAt(graph, policy, node, time);
    const { owner, rule } = link;
    if (owner === null) {
      if (rule === 'L7c') return nobodys(rule, notReached(node, policy, personOf, time));
      return node.claims.length === 0
        ? theirs(
            rule,
            null,
            roleOf(policy, node.id.kind) === 'login' ? 'it names them' : 'nothing links it to anybody else',
          )
        : nobodys(rule, meaningOf(rule));
    }
    const near = nearest(loginsOf(node, owner), time) ?? link.claim;
    if (near === null) return theirs(rule, null, meaningOf(rule));
    // One stretch holds the time before the first login and the time after it.
    const which = rule === 'L6b' && !isLater(near, time) ? 'L6a' : rule;
    return theirs(which, claimId(near, key), theirWords(node, policy, near, which, time));
  };
}

const stands = (claim: Claim): boolean => !claim.unverified && claim.refused === undefined;

const isLater = ({ time, since = time }: Claim, at: Instant): boolean => since > at;

/** How far a claim is from a moment, ms; what was said again and again was said all that time ([L4]). */
const distance = ({ time, since = time }: Claim, at: Instant): number => Math.max(since - at, at - time, 0);

function nearest(claims: readonly Claim[], at: Instant): Claim | undefined {
  return claims.reduce<Claim | undefined>(
    (best, one) => (best === undefined || distance(one, at) < distance(best, at) ? one : best),
    undefined,
  );
}

function theirWords(node: Node, policy: Policy, near: Claim, rule: string, at: Instant): string {
  const span = distance(near, at);
  const when = span === 0 ? 'at that moment' : `${spanInWords(span)} ${isLater(near, at) ? 'later' : 'before'}`;
  switch (rule) {
    case 'L6':
      return meaningOf(rule);
    case 'L7a': {
      const left = node.claims.findLast((one) => one.owner === null && one.time <= at && one.time >= near.time);
      if (left !== undefined && at - left.time <= policy.reach.leftMs)
        return `they had logged out ${spanInWords(at - left.time)} before`;
      const next = node.claims.find((one) => stands(one) && one.time > at);
      if (next?.owner === null && next.time - at < span) return `they logged out ${spanInWords(next.time - at)} later`;
      return `they logged in ${when}`;
    }
    case 'L7b':
      return `only they ever logged in on this device, ${when}`;
    case 'L6b':
      return `theirs was the first login on this device, ${when}`;
    case 'L6a':
      return `they logged in ${when}, and nobody else in between`;
    default:
      return meaningOf(rule);
  }
}

/** [L7c] How far from any login a moment is that nobody reaches, or how long after whoever had come that near had left. */
function notReached(node: Node, policy: Policy, personOf: PersonOf, at: Instant): string {
  const said = node.claims.filter(stands);
  const logins = said.filter((one) => one.owner !== null);
  if (logins.length === 0) return 'nobody ever logged in on this device';
  const { ms, crowdedMs, crowd } = policy.reach;
  const people = new Set(logins.map((one) => personOf(one.owner as IdentifierKey))).size;
  const far = people > crowd ? crowdedMs : ms;
  const left = said.findLast((one) => one.owner === null && one.time <= at);
  return left !== undefined && logins.some((one) => distance(one, at) <= far)
    ? `whoever was logged in had logged out ${spanInWords(at - left.time)} before`
    : `more than ${spanInWords(far)} from any login`;
}
