import { claimOf, isBelow, saysAgain } from '../evidence/claims.ts';
import type { Node } from '../evidence/graph.ts';
import { type Policy, roleOf } from '../policy/policy.ts';
import { linkAt, linksOf, momentAt, ownerAt, standsAlone } from '../reading/links.ts';
import { isSharedBy } from '../reading/reach.ts';
import { type Identifier, type IdentifierKey, identifierOf } from '../words/ids.ts';
import type { Note } from '../words/verdict.ts';
import { overCap } from './caps.ts';
import type { Plan } from './plan.ts';
import { isSoleUser } from './sole-user.ts';

/**
 * [S1] Each weaker identifier of an item claims to belong to the strongest one. `met`: their nodes, of those that were
 * named before.
 */
export function linkUpward(
  plan: Plan,
  ids: readonly Identifier[],
  met: readonly (Node | undefined)[],
  notes: Note[],
): void {
  const top = ids[0];
  if (top === undefined) return;
  const owner = plan.name(top, met[0]);
  for (let i = 1; i < ids.length; i++) {
    const note = linkTo(plan, owner, top.kind, ids[i] as Identifier, met[i]);
    if (note !== undefined) notes.push(note);
  }
}

/** Whose one weaker identifier is said to be, and what came of it if that is news. `known`: its node. */
function linkTo(
  plan: Plan,
  owner: IdentifierKey,
  ownerKind: string,
  id: Identifier,
  known: Node | undefined,
): Note | undefined {
  const { policy } = plan;
  // [S2] Two logins, or two profiles, are two people, whoever names them together.
  const role = roleOf(policy, id.kind);
  if (id.kind === ownerKind && (role === 'login' || role === 'profile')) {
    const key = plan.name(id, known);
    plan.say({ type: 'conflict', one: key, other: owner, how: 'together', rule: 'S11' });
    return refused('S11', 'one item named two known people; only a trusted merge joins them', key, owner);
  }
  let last = known?.claims.at(-1);
  if (last !== undefined && last.trust < plan.entry.trust)
    last = known?.claims.findLast((claim) => claim.trust >= plan.entry.trust);
  const over = isBelow(last, owner) ? undefined : overCap(plan, owner, id);
  if (over !== undefined) {
    // Kept as refused, so that "why not" names the limit.
    const key = plan.claim(id, known, owner, over);
    return refused(over, 'the person has as many identifiers as the limit allows', key, owner);
  }
  if (!isSoleUser(policy, role, known, owner)) return weigh(plan, owner, ownerKind, id, known);
  // Nearly every device has one user, who has it from the first word on: there is nothing to weigh.
  const key = plan.claim(id, known, owner);
  return known === undefined || known.claims.length === 0 ? linked(id.kind, ownerKind, key, owner) : undefined;
}

const refused = (rule: string, reason: string, one: IdentifierKey, other: IdentifierKey): Note => ({
  effect: 'refused',
  rule,
  reason,
  one,
  other,
});

const linked = (kind: string, ownerKind: string, one: IdentifierKey, other: IdentifierKey): Note => ({
  effect: 'linked',
  rule: 'S1',
  reason: `${kind} joined ${ownerKind}`,
  one,
  other,
});

/** A claim to an identifier that others may have: does it hold, and was it so before? */
function weigh(
  plan: Plan,
  owner: IdentifierKey,
  ownerKind: string,
  id: Identifier,
  known: Node | undefined,
): Note | undefined {
  const { policy, entry } = plan;
  const claims = known?.claims ?? [];
  const mayMove = reachesFurther(policy, claims) || !saysAgain(policy, known, claimOf(entry, owner));
  const before = mayMove && known !== undefined ? ownerBefore(plan, known) : undefined;
  const key = plan.claim(id, known, owner);
  // Most events say again what everybody knows.
  if (!mayMove && belongsOnlyTo(policy, id, claims, owner)) return undefined;
  const after = ownerAt(plan.graph, policy, key, entry.time)?.key;
  if (after !== ownerAt(plan.graph, policy, owner, entry.time)?.key) return refusedLink(plan, key, owner);
  return mayMove && before !== after ? linked(id.kind, ownerKind, key, owner) : undefined;
}

/** Whose an identifier was at the moment of the item, before the item. */
const ownerBefore = ({ graph, policy, entry }: Plan, known: Node): IdentifierKey | undefined =>
  known.claims.length === 0 && known.edges.length === 0
    ? known.key
    : ownerAt(graph, policy, known.key, entry.time)?.key;

/** [L7a] On a shared identifier a later word of the same person reaches further than the one before. */
const reachesFurther = (policy: Policy, claims: Node['claims']): boolean =>
  policy.sharedDevice === 'reach-bound' && isSharedBy(claims);

/** Does every claim that was ever made of an anonymous identifier name this owner? Then it is theirs at any time. */
const belongsOnlyTo = (policy: Policy, id: Identifier, claims: Node['claims'], owner: IdentifierKey): boolean =>
  roleOf(policy, id.kind) === 'anonymous' && claims.every((claim) => isBelow(claim, owner));

/** The rule that keeps the claim from holding at its moment. Mixpanel's names for it are used on every wire, as the most widely known. */
function refusedLink(plan: Plan, key: IdentifierKey, other: IdentifierKey): Note {
  return {
    effect: 'refused',
    rule: refusedBy(plan, plan.node(key), other),
    reason: 'the identifier already belongs to somebody else',
    one: key,
    other,
    code: 'errAnonDistinctIdAssignedAlready',
  };
}

function refusedBy({ graph, policy, entry }: Plan, node: Node, other: IdentifierKey): string {
  const now = momentAt(graph, policy, node, entry.time);
  // Of an identifier of which much was said the words around the moment say it.
  if ('trust' in now) {
    // [K3]
    if (now.isCrowd === true && entry.trust === 0) return 'K3';
    // [L3]
    if (now.rule === 'L3a' || now.rule === 'L3b') return now.rule;
    // [S10]
    if (now.owner !== null && now.trust > entry.trust) return 'S10';
    // Else what holds at its moment keeps it out, but for [M6], by which one of a role is kept from another.
    if (standsAlone(node) || roleOf(policy, identifierOf(other).kind) !== roleOf(policy, node.id.kind)) return now.rule;
  }
  const { refusals } = linksOf(graph, policy, node);
  const mine = refusals.filter(({ claim }) => claim.owner === other && claim.trust === entry.trust);
  // [L4] A claim said again between others like it is not listed: they stand for it.
  const refusal = mine.find(({ claim }) => claim.position === entry.position) ?? mine.at(-1);
  if (refusal !== undefined) return refusal.rule;
  const { claim, rule } = linkAt(graph, policy, node, entry.time);
  return claim !== null && claim.trust > entry.trust ? 'S10' : rule;
}
